// What a snapshot of many stages costs, and blame after it. Prints one line a measurement.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <genstage/genstage.hpp>
#include <genstage/observe/blame.hpp>
#include <genstage/observe/latencies.hpp>
#include <genstage/observe/snapshot.hpp>
#include <genstage/task/sync_wait.hpp>
#include <optional>
#include <string_view>
#include <thread>
#include <vector>

namespace gs = genstage;

namespace {

using clock = std::chrono::steady_clock;

constexpr int pipelines = 1000;
constexpr int looks = 21;

/// Emits as many as it may, and then no more, but for those that it is told to.
class counter final : public gs::producer<std::int64_t> {
 public:
  struct more {
    int events;
  };

  explicit counter(std::int64_t left) : left_{left} {}
  void handle_demand(gs::demand asked, gs::output<std::int64_t>& out) override {
    const auto count = std::min(left_, static_cast<std::int64_t>(asked));
    for (std::int64_t each = 0; each < count; ++each) out.emit(each);
    left_ -= count;
  }
  void handle_cast(more fed, gs::output<std::int64_t>& out) {
    for (std::int64_t each = 0; each < fed.events; ++each) out.emit(each);
  }

 private:
  std::int64_t left_;
};

class relay final : public gs::producer_consumer<std::int64_t, std::int64_t> {
 public:
  void handle_events(std::span<std::int64_t> events, gs::output<std::int64_t>& out) override {
    out.append(events);
  }
};

class sink final : public gs::consumer<std::int64_t> {
 public:
  explicit sink(std::atomic<std::int64_t>* handled) : handled_{handled} {}
  void handle_events(std::span<std::int64_t> events) override {
    handled_->fetch_add(static_cast<std::int64_t>(events.size()), std::memory_order_relaxed);
  }

 private:
  std::atomic<std::int64_t>* handled_;
};

struct program {
  std::string_view what;
  int stages_each;      ///< of each pipeline
  std::int64_t events;  ///< that each pipeline has in the beginning
  bool is_measured = false;
  int fed = 0;               ///< events that each pipeline handles before each look
  int consumers_of_one = 0;  ///< instead of pipelines: so many consumers of one producer
  gs::duration patience = std::chrono::seconds{1};  ///< of blame
};

std::vector<gs::ref<counter>> build(gs::runtime& home, const program& like,
                                    std::atomic<std::int64_t>& handled) {
  std::vector<gs::ref<counter>> sources;
  if (like.consumers_of_one > 0) {
    sources.push_back(*gs::spawn<counter>(home, {}, like.events));
    for (int each = 0; each < like.consumers_of_one; ++each) {
      const auto last = *gs::spawn<sink>(home, {}, &handled);
      (void)gs::sync_wait(gs::subscribe(last, sources.front(), {.max_demand = 100}));
    }
    (void)gs::sync_wait(gs::estimate_buffered_count(sources.front()));  // It has admitted them all.
    return sources;
  }
  for (int each = 0; each < pipelines; ++each) {
    const auto from = sources.emplace_back(*gs::spawn<counter>(home, {}, like.events));
    auto last = *gs::spawn<relay>(home, {});
    gs::async_subscribe(last, from, {.max_demand = 100});
    for (int more = 3; more < like.stages_each; ++more) {
      auto next = *gs::spawn<relay>(home, {});
      gs::async_subscribe(next, last, {.max_demand = 100});
      last = next;
    }
    gs::async_subscribe(*gs::spawn<sink>(home, {}, &handled), last, {.max_demand = 100});
  }
  return sources;
}

/// Every pipeline handles some events, and then all rest.
void feed(const std::vector<gs::ref<counter>>& sources, int events,
          const std::atomic<std::int64_t>& handled) {
  const std::int64_t until = handled.load() + static_cast<std::int64_t>(sources.size()) * events;
  for (const gs::ref<counter>& each : sources) gs::cast(each, counter::more{events});
  while (handled.load() < until) std::this_thread::yield();
}

void measure(const program& like) {
  gs::runtime home{{.log = gs::silent_log()}};
  std::optional<gs::latencies> measured;
  if (like.is_measured) measured.emplace(home.telemetry());
  std::atomic<std::int64_t> handled = 0;
  const auto sources = build(home, like, handled);
  std::vector<double> took;
  std::vector<double> blamed;
  std::size_t answered = 0;
  std::size_t edges = 0;
  std::size_t with_latency = 0;
  gs::snapshot before = *gs::sync_wait(gs::take_snapshot(home));
  for (int look = 0; look < looks; ++look) {
    if (like.fed > 0) feed(sources, like.fed, handled);
    const auto begun = clock::now();
    gs::snapshot seen = *gs::sync_wait(gs::take_snapshot(home));
    const auto there = clock::now();
    (void)gs::blame(seen, &before, {.patience = like.patience});
    const auto done = clock::now();
    took.push_back(std::chrono::duration<double, std::milli>(there - begun).count());
    blamed.push_back(std::chrono::duration<double, std::milli>(done - there).count());
    answered = static_cast<std::size_t>(
        std::ranges::count(seen.processes, true, &gs::process_view::answered));
    edges = seen.subscriptions.size();
    with_latency = static_cast<std::size_t>(std::ranges::count_if(
        seen.subscriptions,
        [](const gs::subscription_view& each) { return each.latency != nullptr; }));
    before = std::move(seen);
  }
  std::ranges::sort(took);
  std::ranges::sort(blamed);
  fmt::print(
      "{}: {} stages answered, {} subscriptions ({} measured); snapshot {:.1f} ms (most {:.1f}), "
      "blame {:.1f} ms (most {:.1f})\n",
      like.what, answered, edges, with_latency, took[looks / 2], took.back(), blamed[looks / 2],
      blamed.back());
}

}  // namespace

int main() {
  measure({"stages that rest", 10, 1000});
  measure({"stages that never rest", 10, INT64_MAX});
  measure({"measured stages that rest", 11, 1000, true});
  measure({"measured stages that were used since the last look", 11, 0, true, 10});
  measure({"measured stages that never rest", 11, INT64_MAX, true});
  measure({.what = "consumers of one producer, which all wait for it",
           .stages_each = 1,
           .events = 1000,
           .consumers_of_one = 2000,
           .patience = {}});
}
