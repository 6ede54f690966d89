#pragma once

#include <genstage/http/detail/taped_exchange.hpp>
#include <genstage/http/server.hpp>
#include <genstage/replay/port_log.hpp>

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace genstage::inline v0::http::detail {

/// Keeps what comes to one server in the log of a run that is recorded, and has it come again in a
/// run that is had again.
///
/// Threads: of a run that is recorded the reactor's, but for `listening`; of the other one its own.
class request_tape : public std::enable_shared_from_this<request_tape> {
 public:
  explicit request_tape(const server_options& options);

  [[nodiscard]] bool plays() const noexcept { return log_.plays(); }
  /// What the server gives its requests to.
  [[nodiscard]] http_server::handler before(http_server::handler on_request);
  /// What came of listening when it was recorded: the port, which is 0 if it was done outside of
  /// the program's processes, or why there is none.
  [[nodiscard]] result<std::uint16_t> listening(const result<void>& bound, std::uint16_t port);
  /// The server has stopped, which happens to the program from outside.
  void stopped(std::move_only_function<void()> hand_on);
  /// In a run that is had again: called once it has stopped there.
  void when_stopped(std::move_only_function<void()> callback);
  /// The server is destroyed. If that is a part of something that happens to the program, such as
  /// the end of the process that had it, the exchanges end there and then, in both runs, and
  /// nothing comes from there on.
  void end();

 private:
  void came(server_request request, responder to);
  bool played(std::uint64_t number, std::string_view bytes);
  bool begin(std::uint64_t number, std::string_view bytes);

  port_log& log_;
  const std::string name_;
  const std::function<void(const replayed_answer&)> tell_;
  http_server::handler on_request_;
  std::uint64_t requests_ = 0;
  /// Those that have begun and not ended, by what has happened; touched by nothing else.
  std::map<std::uint64_t, std::shared_ptr<taped_exchange>> exchanges_;
  std::atomic<bool> is_over_{false};
  std::deque<std::move_only_function<void()>> on_stopped_;  ///< Of a run that is had again.
};

/// A request as a recording has it.
[[nodiscard]] std::string to_bytes(const server_request& come);
/// No value for other bytes.
[[nodiscard]] std::optional<server_request> request_of_bytes(std::string_view bytes);

}  // namespace genstage::inline v0::http::detail
