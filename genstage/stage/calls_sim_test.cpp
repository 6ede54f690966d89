#include <gtest/gtest.h>

#include <genstage/process/introspection.hpp>
#include <genstage/stage/conversation_test.hpp>
#include <genstage/stage/operations.hpp>

// Calls, casts, downs and the end of stages: section 17 of the specification.
namespace genstage {
namespace {

using namespace std::chrono_literals;
using namespace conversation;

struct answer_slowly {};
struct answer_later {};
struct answer_now {};
struct emit_and_tell {
  completion<void> told;
};
struct answer_and_leave {
  exit_reason reason;
};
struct leave_without_answer {
  exit_reason reason;
};
struct watch_over {
  process_ref other;
};

/// A producer that answers in every way there is.
class clerk final : public producer<std::int64_t> {
 public:
  explicit clerk(journal* seen) : seen_{seen} {}

  void handle_demand(demand, output<std::int64_t>&) override {}
  later_reply<int> handle_call(answer_later) { return waiting_.emplace_back(); }
  void handle_cast(answer_now) {
    for (const auto& each : std::exchange(waiting_, {})) each.complete(7);
  }
  task<int> handle_call(answer_slowly) {
    auto pause = sleep_for(1h);
    co_await std::move(pause);
    seen_->push_back("answers");
    co_return 7;
  }
  void handle_cast(emit_and_tell wish, output<std::int64_t>& out) {
    out.emit(1);
    wish.told.complete({});
  }
  int handle_call(answer_and_leave wish, output<std::int64_t>& out) {
    out.emit(1);
    stop(wish.reason);
    return 7;
  }
  later_reply<int> handle_call(leave_without_answer wish) {
    stop(wish.reason);
    return {};
  }
  void handle_cast(emit told, output<std::int64_t>& out) { out.append(told.events); }
  void handle_cast(watch_over wish) { monitor(wish.other); }
  void handle_down(const down& seen) { seen_->push_back("down " + to_string(seen.reason)); }
  void terminate(const exit_reason& reason) override {
    seen_->push_back("terminate " + to_string(reason));
  }

 private:
  journal* seen_;
  std::vector<later_reply<int>> waiting_;
};

class calls_sim_test : public ::testing::Test {
 protected:
  template <class T>
  result<T> get(operation<T> awaited) {
    return *here.sim.run_until(std::move(awaited));
  }
  std::ptrdiff_t deliveries() {
    return std::ranges::count(records.read(), record_kind::delivery, &record::kind);
  }

  recorder records{256};
  world here{1, &records};
  journal seen;
  journal first;
  ref<clerk> asked = here.start<clerk>(&seen);
};

// G-309: the caller gets a failure as a value, and the stage is not affected.
TEST_F(calls_sim_test, a_call_that_is_not_answered_in_time_fails_and_its_late_answer_is_dropped) {
  const auto late = get(call(asked, answer_slowly{}));
  EXPECT_EQ(late.error().code, errc::timed_out);
  EXPECT_EQ(here.sim.now().time_since_epoch(), 5s) << "unless another limit is given";

  here.sim.run_for(2h);

  EXPECT_EQ(seen, (journal{"answers"}));
  EXPECT_TRUE(here.is_alive(asked));
}

// G-309
TEST_F(calls_sim_test, a_call_to_a_stage_that_is_dead_or_dies_fails) {
  auto waiting = call(asked, answer_slowly{});
  here.kill(asked);

  EXPECT_EQ(get(std::move(waiting)).error().code, errc::process_ended);
  EXPECT_EQ(get(call(asked, answer_later{})).error().code, errc::process_ended);
}

// G-311: what is completed inside a callback precedes the events of that callback.
TEST_F(calls_sim_test, a_completion_that_came_along_may_be_completed_before_the_events_leave) {
  here.join(here.start<sink>(&first), asked, {.max_demand = 5});
  here.sim.settle();
  std::ptrdiff_t sent_before = -1;
  auto [far, near] = make_operation<void>();
  far.on_settled([&]() noexcept { sent_before = deliveries(); });

  cast(asked, emit_and_tell{far});
  EXPECT_TRUE(get(std::move(near)).has_value());
  here.sim.settle();

  EXPECT_EQ(sent_before, 0);
  EXPECT_EQ(first.back(), "1..1 (1)");
}

// G-312
TEST_F(calls_sim_test, a_stage_may_answer_later) {
  auto answer = call(asked, answer_later{});
  here.sim.settle();
  EXPECT_FALSE(answer.is_done());

  cast(asked, answer_now{});

  EXPECT_EQ(*get(std::move(answer)), 7);
}

// G-313: the answer is given before terminate runs, and after the events have left.
TEST_F(calls_sim_test, a_stage_that_answers_and_stops_has_sent_its_events_before_both) {
  const auto to = here.start<sink>(&first);
  here.join(to, asked, {.max_demand = 5, .cancel = cancel_mode::temporary});
  here.sim.settle();
  auto end = here.watch(asked);

  EXPECT_EQ(*get(call(asked, answer_and_leave{exit_reason::user("done")})), 7);

  EXPECT_EQ(here.fate(end), "done");
  EXPECT_EQ(seen, (journal{"terminate done"}));
  EXPECT_EQ(first, (journal{"joins producer", "1..1 (1)", "producer gone: down done"}));
}

// G-313
TEST_F(calls_sim_test, a_stage_that_stops_without_an_answer_fails_the_call) {
  auto end = here.watch(asked);

  const auto answer = get(call(asked, leave_without_answer{exit_reason::user("done")}));

  EXPECT_EQ(answer.error().code, errc::process_ended);
  EXPECT_EQ(here.fate(end), "done");
  EXPECT_EQ(seen, (journal{"terminate done"}));
}

// G-314: it always returns, and says besides whether the stage had ended.
TEST_F(calls_sim_test, casts_are_handled_in_order_and_harmless_to_the_dead) {
  here.join(here.start<sink>(&first), asked, {.max_demand = 5, .cancel = cancel_mode::temporary});
  here.sim.settle();
  for (std::int64_t event = 0; event < 4; ++event) EXPECT_TRUE(cast(asked, emit{{event}}));
  here.sim.settle();
  EXPECT_EQ(first, (journal{"joins producer", "0..0 (1)", "1..1 (1)", "2..2 (1)", "3..3 (1)"}));

  here.kill(asked);

  EXPECT_FALSE(cast(asked, emit{{4}}));
}

// G-315: ends that are none of a subscription's reach the stage's own handler.
TEST_F(calls_sim_test, the_down_of_a_process_that_a_stage_watches_reaches_its_handler) {
  const auto watched = here.start<clerk>(&first);
  const auto to = here.start<sink>(&first);
  here.join(to, asked, {.cancel = cancel_mode::temporary});
  cast(asked, watch_over{watched.process()});
  here.sim.settle();

  here.kill(to);
  here.kill(watched);

  EXPECT_EQ(seen, (journal{"down killed"})) << "the consumer's end is one of a subscription";
}

// G-317
TEST_F(calls_sim_test, a_stop_runs_terminate_and_succeeds_if_the_stage_ends_with_that_reason) {
  EXPECT_TRUE(get(stop(asked, exit_reason::shutdown())).has_value());
  EXPECT_EQ(seen, (journal{"terminate shutdown"}));

  EXPECT_EQ(get(stop(asked)).error().code, errc::process_ended) << "it had ended before";
}

}  // namespace
}  // namespace genstage
