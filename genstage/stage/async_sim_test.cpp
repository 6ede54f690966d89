#include <gtest/gtest.h>

#include <algorithm>
#include <genstage/stage/conversation_test.hpp>
#include <stdexcept>

// Stages whose callbacks wait: what goes on meanwhile, and what can end it.
namespace genstage {
namespace {

using namespace conversation;
using namespace std::chrono_literals;

struct note {
  std::string text;
};
struct get_calls {};
struct wait_and_emit {
  std::int64_t event;
};

/// Writes down when it goes, with what its owner says at that moment.
class farewell {
 public:
  farewell(journal& seen, const std::string& owner) : seen_{seen}, owner_{owner} {}
  farewell(const farewell&) = delete;
  farewell& operator=(const farewell&) = delete;
  ~farewell() { seen_.push_back("frame of " + owner_ + " gone"); }

 private:
  journal& seen_;
  const std::string& owner_;
};

class slow_sink final : public async_consumer<std::int64_t> {
 public:
  enum class end_of_wait : std::uint8_t { fine, throws, stops };

  explicit slow_sink(journal* seen, end_of_wait after = end_of_wait::fine)
      : seen_{seen}, after_{after} {}

  task<> handle_events(std::span<std::int64_t> events) override {
    const farewell guard{*seen_, own_name_};
    seen_->push_back("begins " + described(events));
    auto wait = sleep_for(1s);
    co_await std::move(wait);
    if (after_ == end_of_wait::throws) throw std::runtime_error{"boom"};
    if (after_ == end_of_wait::stops) stop(exit_reason::user("enough"));
    seen_->push_back("ends " + described(events));
  }
  void handle_cast(note told) { seen_->push_back(told.text); }
  std::size_t handle_call(get_calls) { return seen_->size(); }
  task<> handle_cancel(const cancellation& ended) override {
    seen_->push_back(described(ended));
    co_return;
  }
  task<> terminate(const exit_reason& reason) override {
    seen_->push_back("terminate " + to_string(reason));
    co_return;
  }

 private:
  journal* seen_;
  end_of_wait after_;
  std::string own_name_ = "a consumer with a name that needs memory of its own";
};

class slow_source final : public async_producer<std::int64_t> {
 public:
  explicit slow_source(journal* seen, bool fails = false) : seen_{seen}, fails_{fails} {}

  task<> handle_demand(demand asked, output<std::int64_t>& out) override {
    seen_->push_back("demand " + std::to_string(asked.count()));
    out.emit(next_++);
    auto wait = sleep_for(1s);
    co_await std::move(wait);
    if (fails_) throw std::runtime_error{"dry"};
    for (std::uint64_t left = asked.count(); left > 1; --left) out.emit(next_++);
    seen_->push_back("emitted");
  }
  task<> handle_cancel(const cancellation& ended) override {
    seen_->push_back(described(ended));
    co_return;
  }

 private:
  journal* seen_;
  bool fails_;
  std::int64_t next_ = 0;
};

class quiet_source final : public async_producer<std::int64_t> {
 public:
  task<> handle_demand(demand, output<std::int64_t>&) override { co_return; }
  task<std::string> handle_call(wait_and_emit told, output<std::int64_t>& out) {
    auto wait = sleep_for(1s);
    co_await std::move(wait);
    out.emit(told.event);
    co_return "done";
  }
};

class slow_transfer final : public async_producer_consumer<std::int64_t, std::int64_t> {
 public:
  task<> handle_events(std::span<std::int64_t> events, output<std::int64_t>& out) override {
    for (const std::int64_t event : events) {
      out.emit(event);
      auto wait = sleep_for(1s);
      co_await std::move(wait);
    }
  }
};

class async_sim_test : public ::testing::Test {
 protected:
  static std::string frame_gone() {
    return "frame of a consumer with a name that needs memory of its own gone";
  }

