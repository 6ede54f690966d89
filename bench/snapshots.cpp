// What a snapshot of many stages costs, and blame after it. Prints one line a measurement.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <genstage/genstage.hpp>
#include <genstage/observe/blame.hpp>
#include <genstage/observe/snapshot.hpp>
#include <genstage/task/sync_wait.hpp>
#include <string_view>
#include <vector>

namespace gs = genstage;

namespace {

using clock = std::chrono::steady_clock;

constexpr int pipelines = 1000;
constexpr int stages_each = 10;
constexpr int looks = 21;

/// Emits as many as it may, and then no more.
class counter final : public gs::producer<std::int64_t> {
 public:
  explicit counter(std::int64_t left) : left_{left} {}
  void handle_demand(gs::demand asked, gs::output<std::int64_t>& out) override {
    const auto count = std::min(left_, static_cast<std::int64_t>(asked));
    for (std::int64_t each = 0; each < count; ++each) out.emit(each);
    left_ -= count;
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
  void handle_events(std::span<std::int64_t>) override {}
};

void build(gs::runtime& home, std::int64_t events) {
  for (int each = 0; each < pipelines; ++each) {
    const auto from = *gs::spawn<counter>(home, {}, events);
    auto last = *gs::spawn<relay>(home, {});
    gs::async_subscribe(last, from, {.max_demand = 100});
    for (int more = 3; more < stages_each; ++more) {
      auto next = *gs::spawn<relay>(home, {});
      gs::async_subscribe(next, last, {.max_demand = 100});
      last = next;
    }
    gs::async_subscribe(*gs::spawn<sink>(home, {}), last, {.max_demand = 100});
  }
}

void measure(std::string_view what, std::int64_t events) {
  gs::runtime home{{.log = gs::silent_log()}};
  build(home, events);
  std::vector<double> took;
  std::vector<double> blamed;
  std::size_t answered = 0;
  std::size_t edges = 0;
  gs::snapshot before = *gs::sync_wait(gs::take_snapshot(home));
  for (int look = 0; look < looks; ++look) {
    const auto begun = clock::now();
    gs::snapshot seen = *gs::sync_wait(gs::take_snapshot(home));
    const auto there = clock::now();
    (void)gs::blame(seen, &before);
    const auto done = clock::now();
    took.push_back(std::chrono::duration<double, std::milli>(there - begun).count());
    blamed.push_back(std::chrono::duration<double, std::milli>(done - there).count());
    answered = static_cast<std::size_t>(
        std::ranges::count(seen.processes, true, &gs::process_view::answered));
    edges = seen.subscriptions.size();
    before = std::move(seen);
  }
  std::ranges::sort(took);
  std::ranges::sort(blamed);
  fmt::print(
      "{}: {} stages answered, {} subscriptions; snapshot {:.1f} ms (most {:.1f}), blame "
      "{:.1f} ms (most {:.1f})\n",
      what, answered, edges, took[looks / 2], took.back(), blamed[looks / 2], blamed.back());
}

}  // namespace

int main() {
  measure("stages that rest", 1000);
  measure("stages that never rest", INT64_MAX);
}
