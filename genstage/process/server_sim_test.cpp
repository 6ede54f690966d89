#include <gtest/gtest.h>

#include <genstage/process/server.hpp>
#include <genstage/simulation/simulation.hpp>
#include <stdexcept>
#include <string>
#include <vector>

// Calls, casts, and callbacks that wait.
namespace genstage {
namespace {

using namespace std::chrono_literals;

struct add {
  int amount;
};
struct get_total {};
struct wait_then_add {
  duration delay;
  int amount;
};
struct divide_by_zero {};

class adder : public server {
 public:
  void handle_cast(add asked) { total_ += asked.amount; }
  task<> handle_cast(wait_then_add asked) {
    auto wait = sleep_for(asked.delay);
    co_await std::move(wait);
    total_ += asked.amount;
  }
  int handle_call(get_total) { return total_; }
  task<std::string> handle_call(wait_then_add asked) {
    auto wait = sleep_for(asked.delay);
    co_await std::move(wait);
    co_return std::to_string(asked.amount);
  }
  int handle_call(divide_by_zero) { throw std::domain_error{"by zero"}; }

 private:
  int total_ = 0;
};

template <class R>
std::string code_of(const std::optional<result<R>>& outcome) {
  return !outcome               ? "nothing"
         : outcome->has_value() ? "a value"
                                : std::string{to_string(outcome->error().code)};
}

class server_sim_test : public ::testing::Test {
 protected:
  simulation world{1};
  ref<adder> server_ = *spawn<adder>(world.home(), {.name = "adder"});
};

TEST_F(server_sim_test, a_call_returns_what_the_handler_returned_after_earlier_casts) {
  cast(server_, add{3});
  cast(server_, add{4});

  EXPECT_EQ(*world.run_until(call(server_, get_total{})), 7);
}

TEST_F(server_sim_test, a_handler_that_waits_holds_back_all_later_requests) {
  cast(server_, wait_then_add{2s, 1});
  cast(server_, add{1});
  world.settle();

  EXPECT_EQ(*world.run_until(call(server_, get_total{})), 2);
  EXPECT_EQ(world.now(), instant{2s});
}

TEST_F(server_sim_test, a_handler_that_waits_may_answer_a_call) {
  EXPECT_EQ(*world.run_until(call(server_, wait_then_add{1s, 42})), "42");
}

TEST_F(server_sim_test, a_call_without_a_reply_in_time_fails_and_is_still_handled) {
  cast(server_, wait_then_add{10s, 5});

  EXPECT_EQ(code_of(world.run_until(call(server_, get_total{}, 1s))), "timed out");

  EXPECT_EQ(world.now(), instant{1s});
  EXPECT_EQ(*world.run_until(call(server_, get_total{}, 20s)), 5);
}

TEST_F(server_sim_test, a_call_without_a_limit_waits_as_long_as_it_takes) {
  cast(server_, wait_then_add{1h, 5});

  EXPECT_EQ(*world.run_until(call(server_, get_total{}, no_limit)), 5);
}

TEST_F(server_sim_test, a_call_to_a_process_that_ends_first_fails) {
  cast(server_, wait_then_add{10s, 5});
  auto pending = call(server_, get_total{}, 20s);
  world.settle();

  world.home().exit(server_.process(), exit_reason::kill());

  EXPECT_EQ(code_of(world.run_until(std::move(pending))), "process ended");
  EXPECT_EQ(code_of(world.run_until(call(server_, get_total{}))), "process ended");
}

TEST_F(server_sim_test, a_handler_that_throws_fails_its_call_and_ends_the_process) {
  EXPECT_EQ(code_of(world.run_until(call(server_, divide_by_zero{}))), "process ended");

  world.settle();
  EXPECT_EQ(world.home().process_count(), 0U);
}

TEST_F(server_sim_test, a_kill_reaches_a_process_that_waits_at_once) {
  cast(server_, wait_then_add{1h, 5});
  auto end = world.home().down(server_.process());
  world.settle();

  world.home().exit(server_.process(), exit_reason::shutdown());

  EXPECT_EQ(**world.run_until(std::move(end)), exit_reason::shutdown());
  EXPECT_EQ(world.now(), instant{});
}

TEST_F(server_sim_test, a_name_finds_the_process_and_refuses_another_type) {
  struct other : server {
    void handle_cast(add) {}
  };

  EXPECT_TRUE(cast(world.home(), name<adder>{"adder"}, add{1}).has_value());

  EXPECT_EQ(cast(world.home(), name<other>{"adder"}, add{1}).error().message,
            "process adder: <0.1> has this name but is of another type; not sent");
  EXPECT_EQ(cast(world.home(), name<adder>{"eve"}, add{1}).error().message,
            "process eve: nobody has this name; not sent");
}

TEST_F(server_sim_test, a_timer_delivers_its_request_when_it_is_due) {
  cast_after(5s, server_, add{9});

  world.run_for(4s);
  EXPECT_EQ(*world.run_until(call(server_, get_total{})), 0);
  world.run_for(1s);

  EXPECT_EQ(*world.run_until(call(server_, get_total{})), 9);
}

}  // namespace
}  // namespace genstage
