// The code of docs/guide.md about ranges, processes for events, and rules.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <genstage/genstage.hpp>
#include <genstage/simulation/conforms.hpp>
#include <genstage/simulation/simulation.hpp>
#include <optional>
#include <ranges>
#include <span>
#include <string>
#include <vector>

namespace gs = genstage;

namespace {

using namespace std::chrono_literals;

gs::generator<std::int64_t> powers_of_two() {
  for (std::int64_t power = 1; power > 0; power *= 2) co_yield power;
}

inline constexpr gs::name<gs::range_producer<std::int64_t>> powers{"powers"};

gs::child_spec powers_of_tree() {
  return gs::child_from(
      powers, [] { return std::make_unique<gs::range_producer<std::int64_t>>(powers_of_two()); });
}

// Reads a stage's events one after the other, in a callback.
class adder final : public gs::server {
 public:
  struct add_up {
    std::size_t count;
  };

  gs::task<std::int64_t> handle_call(add_up request) {
    auto events = gs::as_range(home(), powers, {.max_demand = 10}).generate();
    std::int64_t sum = 0;
    for (std::size_t left = request.count; left > 0; --left) {
      auto asking = events.next();
      const std::optional<std::int64_t> event = co_await std::move(asking);
      if (!event) break;
      sum += *event;
    }
    co_return sum;
  }
};

TEST(guide_sim_test, a_callback_reads_a_stage_that_was_made_from_a_generator) {
  gs::simulation world{1};
  const auto tree = gs::start_supervisor(world.home(), {.children = {powers_of_tree()}});
  const auto sums = gs::spawn<adder>(world.home(), {});

  const auto sum = world.run_until(gs::call(*sums, adder::add_up{.count = 20}));

  EXPECT_EQ(**sum, (1 << 20) - 1);
}

TEST(guide_sim_test, a_thread_reads_a_stage_as_a_range) {
  std::vector<std::int64_t> got;
  gs::runtime home;
  const auto numbers = gs::from_range(home, std::views::iota(std::int64_t{1}));
  for (const auto number : gs::as_range(home, *numbers, {.max_demand = 100}) |
                               std::views::filter([](auto each) { return each % 7 == 0; }) |
                               std::views::take(3)) {
    got.push_back(number);
  }

  EXPECT_EQ(got, (std::vector<std::int64_t>{7, 14, 21}));
}

struct job {
  std::string site;
};

// Does one job and ends.
class job_worker final : public gs::server {
 public:
  struct begin {};

  job_worker(std::vector<std::string>* done, job given) : done_{done}, job_{std::move(given)} {}

  void init() { gs::cast(gs::ref<job_worker>{self()}, begin{}); }

  gs::task<> handle_cast(begin) {
    auto pause = gs::sleep_for(1s);
    co_await std::move(pause);
    done_->push_back(job_.site);
    stop(gs::exit_reason::normal());
  }

 private:
  std::vector<std::string>* done_;
  job job_;
};

inline constexpr gs::name<gs::range_producer<job>> jobs{"jobs"};
inline constexpr gs::name<gs::consumer_supervisor<job>> workers{"workers"};

gs::supervisor_spec jobs_and_workers(std::vector<job> given, std::vector<std::string>* done) {
  auto worker = gs::event_child<job>::of<job_worker>(done);
  worker.restart = gs::restart_type::transient;
  const gs::consumer_supervisor_spec<job> one_each{.child = worker};
  const gs::subscription_options at_most_fifty{.max_demand = 50,
                                               .cancel = gs::cancel_mode::transient};
  return {.children = {gs::child(jobs, given),
                       gs::child(workers, one_each).subscribe_to(jobs, at_most_fifty)}};
}

TEST(guide_sim_test, each_job_gets_a_process) {
  gs::simulation world{1};
  std::vector<std::string> done;
  const auto tree =
      gs::start_supervisor(world.home(), jobs_and_workers({{"docs"}, {"wiki"}, {"forum"}}, &done));

  world.run_for(1s);

  EXPECT_EQ(done.size(), 3U);
}

class halver final : public gs::producer_consumer<std::int64_t, std::int64_t> {
 public:
  void handle_events(std::span<std::int64_t> events, gs::output<std::int64_t>& out) override {
    for (const auto event : events) {
      if (event % 2 == 0) out.emit(event / 2);
    }
  }
};

TEST(guide_sim_test, a_halver_keeps_the_rules) {
  EXPECT_EQ(gs::conforms<halver>().breaches(), "");
}

}  // namespace
