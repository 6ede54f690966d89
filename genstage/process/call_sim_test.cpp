#include <gtest/gtest.h>

#include <genstage/process/introspection.hpp>
#include <genstage/process/server.hpp>
#include <genstage/simulation/simulation.hpp>
#include <stdexcept>
#include <string>
#include <vector>

// What servers owe each other: answers that come later, a start that goes on, a stop that is waited
// for, crash reports, and bad use refused in words.
namespace genstage {
namespace {

using namespace std::chrono_literals;
using journal = std::vector<std::string>;

struct get_sum {};
struct sum_is {
  int sum;
};
struct forget {};
struct call_yourself {};
struct fail_at_once {};
struct fail_later {};
struct remind_in {
  duration delay;
  bool cancelled;
};
struct leave {
  exit_reason reason;
};

class calculator final : public server {
 public:
  explicit calculator(journal* seen) : seen_{seen} {}

  later_reply<int> handle_call(get_sum) { return waiting_.emplace_back(); }
  void handle_cast(sum_is known) {
    seen_->push_back("sum " + std::to_string(known.sum));
    for (const auto& each : std::exchange(waiting_, {})) each.complete(known.sum);
  }
  void handle_cast(forget) { waiting_.clear(); }
  task<std::string> handle_call(call_yourself) {
    auto asked = call(ref<calculator>{self()}, get_sum{});
    const result<int> sum = co_await std::move(asked);
    co_return sum ? "answered" : sum.error().message;
  }
  void handle_cast(fail_at_once) { throw std::runtime_error{"boom"}; }
  task<> handle_cast(fail_later) {
    auto wait = sleep_for(1s);
    co_await std::move(wait);
    throw std::runtime_error{"boom"};
  }
  void handle_cast(remind_in asked) {
    const timer_id timer = cast_after(asked.delay, ref<calculator>{self()}, sum_is{0});
    if (asked.cancelled) seen_->push_back(cancel(timer) ? "cancelled" : "too late");
  }
  void handle_cast(leave asked) { stop(asked.reason); }
  void terminate(const exit_reason& reason) { seen_->push_back("terminate " + to_string(reason)); }

 private:
  journal* seen_;
  std::vector<later_reply<int>> waiting_;
};

inline constexpr name<calculator> nobody{"nobody"};
inline constexpr name<calculator> heir{"heir"};

class call_sim_test : public ::testing::Test {
 protected:
  template <class T>
  result<T> get(operation<T> asked) {
    return *world.run_until(std::move(asked));
  }
  log_sink collect() {
    return [this](const log_record& line) { lines.push_back(line.subject + ": " + line.text); };
  }

