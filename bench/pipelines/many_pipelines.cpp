// 10,000 pipelines of a counter and an adder at once, each with its share of the events.
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <genstage/genstage.hpp>
#include <genstage/task/sync_wait.hpp>
#include <ranges>
#include <span>
#include <vector>

#include "arguments.hpp"

namespace gs = genstage;

namespace {

class counter final : public gs::producer<std::int64_t> {
 public:
  explicit counter(std::int64_t wanted) : wanted_{wanted} {}
  gs::demand_mode initial_demand() const override { return gs::demand_mode::accumulate; }

  void handle_demand(gs::demand asked, gs::output<std::int64_t>& out) override {
    const std::int64_t end = std::min(wanted_, next_ + static_cast<std::int64_t>(asked));
    out.append(std::views::iota(next_, end));
    next_ = end;
  }

 private:
  std::int64_t wanted_;
  std::int64_t next_ = 0;
};

class adder final : public gs::consumer<std::int64_t> {
 public:
  adder(std::int64_t wanted, std::atomic<std::int64_t>* left, gs::completion<void> done)
      : wanted_{wanted}, left_{left}, done_{std::move(done)} {}

  void handle_events(std::span<std::int64_t> events) override {
    for (const std::int64_t event : events) sum_ += event;
    asm volatile("" : "+r,m"(sum_) : : "memory");
    wanted_ -= std::ssize(events);
    if (wanted_ == 0 && left_->fetch_sub(1) == 1) done_.complete(gs::result<void>{});
  }

 private:
  std::int64_t wanted_;
  std::atomic<std::int64_t>* left_;
  gs::completion<void> done_;
  std::int64_t sum_ = 0;
};

}  // namespace

int main(int count, char** given) {
  const arguments wanted{count, given};
  const std::int64_t each = std::max<std::int64_t>(1, wanted.events / pipeline_count);
  gs::runtime home{{.log = gs::silent_log(), .workers = static_cast<std::size_t>(wanted.workers)}};
  std::atomic<std::int64_t> left{pipeline_count};
  auto [far, near] = gs::make_operation<void>();
  std::vector<gs::ref<counter>> counters;
  for (std::int64_t index = 0; index < pipeline_count; ++index) {
    counters.push_back(*gs::spawn<counter>(home, {}, each));
    const auto consumer = *gs::spawn<adder>(home, {}, each, &left, far);
    (void)gs::sync_wait(gs::subscribe(consumer, counters.back(),
                                      {.max_demand = wanted.max, .min_demand = wanted.min()}));
  }
  const auto begun = bench_clock::now();
  for (const auto& each_counter : counters) {
    gs::set_demand(each_counter, gs::demand_mode::forward);
  }
  (void)gs::sync_wait(std::move(near));
  report(each * pipeline_count, begun);
}
