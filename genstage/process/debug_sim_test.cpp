#include <gtest/gtest.h>

#include <genstage/genstage.hpp>
#include <genstage/simulation/simulation.hpp>
#include <stdexcept>
#include <string>
#include <vector>

// What can be noted of a running process: A29, A30.
namespace genstage {
namespace {

using namespace std::chrono_literals;
using journal = std::vector<std::string>;

struct add {
  int amount;
};
struct get_total {};
struct wait_for_it {};

class account final : public server {
 public:
  void handle_cast(add asked) { total_ += asked.amount; }
  int handle_call(get_total) { return total_; }
  task<int> handle_call(wait_for_it) {
    auto wait = sleep_for(2s);
    co_await std::move(wait);
    co_return total_;
  }

 private:
  int total_ = 0;
};

class debug_sim_test : public ::testing::Test {
 protected:
  template <class T>
  result<T> get(operation<T> asked) {
    return *world.run_until(std::move(asked));
  }
  trace_sink into(journal& told) {
    return [&told](const trace_event& event) {
      told.push_back(std::string{to_string(event.kind)} + " " +
                     event.text.substr(event.text.rfind(':') + 1));
    };
  }

  journal lines;
  simulation world{1};
  ref<account> server_ = *spawn<account>(world.home(), {});
};

// A29
TEST_F(debug_sim_test, a_trace_tells_what_comes_in_and_what_goes_out) {
  cast(server_, add{1});
  world.settle();
  (void)get(trace(server_.process(), into(lines)));

  cast(server_, add{1});
  (void)get(call(server_, get_total{}));
  (void)get(call(server_, wait_for_it{}));
  world.home().exit(server_.process(), exit_reason::shutdown());
  world.settle();

  EXPECT_EQ(lines, (journal{"in add", "noreply handle_cast", "in get_total", "out handle_call",
                            "in wait_for_it", "waits handle_call", "out handle_call",
                            "signal  shutdown", "terminate shutdown"}));
}

// A29
TEST_F(debug_sim_test, a_trace_that_was_ended_costs_and_tells_nothing_more) {
  (void)get(trace(server_.process(), into(lines)));
  (void)get(trace(server_.process(), nullptr));
  lines.clear();

  (void)get(call(server_, get_total{}));

  EXPECT_EQ(lines, journal{});
}

// A29
TEST_F(debug_sim_test, the_last_events_are_kept_and_can_be_read) {
  (void)get(keep_log(server_.process(), 3));
  for (int count = 0; count < 10; ++count) cast(server_, add{1});
  world.settle();

  const auto log = *get(get_log(server_.process()));

  ASSERT_EQ(log.size(), 3U);
  EXPECT_EQ(to_string(log.back()), "<0.1> system: system");
  EXPECT_EQ(to_string(log[1]), "<0.1> noreply: handle_cast");
}

// A29
TEST_F(debug_sim_test, statistics_count_messages_replies_and_time) {
  EXPECT_EQ(get(get_statistics(server_.process())).error().message,
            "get_statistics: they are not kept; use keep_statistics first");
  world.run_for(1s);
  (void)get(keep_statistics(server_.process()));
  cast(server_, add{1});
  (void)get(call(server_, get_total{}));
  world.run_for(1s);

  const process_statistics counted = *get(get_statistics(server_.process()));

  EXPECT_EQ(counted.messages_in, 2U);
  EXPECT_EQ(counted.replies, 1U);
  EXPECT_EQ(counted.since, instant{1s});
  EXPECT_EQ(counted.until, instant{2s});
}

// A29
TEST_F(debug_sim_test, a_hook_sees_events_until_it_removes_itself) {
  int calls = 0;
  auto hook = [&](const trace_event&) {
    return ++calls == 2 ? hook_verdict::remove : hook_verdict::keep;
  };
  (void)get(install(server_.process(), "two", hook));
  EXPECT_EQ(get(install(server_.process(), "two", hook)).error().message,
            "install: there is a hook \"two\"; not installed");
  calls = 0;

  for (int count = 0; count < 5; ++count) cast(server_, add{1});
  world.settle();

  EXPECT_EQ(calls, 2);
  EXPECT_EQ(get(remove(server_.process(), "two")).error().message,
            "remove: there is no hook \"two\"; not removed");
}

// A29
TEST_F(debug_sim_test, a_hook_that_throws_is_removed_and_the_process_goes_on) {
  (void)get(install(server_.process(), "bad",
                    [](const trace_event&) -> hook_verdict { throw std::runtime_error{"bad"}; }));

  cast(server_, add{1});

  EXPECT_EQ(*get(call(server_, get_total{})), 1);
  EXPECT_EQ(get(remove(server_.process(), "bad")).error().code, errc::not_found);
}

// A29
TEST_F(debug_sim_test, no_debug_ends_all_of_it) {
  int calls = 0;
  (void)get(trace(server_.process(), into(lines)));
  (void)get(keep_log(server_.process(), 100));
  (void)get(install(server_.process(), "counts", [&](const trace_event&) {
    ++calls;
    return hook_verdict::keep;
  }));
  (void)get(no_debug(server_.process()));
  lines.clear();
  calls = 0;

  (void)get(call(server_, get_total{}));

  EXPECT_EQ(lines, journal{});
  EXPECT_EQ(calls, 0);
  EXPECT_TRUE(get(get_log(server_.process()))->empty());
}

// A30
TEST_F(debug_sim_test, it_can_be_switched_on_at_the_start) {
  auto early = *spawn<account>(
      world.home(), {.debug = debug({.trace = into(lines), .log = 10, .statistics = true})});
  cast(early, add{1});
  world.settle();

  EXPECT_EQ(lines, (journal{"in add", "noreply handle_cast"}));
  EXPECT_EQ(get(get_log(early.process()))->size(), 3U);
  EXPECT_EQ(get(get_statistics(early.process()))->messages_in, 1U);
}

}  // namespace
}  // namespace genstage