  journal lines;
  journal seen;
  simulation world{1, {.log = collect()}};
  ref<calculator> server_ = *spawn<calculator>(world.home(), {.name = "calculator"}, &seen);
};

// A16
TEST_F(call_sim_test, an_answer_can_come_later_while_other_requests_are_handled) {
  auto first = call(server_, get_sum{});
  auto second = call(server_, get_sum{});
  world.settle();
  EXPECT_FALSE(first.is_done());

  cast(server_, sum_is{42});

  EXPECT_EQ(*get(std::move(first)), 42);
  EXPECT_EQ(*get(std::move(second)), 42);
}

TEST_F(call_sim_test, an_answer_that_was_given_before_the_handler_returned_arrives) {
  class eager final : public server {
   public:
    later_reply<int> handle_call(get_sum) {
      later_reply<int> answer;
      answer.complete(7);
      answer.complete(8);
      return answer;
    }
  };
  const auto asked = *spawn<eager>(world.home(), {});

  EXPECT_EQ(*get(call(asked, get_sum{})), 7);
}

TEST_F(call_sim_test, an_answer_that_nobody_will_give_fails_its_call) {
  auto forgotten = call(server_, get_sum{});
  cast(server_, forget{});
  EXPECT_EQ(get(std::move(forgotten)).error().message,
            "call: whoever was to answer it is gone; no reply");

  auto lost = call(server_, get_sum{});
  cast(server_, leave{exit_reason::normal()});
  EXPECT_EQ(get(std::move(lost)).error().code, errc::process_ended);
}

// A7
TEST_F(call_sim_test, an_answer_after_the_limit_is_dropped) {
  EXPECT_EQ(get(call(server_, get_sum{}, 1s)).error().message,
            "call: no reply within the limit; given up");

  cast(server_, sum_is{42});
  world.settle();

  EXPECT_EQ(seen, journal{"sum 42"});
}

TEST_F(call_sim_test, calling_oneself_nobody_or_a_dead_process_is_refused_in_words) {
  EXPECT_EQ(*get(call(server_, call_yourself{})),
            "call: process calculator calls itself, only another one can answer while it waits; "
            "refused");
  EXPECT_EQ(get(call(world.home(), nobody, get_sum{})).error(),
            (error{errc::not_found, "process nobody: nobody has this name; not sent"}));
  EXPECT_EQ(get(call(ref<calculator>{}, get_sum{})).error(),
            (error{errc::not_found, "call: the reference names no process; not sent"}));

  world.home().exit(server_.process(), exit_reason::kill());
  world.settle();

  EXPECT_EQ(get(call(server_, get_sum{})).error(),
            (error{errc::process_ended, "call: the process ended before it answered; no reply"}));
  EXPECT_EQ(get(call(world.home(), name<calculator>{"calculator"}, get_sum{})).error().code,
            errc::not_found);
}

// A20
TEST_F(call_sim_test, a_stop_is_waited_for_and_a_second_one_is_refused_in_words) {
  EXPECT_TRUE(get(stop(server_)).has_value());
  EXPECT_EQ(seen, journal{"terminate normal"});
  EXPECT_FALSE(world.home().find("calculator"));

  EXPECT_EQ(
      get(stop(server_)).error(),
      (error{errc::process_ended, "stop: process <0.1> had ended before; not stopped again"}));
}

// A20, G-317
TEST_F(call_sim_test, a_stop_that_ends_with_another_reason_or_not_in_time_says_so) {
  auto stopping = stop(server_, exit_reason::user("enough"));
  world.home().exit(server_.process(), exit_reason::kill());
  EXPECT_EQ(get(std::move(stopping)).error().message,
            "stop: process <0.1> ended with killed, enough was asked for");

  class slow final : public server {
   public:
    task<> terminate(const exit_reason&) {
      auto wait = sleep_for(1h);
      co_await std::move(wait);
    }
  };
  const auto late = *spawn<slow>(world.home(), {});
  EXPECT_EQ(get(stop(late, exit_reason::normal(), 1s)).error().code, errc::timed_out);
}

// A38
TEST_F(call_sim_test, a_crash_report_names_process_callback_request_and_reason) {
  cast(server_, fail_at_once{});
  world.settle();
  const auto second = *spawn<calculator>(world.home(), {.name = "second"}, &seen);
  cast(second, fail_later{});
  world.run_for(2s);

  EXPECT_EQ(lines, (journal{"calculator: ended with error (std::runtime_error: boom) in "
                            "handle_cast, handling genstage::(anonymous namespace)::"
                            "fail_at_once",
                            "second: ended with error (std::runtime_error: boom) in handle_cast, "
                            "handling genstage::(anonymous namespace)::fail_later"}));
}

// A3, A38, G-323
TEST_F(call_sim_test, an_orderly_end_and_a_signal_make_no_crash_report_and_other_reasons_do) {
  for (const exit_reason& each : {exit_reason::normal(), exit_reason::shutdown(),
                                  exit_reason::shutdown("done"), exit_reason::user("tired")}) {
    cast(*spawn<calculator>(world.home(), {.name = "leaver"}, &seen), leave{each});
    world.settle();
  }
  world.home().exit(server_.process(), exit_reason::user("go away"));
  world.settle();

  EXPECT_EQ(lines, journal{"leaver: ended with tired"});
}

// A21
TEST_F(call_sim_test, a_timer_that_was_cancelled_sends_nothing_and_says_so) {
  cast(server_, remind_in{1s, true});
  cast(server_, remind_in{2s, false});

  world.run_for(3s);

  EXPECT_EQ(seen, (journal{"cancelled", "sum 0"}));
}

// A21
TEST_F(call_sim_test, a_timer_to_a_dead_process_is_harmless_and_one_to_a_name_finds_its_heir) {
  cast(server_, remind_in{1s, false});
  cast_after(2s, world.home(), heir, sum_is{5});
  world.home().exit(server_.process(), exit_reason::kill());
  world.run_for(1500ms);
  const auto second = *spawn<calculator>(world.home(), {.name = "heir"}, &seen);

  world.run_for(1s);

  EXPECT_EQ(seen, journal{"sum 5"});
}

/// Starts fast, and warms up after that.
class warming_up final : public server {
 public:
  explicit warming_up(journal* seen) : seen_{seen} {}

  void init() { seen_->push_back("init"); }
  task<> handle_continue() {
    seen_->push_back("warm up");
    auto wait = sleep_for(1s);
    co_await std::move(wait);
    seen_->push_back("warm");
  }
  void handle_cast(sum_is) { seen_->push_back("cast"); }

 private:
  journal* seen_;
};

// A15
TEST_F(call_sim_test, what_a_start_continues_with_comes_before_any_message_and_is_not_waited_for) {
  auto [far, near] = make_operation<std::optional<exit_reason>>();
  const auto started = *spawn<warming_up>(world.home(), {.started = far}, &seen);
  cast(started, sum_is{1});

  EXPECT_EQ(*get(std::move(near)), std::nullopt);
  EXPECT_EQ(world.now(), instant{});
  world.run_for(2s);

  EXPECT_EQ(seen, (journal{"init", "warm up", "warm", "cast"}));
}

}  // namespace
}  // namespace genstage
