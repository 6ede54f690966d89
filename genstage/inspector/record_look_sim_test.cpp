#include <gtest/gtest.h>

#include <cstdint>
#include <genstage/genstage.hpp>
#include <genstage/simulation/simulation.hpp>
#include <genstage/trace/recorded_trace.hpp>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "genstage/inspector/detail/looking.hpp"
#include "genstage/inspector/record_json.hpp"

namespace genstage {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

class numbers final : public producer<int> {
 public:
  void handle_demand(demand asked, output<int>& out) override {
    for (auto left = asked.count(); left > 0; --left) out.emit(1);
  }
};

/// Takes an event each millisecond.
class slow final : public async_consumer<int> {
 public:
  task<> handle_events(std::span<int>) override {
    auto working = sleep_for(1ms);
    co_await std::move(working);
  }
};

struct look_after {
  record_cursor heard;
};

/// Looks at the records from inside of the program, as the inspector does.
class reader final : public server {
 public:
  std::string handle_call(const look_after& asked) {
    const recorded_trace told = take_trace(home());
    const record_choice chosen = choose(told, {.after = asked.heard, .limit = 10'000});
    return write_records(chosen, trace_names{told}, detail::begin_of_records(home()));
  }
};

class record_look_sim_test : public testing::Test {
 protected:
  void converse() {
    const auto from = *spawn<numbers>(world_.home(), {.name = "from"});
    const auto to = *spawn<slow>(world_.home(), {.name = "to"});
    (void)world_.run_until(subscribe(to, from, {.max_demand = 1, .min_demand = 0}));
  }
  json look(record_cursor heard = {}) {
    return json::parse(**world_.run_until(call(reader_, look_after{std::move(heard)})));
  }
  static record_cursor next_of(const json& told) {
    return *read_cursor(told.at("next").get<std::string>());
  }

  static constexpr std::size_t kept = 64;
  simulation world_{1, {.log = silent_log(), .kept_records = kept}};
  ref<reader> reader_ = *spawn<reader>(world_.home(), {.name = "reader"});
};

TEST_F(record_look_sim_test, records_are_told_with_the_time_of_the_program) {
  world_.run_for(3s);
  converse();
  world_.run_for(1500us);

  const json told = look();
  std::vector<std::int64_t> asked_at_us;
  for (const json& each : told.at("records")) {
    if (each.at("kind") == "ask") asked_at_us.push_back(each.at("at").get<std::int64_t>() / 1000);
  }

  // What is noted at one moment differs by nanoseconds, which are its order.
  EXPECT_EQ(asked_at_us, (std::vector<std::int64_t>{3'000'000, 3'001'000}));
}

/// What the reader has heard, missed and hears now is all that was noted.
TEST_F(record_look_sim_test, records_that_a_reader_missed_are_counted) {
  converse();
  const json first = look();
  ASSERT_EQ(first.at("missed"), 0);

  world_.run_for(1s);
  const json second = look(next_of(first));

  const std::uint64_t noted = next_of(second).at(0).noted - next_of(first).at(0).noted;
  EXPECT_GT(noted, 1000U);
  EXPECT_EQ(second.at("records").size(), kept);
  EXPECT_EQ(second.at("left_out"), 0);
  EXPECT_EQ(second.at("missed"), noted - kept);
}

TEST_F(record_look_sim_test, a_reader_that_keeps_up_misses_nothing) {
  converse();
  json told = look();

  for (int each = 0; each < 100; ++each) {
    world_.run_for(5ms);
    told = look(next_of(told));
    EXPECT_EQ(told.at("missed"), 0);
  }
}

}  // namespace
}  // namespace genstage
