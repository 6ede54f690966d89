// A counter, doubling stages and a stage that adds up, at full speed. compare.py sets it beside
// limits.cpp and the peers, which do the same work.
#include <algorithm>
#include <concepts>
#include <cstdint>
#include <genstage/genstage.hpp>
#include <genstage/scheduler/thread_pool.hpp>
#include <genstage/task/sync_wait.hpp>
#include <ranges>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "arguments.hpp"
#include "counter.hpp"
#include "counting.hpp"
#include "events.hpp"

namespace gs = genstage;

namespace {

class doubler final : public gs::producer_consumer<std::int64_t, std::int64_t> {
 public:
  void handle_events(std::span<std::int64_t> events, gs::output<std::int64_t>& out) override {
    const std::span<std::int64_t> room = out.append(events.size());
    std::ranges::transform(events, room.begin(), [](std::int64_t event) { return 2 * event; });
  }
};

/// Emits events of another kind, made one by one.
template <class Event>
class maker final : public gs::producer<Event> {
 public:
  void handle_demand(gs::demand asked, gs::output<Event>& out) override {
    const auto end = next_ + static_cast<std::int64_t>(asked);
    while (next_ < end) out.emit(event_kind<Event>::make(next_++));
  }

 private:
  std::int64_t next_ = 0;
};

/// Adds up exactly `wanted` events and ends.
template <class Event>
class adder final : public gs::consumer<Event> {
 public:
  adder(std::int64_t wanted, std::int64_t* sum) : left_{wanted}, sum_{sum} {}

  void handle_events(std::span<Event> events) override {
    const auto used = std::min<std::size_t>(events.size(), static_cast<std::size_t>(left_));
    std::int64_t sum = 0;
    for (const Event& event : events.first(used)) sum += event_kind<Event>::number(event);
    *sum_ += sum;
    left_ -= static_cast<std::int64_t>(used);
    if (left_ == 0) this->stop(gs::exit_reason::normal());
  }

 private:
  std::int64_t left_;
  std::int64_t* sum_;
};

template <class Counter, class Event = std::int64_t>
void run(const arguments& wanted) {
  const gs::runtime_options usual;
  gs::thread_pool pool{pool_options(wanted)};
  gs::runtime home{pool,
                   {.log = gs::silent_log(),
                    .kept_records = wanted.how == "unrecorded" ? 0 : usual.kept_records}};
  std::int64_t sum = 0;
  const gs::subscription_options options{.max_demand = wanted.max, .min_demand = wanted.min()};
  const auto producer = *gs::spawn<Counter>(home, {});
  const auto consumer = *gs::spawn<adder<Event>>(home, {}, wanted.events, &sum);
  std::vector<gs::ref<doubler>> between;
  auto end = home.down(consumer.process());
  const auto begun = bench_clock::now();
  if constexpr (std::same_as<Event, std::int64_t>) {
    for (std::int64_t index = 2; index < wanted.stages; ++index) {
      between.push_back(*gs::spawn<doubler>(home, {}));
    }
    for (std::size_t index = 0; index < between.size(); ++index) {
      (void)(index == 0
                 ? gs::sync_wait(gs::subscribe(between[0], producer, options))
                 : gs::sync_wait(gs::subscribe(between[index], between[index - 1], options)));
    }
    if (!between.empty()) (void)gs::sync_wait(gs::subscribe(consumer, between.back(), options));
  }
  if (between.empty()) (void)gs::sync_wait(gs::subscribe(consumer, producer, options));
  (void)gs::sync_wait(std::move(end));
  report(wanted.events, begun);
  report_allocations(wanted);
  check_numbers(wanted, sum);
  pool.stop();
}

}  // namespace

int main(int count, char** given) {
  const arguments wanted{count, given};
  if (wanted.event == "int" && wanted.how != "emit") {
    run<counter>(wanted);
  } else {
    with_event_type(wanted, [&wanted](auto event) {
      using Event = typename decltype(event)::type;
      run<maker<Event>, Event>(wanted);
    });
  }
}
