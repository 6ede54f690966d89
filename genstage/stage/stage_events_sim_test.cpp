#include <gtest/gtest.h>

#include <algorithm>
#include <genstage/process/server.hpp>
#include <genstage/stage/conversation_test.hpp>
#include <genstage/stage/operations.hpp>
#include <genstage/stage/stage_events.hpp>
#include <genstage/supervision/supervision_events.hpp>
#include <genstage/supervision/supervisor.hpp>
#include <stdexcept>
#include <string>

// What processes, supervisors and stages tell to those who are attached.
namespace genstage {
namespace {

using namespace conversation;
using namespace std::chrono_literals;

struct wait_for {
  duration span;
};
struct fail_now {};
struct add_one {};

class worker final : public server {
 public:
  task<> handle_cast(wait_for told) {
    auto waiting = sleep_for(told.span);
    co_await std::move(waiting);
  }
  void handle_cast(fail_now) { throw std::runtime_error{"worn out"}; }
  int handle_call(add_one) { return ++count_; }

 private:
  int count_ = 0;
};

std::string text_of(callback_end how) {
  return how == callback_end::returned ? "returned"
         : how == callback_end::threw  ? "threw"
                                       : "cancelled";
}

class stage_events_sim_test : public testing::Test {
 protected:
  template <class Event>
  void listen(std::string (*tell)(const Event&)) {
    ASSERT_TRUE(telemetry_.attach<Event>(
        "test", [this, tell](const Event& event) { told.push_back(tell(event)); }));
  }
  void listen_to_callbacks() {
    listen<callback_began>(+[](const callback_began& event) {
      return event.who.label() + " begins " + std::string{event.callback};
    });
    listen<callback_done>(+[](const callback_done& event) {
      return event.who.label() + " " + text_of(event.how) + " " + std::string{event.callback} +
             " after " + std::to_string(event.took / 1ms);
    });
  }

  [[nodiscard]] bool has(const std::string& line) const {
    return std::ranges::find(told, line) != told.end();
  }