  // First, since the frames that the world destroys at its end still write.
  journal up;
  journal down;
  world here;
};

TEST_F(async_sim_test, while_a_callback_waits_nothing_more_is_handled_or_asked) {
  const auto from = here.start<counter>(&up);
  const auto to = here.start<slow_sink>(&down);
  here.join(to, from, {.max_demand = 4, .min_demand = 2});

  cast(to, note{"a cast"});
  here.sim.run_for(500ms);
  EXPECT_EQ(down, (journal{"begins 0..1 (2)"}));
  EXPECT_EQ(up, (journal{"demand 4"}));
  here.sim.run_for(1s);

  // The rest of a message goes before what came after it.
  EXPECT_EQ(down, (journal{"begins 0..1 (2)", "ends 0..1 (2)", frame_gone(), "begins 2..3 (2)"}));
  EXPECT_EQ(up, (journal{"demand 4", "demand 2"}));
}

TEST_F(async_sim_test, calls_and_casts_queue_behind_a_callback_that_waits) {
  const auto from = here.start<counter>(&up, 1);
  const auto to = here.start<slow_sink>(&down);
  here.join(to, from, {.max_demand = 1});
  here.sim.settle();

  cast(to, note{"a cast"});
  const auto count = here.sim.run_until(call(to, get_calls{}));

  EXPECT_EQ(**count, 4U);
  EXPECT_EQ(down, (journal{"begins 0..0 (1)", "ends 0..0 (1)", frame_gone(), "a cast"}));
  EXPECT_EQ(here.sim.now(), instant{1s});
}

TEST_F(async_sim_test, a_call_may_time_out_while_a_callback_waits) {
  const auto from = here.start<counter>(&up, 1);
  const auto to = here.start<slow_sink>(&down);
  here.join(to, from, {.max_demand = 1});
  here.sim.settle();

  const auto outcome = *here.sim.run_until(call(to, get_calls{}, 10ms));

  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().code, errc::timed_out);
  EXPECT_EQ(here.sim.now(), instant{10ms});
}

TEST_F(async_sim_test, a_kill_ends_a_consumer_that_waits_at_once_and_its_producer_is_told) {
  const auto from = here.start<source>(&up);
  const auto to = here.start<slow_sink>(&down);
  auto end = here.watch(to);
  here.join(to, from, {.max_demand = 2});
  cast(from, emit{{1, 2}});
  here.sim.settle();

  here.kill(to);

  EXPECT_EQ(here.fate(end), "killed");
  EXPECT_EQ(down, (journal{"begins 1..1 (1)", frame_gone()}));
  EXPECT_EQ(up.back(), "consumer gone: down killed");
  here.sim.run();
  EXPECT_EQ(here.sim.now(), instant{});  // The timer of the wait is gone as well.
}

TEST_F(async_sim_test, a_shutdown_of_one_that_waits_runs_no_terminate_unless_it_traps) {
  const auto from = here.start<source>(&up);
  const auto to = here.start<slow_sink>(&down);
  here.join(to, from, {.max_demand = 2});
  cast(from, emit{{1, 2}});
  here.sim.settle();

  here.kill(to, exit_reason::shutdown());

  EXPECT_EQ(down, (journal{"begins 1..1 (1)", frame_gone()}));
}

TEST_F(async_sim_test, the_end_of_a_producer_waits_for_the_callback) {
  const auto from = here.start<source>(&up);
  const auto to = here.start<slow_sink>(&down);
  auto end = here.watch(to);
  here.join(to, from, {.max_demand = 2, .min_demand = 0});
  cast(from, emit{{1, 2}});
  cast(from, leave{exit_reason::user("tired")});
  here.sim.settle();
  EXPECT_EQ(here.fate(end), "alive");

  here.sim.run_for(1s);

  EXPECT_EQ(here.fate(end), "tired");
  EXPECT_EQ(down, (journal{"begins 1..2 (2)", "ends 1..2 (2)", frame_gone(),
                           "producer gone: down tired", "terminate tired"}));
}

TEST_F(async_sim_test, an_exception_after_a_wait_ends_the_stage_as_one_before_it) {
  const auto from = here.start<source>(&up);
  const auto to = here.start<slow_sink>(&down, slow_sink::end_of_wait::throws);
  auto end = here.watch(to);
  here.join(to, from, {.max_demand = 2});
  cast(from, emit{{1, 2}});

  here.sim.run();

  const std::string reason = "error (std::runtime_error: boom) in handle_events";
  EXPECT_EQ(here.fate(end), reason);
  EXPECT_EQ(down, (journal{"begins 1..1 (1)", frame_gone(), "terminate " + reason}));
  EXPECT_EQ(up.back(), "consumer gone: down " + reason);
}

TEST_F(async_sim_test, a_stage_that_stops_after_a_wait_asks_for_nothing_more) {
  const auto from = here.start<source>(&up);
  const auto to = here.start<slow_sink>(&down, slow_sink::end_of_wait::stops);
  here.join(to, from, {.max_demand = 2, .min_demand = 1});
  cast(from, emit{{1, 2}});

  here.sim.run();

  EXPECT_EQ(up, (journal{"joined by consumer", "demand 2", "consumer gone: down enough"}));
  EXPECT_EQ(down, (journal{"begins 1..1 (1)", "ends 1..1 (1)", frame_gone(), "terminate enough"}));
}

TEST_F(async_sim_test, asks_queue_behind_a_producer_that_waits_and_each_is_answered) {
  const auto from = here.start<slow_source>(&up);
  const auto early = here.start<sink>(&down, sink_rules{.mode = subscription_mode::manual});
  here.join(early, from);
  cast(early, ask_for{2});
  cast(early, ask_for{3});

  here.sim.run_for(500ms);
  EXPECT_EQ(up, (journal{"demand 2"}));
  EXPECT_EQ(down,
            (journal{"joins producer"}));  // What it emits leaves when the callback has ended.
  here.sim.run_for(2s);

  EXPECT_EQ(up, (journal{"demand 2", "emitted", "demand 3", "emitted"}));
  EXPECT_EQ(down, (journal{"joins producer", "0..1 (2)", "2..4 (3)"}));
}

TEST_F(async_sim_test, a_producer_that_fails_after_a_wait_takes_its_consumers_along) {
  const auto from = here.start<slow_source>(&up, true);
  const auto to = here.start<sink>(&down);
  auto end = here.watch(to);
  here.join(to, from);

  here.sim.run();

  EXPECT_EQ(here.fate(end), "error (std::runtime_error: dry) in handle_demand");
}

TEST_F(async_sim_test, what_a_call_emits_after_a_wait_has_left_when_the_reply_is_given) {
  recorder records{64};
  world fresh{1, &records};
  const auto from = fresh.start<quiet_source>();
  fresh.join(fresh.start<sink>(&down), from);
  fresh.sim.settle();
  std::ptrdiff_t sent_before_reply = 0;
  auto [far, near] = make_operation<std::string>();
  far.on_settled([&]() noexcept {
    sent_before_reply = std::ranges::count(records.read(), record_kind::delivery, &record::kind);
  });

  from.process().send(
      std::make_unique<detail::call_message<quiet_source, wait_and_emit, std::string>>(
          wait_and_emit{9}, far));

  EXPECT_EQ(**fresh.sim.run_until(std::move(near)), "done");
  EXPECT_EQ(sent_before_reply, 1);
  EXPECT_EQ(down, (journal{"joins producer", "9..9 (1)"}));
}

TEST_F(async_sim_test, a_producer_consumer_sends_on_what_it_made_before_it_asks_for_more) {
  const auto from = here.start<counter>(&up);
  const auto between = here.start<slow_transfer>();
  const auto to = here.start<sink>(&down);
  here.join(between, from, {.max_demand = 2, .min_demand = 0});
  here.join(to, between, {.max_demand = 100});

  here.sim.run_for(1500ms);
  EXPECT_EQ(down, (journal{"joins producer"}));
  here.sim.run_for(1s);

  EXPECT_EQ(down, (journal{"joins producer", "0..1 (2)"}));
  EXPECT_EQ(up, (journal{"demand 2", "demand 2"}));
}

class late_starter final : public async_consumer<std::int64_t> {
 public:
  explicit late_starter(journal* seen) : seen_{seen} {}
  task<> init() {
    seen_->push_back("init begins");
    auto wait = sleep_for(1s);
    co_await std::move(wait);
    seen_->push_back("init ends");
  }
  task<subscription_mode> handle_subscribe(peer_role role, const subscription&,
                                           const subscription_options&) override {
    seen_->push_back(joined(role));
    co_return subscription_mode::automatic;
  }
  task<> handle_events(std::span<std::int64_t> events) override {
    seen_->push_back(described(events));
    co_return;
  }

