// Four counters and one stage that adds up what comes from all of them, at full speed.
#include <algorithm>
#include <cstdint>
#include <genstage/genstage.hpp>
#include <genstage/task/sync_wait.hpp>
#include <ranges>
#include <span>

#include "arguments.hpp"
#include "counter.hpp"

namespace gs = genstage;

namespace {

constexpr std::int64_t producer_count = 4;

/// Ends after `wanted` events, whoever they are from.
class adder final : public gs::consumer<std::int64_t> {
 public:
  explicit adder(std::int64_t wanted) : left_{wanted} {}

  void handle_events(std::span<std::int64_t> events) override {
    for (const std::int64_t event : events) sum_ += event;
    asm volatile("" : "+r,m"(sum_) : : "memory");
    left_ -= std::ssize(events);
    if (left_ <= 0) stop(gs::exit_reason::normal());
  }

 private:
  std::int64_t left_;
  std::int64_t sum_ = 0;
};

}  // namespace

int main(int count, char** given) {
  const arguments wanted{count, given};
  gs::runtime home{{.log = gs::silent_log(), .workers = static_cast<std::size_t>(wanted.workers)}};
  const auto consumer = *gs::spawn<adder>(home, {}, wanted.events);
  auto end = home.down(consumer.process());
  const auto begun = bench_clock::now();
  for (std::int64_t index = 0; index < producer_count; ++index) {
    const auto producer = *gs::spawn<counter>(home, {});
    (void)gs::sync_wait(
        gs::subscribe(consumer, producer, {.max_demand = wanted.max, .min_demand = wanted.min()}));
  }
  (void)gs::sync_wait(std::move(end));
  report(wanted.events, begun);
}