  world here;
  telemetry_handlers& telemetry_ = here.sim.home().telemetry();
  journal told;
};

TEST_F(stage_events_sim_test, a_process_tells_of_its_start_and_of_its_end) {
  listen<process_started>(
      +[](const process_started& event) { return event.who.label() + " started, " + event.type; });
  listen<process_exited>(+[](const process_exited& event) {
    return event.who.label() + " ended with " + to_string(event.reason);
  });
  const ref<worker> able = here.start_named<worker>("able");
  const ref<worker> tired = here.start<worker>();

  here.sim.settle();
  cast(tired, fail_now{});
  here.kill(able);

  const std::string type = "genstage::(anonymous namespace)::worker";
  ASSERT_EQ(told.size(), 4U);
  EXPECT_TRUE(has("able started, " + type));
  EXPECT_TRUE(has("able ended with killed"));
  EXPECT_TRUE(has(to_string(tired.id()) + " started, " + type));
}

TEST_F(stage_events_sim_test, callbacks_are_told_with_the_time_they_took_waiting_included) {
  const ref<worker> able = here.start_named<worker>("able");
  here.sim.settle();
  listen_to_callbacks();

  cast(able, wait_for{5ms});
  here.sim.run();
  (void)here.sim.run_until(call(able, add_one{}));
  cast(able, wait_for{1h});
  here.sim.run_for(7ms);
  here.kill(able);

  EXPECT_EQ(told, (journal{"able begins handle_cast", "able returned handle_cast after 5",
                           "able begins handle_call", "able returned handle_call after 0",
                           "able begins handle_cast", "able cancelled handle_cast after 7"}));
}

TEST_F(stage_events_sim_test, a_callback_that_throws_is_told_before_the_end_of_its_process) {
  const ref<worker> able = here.start_named<worker>("able");
  here.sim.settle();
  listen_to_callbacks();
  listen<incident>(+[](const incident& event) { return std::string{to_string(event.kind)}; });
  listen<process_exited>(+[](const process_exited& event) { return event.who.label() + " ends"; });
  listen<log_record>(+[](const log_record& line) { return line.subject + " is logged"; });

  cast(able, fail_now{});
  here.sim.settle();

  EXPECT_EQ(told, (journal{"able begins handle_cast", "able threw handle_cast after 0",
                           "able is logged", "crash", "able ends"}));
}

TEST_F(stage_events_sim_test, subscriptions_are_told_once_by_the_end_that_lives) {
  listen<subscription_began>(+[](const subscription_began& event) {
    return event.producer.label() + " <- " + std::string{event.consumer_label} + ", at most " +
           std::to_string(event.max_demand);
  });
  listen<subscription_ended>(+[](const subscription_ended& event) {
    return event.by.label() + (event.peer_was == peer_role::consumer ? " lost consumer" : " lost") +
           (event.cause == cancel_cause::down ? " down " : " cancel ") + to_string(event.reason);
  });
  const ref<source> from = here.start_named<source>("from", &told);
  const ref<sink> first = here.start_named<sink>("first", &told);
  const ref<sink> second = here.start_named<sink>("second", &told);
  told.clear();

  here.join(first, from, {.max_demand = 7});
  here.join(second, from, {.cancel = cancel_mode::temporary});
  here.sim.settle();
  std::erase_if(told, [](const std::string& line) { return line.find("<-") == std::string::npos; });
  EXPECT_EQ(told, (journal{"from <- first, at most 7", "from <- second, at most 1000"}));
  told.clear();
  here.kill(first);
  here.kill(from);

  std::erase_if(told,
                [](const std::string& line) { return line.find("lost") == std::string::npos; });
  EXPECT_EQ(told, (journal{"from lost consumer down killed", "second lost down killed"}));
}

TEST_F(stage_events_sim_test, what_a_buffer_keeps_and_drops_is_told) {
  listen<events_buffered>(+[](const events_buffered& event) {
    return event.producer.label() + " keeps " + std::to_string(event.count);
  });
  listen<events_discarded>(+[](const events_discarded& event) {
    return event.producer.label() + " drops " + std::to_string(event.count);
  });
  const ref<source> from = here.start_named<source>("from", &told, buffer_options{.size = 3});

  cast(from, emit{sequence(0, 5)});
  here.sim.settle();

  EXPECT_EQ(told, (journal{"from keeps 5", "from drops 2"}));
}

TEST_F(stage_events_sim_test, supervisors_tell_of_restarts_and_of_giving_up) {
  listen<child_restarted>(+[](const child_restarted& event) {
    return event.supervisor.label() + " restarted " + std::string{event.child};
  });
  listen<supervisor_report>(+[](const supervisor_report& event) {
    return event.supervisor + ": " + std::string{to_string(event.context)} + " " + event.offender;
  });
  runtime& home = here.sim.home();
  const auto start = [](runtime& where, spawn_options options) -> result<process_ref> {
    return spawn<worker>(where, std::move(options))->process();
  };
  const child_spec child{.id = "able", .start = start};
  std::vector<pid> started;
  ASSERT_TRUE(telemetry_.attach<process_started>(
      "starts", [&](const process_started& event) { started.push_back(event.who.id); }));
  ASSERT_TRUE(
      start_supervisor(home, {.limits = {.restarts = 1}, .children = {child}}, {.name = "top"}));
  here.sim.settle();
  told.clear();

  for (int crash = 0; crash < 2; ++crash) {
    // The supervisor counts as started after its child, and the child that it restarts comes last.
    cast(ref<worker>{home.find(crash == 0 ? started.front() : started.back())}, fail_now{});
    here.sim.settle();
  }

  const journal expected{"top: child_terminated able", "top: progress able", "top restarted able",
                         "top: child_terminated able", "top: shutdown able"};
  EXPECT_EQ(told, expected);
}

/// A stage goes on whatever those do who look at it.
TEST_F(stage_events_sim_test, a_handler_that_throws_harms_no_stage) {
  journal seen;
  const ref<conversation::counter> from = here.start<conversation::counter>();
  const ref<sink> to = here.start<sink>(&seen, sink_rules{.stop_at_call = 3});
  operation<exit_reason> end = here.watch(to);
  ASSERT_TRUE(telemetry_.attach<callback_began>("bad", [](const callback_began&) { throw 1; }));
  here.lines.clear();

  here.join(to, from, {.max_demand = 2, .min_demand = 0});

  EXPECT_EQ(here.fate(end), "enough");
  EXPECT_EQ(std::ranges::count(here.lines,
                               "error handler bad of genstage::v0::callback_began threw something "
                               "that is no std::exception; detached"),
            1);
  EXPECT_FALSE(telemetry_.is_wanted<callback_began>());
}

}  // namespace
}  // namespace genstage
