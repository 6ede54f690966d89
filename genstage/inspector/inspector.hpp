#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <genstage/core/error.hpp>
#include <genstage/inspector/recording_json.hpp>
#include <genstage/process/runtime.hpp>
#include <genstage/replay/port_log.hpp>
#include <genstage/supervision/supervisor.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace genstage::inline v0 {

struct inspector_options {
  /// Where to listen. Anything but loopback needs a token.
  std::string address{"127.0.0.1"};
  /// 0 takes any free one.
  std::uint16_t port{8042};
  /// What readers have to know; empty asks for nothing. Sent as `Authorization: Bearer TOKEN`; the
  /// page takes it from its address, `http://HOST:PORT/#token=TOKEN`.
  std::string token{};
  /// Names by which browsers may call this server, besides addresses and localhost.
  std::vector<std::string> host_names{};
  /// How often a page that is open is shown the program. A program so large that a look takes more
  /// than a twentieth of this is looked at less often.
  duration interval{std::chrono::milliseconds{500}};
  /// Measures where the time of events goes, as long as the inspector runs, and shows it beside
  /// each stage; see observe/latencies.hpp for what that costs.
  bool measures_latencies{false};
  /// A trace to show in place of the program, as `gs-inspect` does.
  std::shared_ptr<const shown_recording> recording{};
  /// Where what readers ask is kept, of a run that is recorded: the inspector is a part of the
  /// program, and so it is had again too. What it shows is of the moment, and not compared.
  port_log* log{nullptr};
  /// Told the address of the page once it can be opened. Runs in a process, must be short.
  std::function<void(std::string_view url)> ready{};
};

/// The inspector as a child of a program's own tree.
///
///     gs::application app{{.children = {..., gs::inspector_child({.port = 8042})}}};
///
/// It is a supervisor of stages: requests are events that a consumer answers, and each page that
/// is open is a consumer that asks for the next look when its browser has taken the last one. While
/// no page is open, nothing is looked at.
///
/// Lifetime: one in a runtime, since its processes have names.
/// Failure: the start fails for an address that is refused or in use; the reason says so.
/// Cost: one thread that waits for sockets; see `take_snapshot` for that of a look.
[[nodiscard]] child_spec inspector_child(inspector_options options = {});

/// The inspector of a program that has no tree of its own.
///
/// Lifetime: the runtime outlives it. The destructor stops it and waits for its end.
/// Threads: to be made and destroyed outside of the runtime's processes.
class inspector {
 public:
  /// Failure: as `inspector_child`.
  [[nodiscard]] static result<inspector> start(runtime& home, inspector_options options = {});
  inspector(inspector&& other) noexcept = default;
  inspector& operator=(inspector&&) = delete;
  ~inspector();

  /// "http://127.0.0.1:8042", say.
  [[nodiscard]] const std::string& url() const noexcept { return url_; }

 private:
  inspector(ref<supervisor> top, std::string url) : top_{std::move(top)}, url_{std::move(url)} {}

  ref<supervisor> top_;
  std::string url_;
};

}  // namespace genstage::inline v0