 private:
  journal* seen_;
};

TEST_F(async_sim_test, a_stage_subscribes_once_its_init_has_ended) {
  const auto from = here.start<counter>(&up, 2);

  const auto failure = here.start_with<late_starter>({{.producer = from.process()}}, &down);
  here.sim.settle();

  EXPECT_EQ(failure, std::nullopt);
  EXPECT_EQ(here.sim.now(), instant{1s});
  EXPECT_EQ(down, (journal{"init begins", "init ends", "joins producer", "0..1 (2)"}));
}

TEST_F(async_sim_test, a_stage_killed_during_init_has_not_started) {
  auto [far, near] = make_operation<std::optional<exit_reason>>();
  const auto to = *spawn<late_starter>(here.sim.home(), {.started = far}, &down);
  here.sim.settle();

  here.kill(to);

  ASSERT_TRUE(near.is_done());
  EXPECT_EQ(**near.await_resume(), exit_reason::killed());
  EXPECT_EQ(down, (journal{"init begins"}));
}

class late_leaver final : public async_consumer<std::int64_t> {
 public:
  explicit late_leaver(journal* seen) : seen_{seen} {}
  task<> handle_events(std::span<std::int64_t>) override { co_return; }
  task<> handle_cast(leave told) {
    auto wait = sleep_for(1s);
    co_await std::move(wait);
    seen_->push_back("leaves");
    stop(told.reason);
  }

