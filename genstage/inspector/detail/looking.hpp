#pragma once

#include <genstage/http/responder.hpp>
#include <genstage/inspector/record_json.hpp>
#include <genstage/observe/latencies.hpp>
#include <genstage/observe/snapshot.hpp>
#include <genstage/stage/stage.hpp>
#include <genstage/supervision/dynamic_supervisor.hpp>
#include <memory>
#include <optional>
#include <span>
#include <string>

// What open pages are shown, look by look. No interface.
namespace genstage::inline v0::detail {

/// One look at the program as the events of a stream, shared by all pages that are shown it.
using look = std::shared_ptr<const std::string>;

/// What the clock of the records said when the program's began. To be asked in a process.
[[nodiscard]] std::uint64_t begin_of_records(const runtime& home);

/// Looks at the program when pages have asked for it, but not more often than the interval says.
class inspector_looks final : public async_producer<look> {
 public:
  struct time_to_look {};

  inspector_looks(duration interval, bool measures_latencies)
      : interval_{interval}, measures_latencies_{measures_latencies} {}

  void init();
  /// What nobody has taken is stale.
  [[nodiscard]] buffer_options buffer() const override { return {.size = 1}; }
  discarded_log format_discarded(std::size_t) override { return discarded_log::leave_out; }
  task<subscription_mode> handle_subscribe(peer_role role, const subscription& from,
                                           const subscription_options& options) override;
  task<> handle_cancel(const cancellation& ended) override;
  task<> handle_demand(demand asked, output<look>& out) override;
  task<> handle_cast(time_to_look, output<look>& out);

 private:
  void arm();

  duration interval_;
  bool measures_latencies_;
  std::optional<latencies> measured_;
  /// What was asked by pages that have left stays owed, and goes to those that come.
  demand owed_;
  std::uint64_t pages_ = 0;
  bool is_armed_ = false;
  instant due_{};
  std::optional<snapshot> before_;
  record_cursor heard_;
};

/// One page that is open: takes a look when its browser has taken the one before.
class inspector_page final : public async_consumer<look> {
 public:
  explicit inspector_page(std::shared_ptr<http::response_stream> to) : to_{std::move(to)} {}
  void init();
  task<> handle_events(std::span<look> events) override;

 private:
  std::shared_ptr<http::response_stream> to_;
};

inline constexpr name<inspector_looks> looks_name{"inspector/looks"};
inline constexpr name<dynamic_supervisor> pages_name{"inspector/pages"};

}  // namespace genstage::inline v0::detail
