// A counter and two stages that work about 1 us for each event, by demand; and with `how=threads`
// the same work shared by so many threads that have nothing to do with each other, which is the
// limit. What it shows is whether a second worker gets its half of the work.
#include <atomic>
#include <cstdint>
#include <genstage/genstage.hpp>
#include <genstage/task/sync_wait.hpp>
#include <ranges>
#include <span>
#include <string_view>
#include <thread>
#include <vector>

#include "arguments.hpp"
#include "counter.hpp"
#include "work.hpp"

namespace gs = genstage;

namespace {

class worker final : public gs::consumer<std::int64_t> {
 public:
  worker(std::atomic<std::int64_t>* left, gs::completion<void> done) : left_{left}, done_{done} {}

  void handle_events(std::span<std::int64_t> events) override {
    for (const std::int64_t event : events) result_ += work(static_cast<std::uint64_t>(event));
    keep_result(result_);
    const std::int64_t count = std::ssize(events);
    const std::int64_t before = left_->fetch_sub(count, std::memory_order_relaxed);
    if (before > 0 && before <= count) done_.complete(gs::result<void>{});
  }

 private:
  std::atomic<std::int64_t>* left_;
  gs::completion<void> done_;
  std::uint64_t result_ = 0;
};

void run_stages(const arguments& wanted) {
  gs::runtime home{{.log = gs::silent_log(), .workers = static_cast<std::size_t>(wanted.workers)}};
  std::atomic<std::int64_t> left{wanted.events};
  auto [far, near] = gs::make_operation<void>();
  const auto producer = *gs::spawn<counter>(home, {});
  const auto begun = bench_clock::now();
  for (int index = 0; index < 2; ++index) {
    const auto consumer = *gs::spawn<worker>(home, {}, &left, far);
    (void)gs::sync_wait(
        gs::subscribe(consumer, producer, {.max_demand = wanted.max, .min_demand = wanted.min()}));
  }
  (void)gs::sync_wait(std::move(near));
  report(wanted.events, begun);
  home.stop();
}

void run_threads(const arguments& wanted) {
  const auto begun = bench_clock::now();
  {
    std::vector<std::jthread> threads;
    for (std::int64_t index = 0; index < wanted.workers; ++index) {
      threads.emplace_back([&wanted] {
        std::uint64_t result = 0;
        for (std::int64_t event = 0; event < wanted.events / wanted.workers; ++event) {
          result += work(static_cast<std::uint64_t>(event));
        }
        keep_result(result);
      });
    }
  }
  report(wanted.events / wanted.workers * wanted.workers, begun);
}

}  // namespace

int main(int count, char** given) {
  const arguments wanted{count, given};
  if (wanted.how == "threads") {
    run_threads(wanted);
  } else {
    run_stages(wanted);
  }
}