 private:
  journal* seen_;
};

TEST_F(async_sim_test, a_cast_that_waits_may_stop_the_stage) {
  const auto to = here.start<late_leaver>(&down);
  auto end = here.watch(to);

  cast(to, leave{exit_reason::user("tired")});
  cast(to, leave{exit_reason::user("never handled")});
  here.sim.run();

  EXPECT_EQ(here.fate(end), "tired");
  EXPECT_EQ(down, (journal{"leaves"}));
}

TEST_F(async_sim_test, a_world_that_ends_destroys_a_waiting_frame_before_its_stage) {
  {
    world fresh;
    const auto from = fresh.start<counter>(&up);
    const auto to = fresh.start<slow_sink>(&down);
    fresh.join(to, from, {.max_demand = 4, .min_demand = 2});
    fresh.sim.settle();
  }

  EXPECT_EQ(down, (journal{"begins 0..1 (2)", frame_gone()}));
}

TEST_F(async_sim_test, waiting_stages_hold_back_their_pipeline_in_every_interleaving) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    world fresh{seed};
    journal demands;
    numbers got;
    journal ignored;
    const auto from = fresh.start<counter>(&demands);
    const auto between = fresh.start<slow_transfer>();
    const auto to = fresh.start<sink>(&ignored, sink_rules{}, &got);
    fresh.join(between, from, {.max_demand = 4, .min_demand = 2});
    fresh.join(to, between, {.max_demand = 2});

    fresh.sim.run_for(60s);

    // One event a second, and never more fetched than the maximum beyond what was handled.
    ASSERT_GE(got.size(), 58U) << seed;
    ASSERT_LE(got.size(), 60U) << seed;
    ASSERT_EQ(got, sequence(0, static_cast<std::int64_t>(got.size()))) << seed;
    ASSERT_LE(demands.size(), 1 + 60U / 2) << seed;
  }
}

}  // namespace
}  // namespace genstage
