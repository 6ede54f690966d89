// Where does the time of events go? Orders are taken as they come, gathered into crates of three,
// and carried to a slow shelf. Once nine crates are there, the program says of each hop how long
// its events waited for demand, in the queue, were worked on, waited for their batch, and waited
// until their demand was given back.
#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <genstage/genstage.hpp>
#include <genstage/observe/latencies.hpp>
#include <genstage/stage/gathered_events.hpp>
#include <latch>
#include <span>
#include <utility>
#include <vector>

namespace gs = genstage;
using namespace std::chrono_literals;

using order = std::int64_t;
using crate = std::vector<order>;

constexpr int wanted_crates = 9;

/// Orders come two at a time, asked for or not.
class desk final : public gs::producer<order> {
 public:
  struct tick {};

  void init() { cast_after(1ms, gs::ref<desk>{self()}, tick{}); }
  void handle_demand(gs::demand, gs::output<order>&) override {}
  void handle_cast(tick, gs::output<order>& out) {
    for (int each = 0; each < 2; ++each) out.emit(next_++);
    init();
  }

 private:
  order next_ = 1;
};

class packer final : public gs::producer_consumer<order, crate> {
 public:
  void handle_events(std::span<order> orders, gs::output<crate>& out) override {
    gathered_.take(events_from(), orders.size());
    for (const order each : orders) {
      packed_.push_back(each);
      if (packed_.size() < 3) continue;
      gathered_.pass_on(packed_.size());
      out.emit(std::exchange(packed_, {}));
    }
  }

 private:
  crate packed_;
  gs::gathered_events gathered_;
};

/// Where a crate takes two milliseconds.
class shelf final : public gs::async_consumer<crate> {
 public:
  explicit shelf(std::latch* filled) : filled_{filled} {}

  gs::task<> handle_events(std::span<crate> crates) override {
    for (std::size_t each = 0; each < crates.size(); ++each) {
      auto lifting = gs::sleep_for(2ms);
      co_await std::move(lifting);
      if (++there_ <= wanted_crates) filled_->count_down();
    }
  }

 private:
  std::latch* filled_;
  int there_ = 0;
};

int main() {
  std::latch filled{wanted_crates};
  gs::runtime program{{.log = gs::silent_log(), .workers = 1}};
  const gs::latencies measured{program.telemetry()};

  const auto orders = *gs::spawn<desk>(program, {.name = "desk"});
  const auto packed = *gs::spawn<packer>(program, {.name = "packer"});
  const auto stored = *gs::spawn<shelf>(program, {.name = "shelf"}, &filled);
  (void)gs::sync_wait(gs::subscribe(stored, packed, {.max_demand = 2}));
  (void)gs::sync_wait(gs::subscribe(packed, orders, {.max_demand = 8}));
  filled.wait();

  for (const gs::hop_latency& hop : measured.read()) {
    for (const gs::latency_part& each : gs::latency_parts) {
      const gs::histogram& times = hop.*each.times;
      if (times.count() == 0) continue;
      fmt::print("{}: {}: half within {} us, at most {} us\n", hop.consumer, each.name,
                 times.quantile(0.5) / 1us, times.longest() / 1us);
    }
  }
}
