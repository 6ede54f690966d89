#include <gtest/gtest.h>

#include <genstage/process/server.hpp>
#include <genstage/simulation/simulation.hpp>
#include <stdexcept>
#include <string>
#include <vector>

// Exit signals, links, monitors and names, as in A8 to A12 of the specification.
namespace genstage {
namespace {

struct note {
  std::string text;
};
struct crash {};
struct leave {
  exit_reason reason;
};
struct send_exit {
  process_ref receiver;
  exit_reason reason;
};
struct watch {
  process_ref who;
};
struct tie {
  process_ref who;
};
struct untie_too_late {
  process_ref who;
};

using journal = std::vector<std::string>;

class subject : public server {
 public:
  enum class signals : std::uint8_t { end_me, are_messages };

  explicit subject(journal* seen, signals handling = signals::end_me)
      : seen_{seen}, handling_{handling} {}

  void init() {
    if (handling_ == signals::are_messages) trap_exits();
  }
  void handle_cast(note said) { seen_->push_back("note " + said.text); }
  void handle_cast(crash) { throw std::runtime_error{"boom"}; }
  void handle_cast(leave asked) { stop(asked.reason); }
  void handle_cast(send_exit asked) { process::current()->exit(asked.receiver, asked.reason); }
  void handle_cast(watch asked) { monitor(asked.who); }
  void handle_cast(tie asked) { link(asked.who); }
  /// The other one ends while this callback runs, and then the link is removed.
  void handle_cast(untie_too_late asked) {
    self().send(std::make_unique<exit_message>(asked.who.id(), exit_reason::user("tired"),
                                               exit_origin::link));
    process::current()->unlink(asked.who);
  }
  void handle_exit(const exit_signal& signal) {
    seen_->push_back("exit " + to_string(signal.reason));
  }
  void handle_down(const down& notice) { seen_->push_back("down " + to_string(notice.reason)); }
  void terminate(const exit_reason& reason) { seen_->push_back("terminate " + to_string(reason)); }

 private:
  journal* seen_;
  signals handling_;
};

class process_sim_test : public ::testing::Test {
 protected:
  ref<subject> start(journal& seen, subject::signals handling = subject::signals::end_me,
                     std::string named = "") {
    auto started = spawn<subject>(world.home(), {.name = std::move(named)}, &seen, handling);
    world.settle();
    return *started;
  }
  std::string end_of(const ref<subject>& who) {
    auto down = world.home().down(who.process());
    world.settle();
    return down.is_done() ? to_string(*down.await_resume()) : "alive";
  }

  simulation world{1};
  journal left_seen;
  journal right_seen;
};

// G-006
TEST_F(process_sim_test, an_exit_signal_of_another_process_follows_the_table) {
  struct cell {
    exit_reason sent;
    subject::signals handling;
    std::string end;
    journal seen;
  };
  const auto plain = subject::signals::end_me;
  const auto traps = subject::signals::are_messages;
  const std::vector<cell> table{
      {exit_reason::normal(), plain, "alive", {}},
      {exit_reason::normal(), traps, "alive", {"exit normal"}},
      {exit_reason::shutdown(), plain, "shutdown", {}},
      {exit_reason::shutdown(), traps, "alive", {"exit shutdown"}},
      {exit_reason::user("tired"), plain, "tired", {}},
      {exit_reason::kill(), plain, "killed", {}},
      {exit_reason::kill(), traps, "killed", {}},
  };
  for (const cell& row : table) {
    simulation fresh{1};
    journal seen;
    auto sender = *spawn<subject>(fresh.home(), {}, &left_seen, plain);
    auto receiver = *spawn<subject>(fresh.home(), {}, &seen, row.handling);
    fresh.settle();

    cast(sender, send_exit{receiver.process(), row.sent});
    fresh.settle();

    auto end = fresh.home().down(receiver.process());
    const bool ended = !fresh.home().find(receiver.id()) || end.is_done();
    fresh.settle();
    EXPECT_EQ(row.end == "alive", !end.is_done()) << to_string(row.sent) << ended;
    EXPECT_EQ(seen, row.seen) << to_string(row.sent);
  }
}

// G-006
TEST_F(process_sim_test, a_linked_process_dies_with_the_same_reason_unless_the_end_is_normal) {
  const auto left = start(left_seen);
  const auto right = start(right_seen);
  cast(left, tie{right.process()});
  world.settle();
  auto right_end = world.home().down(right.process());
  world.settle();

  cast(left, leave{exit_reason::user("tired")});
  world.settle();

  ASSERT_TRUE(right_end.is_done());
  EXPECT_EQ(*right_end.await_resume(), exit_reason::user("tired"));
}

// G-006
TEST_F(process_sim_test, a_normal_end_does_not_kill_a_linked_process) {
  const auto left = start(left_seen);
  const auto right = start(right_seen);
  cast(left, tie{right.process()});
  world.settle();

  cast(left, leave{exit_reason::normal()});
  world.settle();

  EXPECT_EQ(end_of(right), "alive");
}

TEST_F(process_sim_test, a_process_that_ends_itself_with_kill_is_trapped_as_kill) {
  const auto left = start(left_seen);
  const auto right = start(right_seen, subject::signals::are_messages);
  cast(left, tie{right.process()});
  world.settle();

  cast(left, leave{exit_reason::kill()});
  world.settle();

  EXPECT_EQ(right_seen, (journal{"exit kill"}));
}

TEST_F(process_sim_test, linking_to_a_dead_process_brings_noproc_to_one_that_traps) {
  const auto left = start(left_seen, subject::signals::are_messages);
  const auto right = start(right_seen);
  cast(right, leave{exit_reason::normal()});
  world.settle();

  cast(left, tie{right.process()});
  world.settle();

  EXPECT_EQ(left_seen, (journal{"exit noproc"}));
}

// G-005
TEST_F(process_sim_test, each_monitor_brings_exactly_one_down_after_all_messages) {
  const auto left = start(left_seen);
  const auto right = start(right_seen);
  cast(left, watch{right.process()});
  cast(left, watch{right.process()});
  world.settle();

  cast(right, leave{exit_reason::user("tired")});
  world.settle();

  EXPECT_EQ(left_seen, (journal{"down tired", "down tired"}));
}

// G-005
TEST_F(process_sim_test, monitoring_a_dead_process_brings_noproc_at_once) {
  const auto left = start(left_seen);
  const auto right = start(right_seen);
  cast(right, leave{exit_reason::normal()});
  world.settle();

  cast(left, watch{right.process()});
  world.settle();

  EXPECT_EQ(left_seen, (journal{"down noproc"}));
}

// G-321, G-322
TEST_F(process_sim_test, a_callback_that_throws_ends_its_process_after_terminate) {
  const auto left = start(left_seen);
  auto end = world.home().down(left.process());
  world.settle();

  cast(left, crash{});
  world.settle();

  ASSERT_TRUE(end.is_done());
  EXPECT_EQ(to_string(*end.await_resume()), "error (std::runtime_error: boom) in handle_cast");
  EXPECT_EQ(left_seen, (journal{"terminate error (std::runtime_error: boom) in handle_cast"}));
}

// G-321
TEST_F(process_sim_test, terminate_does_not_run_when_a_signal_ends_the_process) {
  const auto left = start(left_seen);

  world.home().exit(left.process(), exit_reason::shutdown());
  world.settle();

  EXPECT_EQ(left_seen, journal{});
  EXPECT_EQ(world.home().process_count(), 0U);
}

// G-002
TEST_F(process_sim_test, messages_of_one_sender_are_handled_in_order_in_every_interleaving) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    simulation fresh{seed};
    journal seen;
    const auto left = *spawn<subject>(fresh.home(), {}, &seen, subject::signals::end_me);

    for (const char* text : {"1", "2", "3"}) cast(left, note{text});
    fresh.settle();

    ASSERT_EQ(seen, (journal{"note 1", "note 2", "note 3"})) << "seed " << seed;
  }
}

TEST_F(process_sim_test, a_name_is_unique_and_free_again_when_the_down_arrives) {
  const auto left = start(left_seen, subject::signals::end_me, "wiki");
  auto end = world.home().down(left.process());
  world.settle();
  const auto second =
      spawn<subject>(world.home(), {.name = "wiki"}, &right_seen, subject::signals::end_me);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().message, "process wiki: the name is held by <0.1>; not started");

  cast(left, leave{exit_reason::normal()});
  world.run_until(std::move(end));

  EXPECT_TRUE(spawn<subject>(world.home(), {.name = "wiki"}, &right_seen, subject::signals::end_me)
                  .has_value());
}

// G-003
TEST_F(process_sim_test, the_identity_of_a_dead_process_is_never_that_of_a_new_one) {
  pid first;
  {
    const auto left = start(left_seen);
    first = left.id();
    cast(left, leave{exit_reason::normal()});
    world.settle();
  }

  const auto next = start(right_seen);

  EXPECT_EQ(next.id().index, first.index);
  EXPECT_NE(next.id(), first);
  EXPECT_FALSE(world.home().find(first));
}

// G-003
TEST_F(process_sim_test, a_dead_process_is_not_found_though_somebody_refers_to_it) {
  const auto left = start(left_seen);
  ASSERT_TRUE(world.home().find(left.id()));

  cast(left, leave{exit_reason::normal()});
  world.settle();

  EXPECT_FALSE(world.home().find(left.id()));
}

TEST_F(process_sim_test, a_link_that_was_removed_brings_no_exit_that_was_on_its_way) {
  const auto left = start(left_seen);
  const auto right = start(right_seen);
  cast(left, tie{right.process()});
  world.settle();

  cast(left, untie_too_late{right.process()});
  world.settle();

  EXPECT_EQ(end_of(left), "alive");
}

TEST_F(process_sim_test, what_a_process_owned_is_gone_when_others_hear_of_its_end) {
  class owner final : public server {
   public:
    explicit owner(journal* seen) : seen_{seen} {}
    ~owner() { seen_->push_back("owner gone"); }

   private:
    journal* seen_;
  };
  const auto watched = *spawn<owner>(world.home(), {}, &right_seen);
  auto [far, near] = make_operation<exit_reason>();
  journal seen_at_end;
  far.on_settled([&]() noexcept { seen_at_end = right_seen; });
  watched.process().send(std::make_unique<monitor_message>(far));

  world.home().exit(watched.process(), exit_reason::kill());
  world.settle();

  EXPECT_TRUE(near.is_done());
  EXPECT_EQ(seen_at_end, (journal{"owner gone"}));
}

TEST_F(process_sim_test, spawning_tells_the_one_that_waits_for_the_start) {
  auto [far, near] = make_operation<std::optional<exit_reason>>();

  const auto left =
      spawn<subject>(world.home(), {.started = far}, &left_seen, subject::signals::end_me);

  const auto outcome = world.run_until(std::move(near));
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(**outcome, std::nullopt);
}

class broken_at_birth : public server {
 public:
  broken_at_birth() { throw std::runtime_error{"no disk"}; }
};

TEST_F(process_sim_test, a_start_that_throws_is_reported_with_the_exception) {
  auto [far, near] = make_operation<std::optional<exit_reason>>();

  (void)spawn<broken_at_birth>(world.home(), {.name = "store", .started = far});

  const auto outcome = world.run_until(std::move(near));
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(to_string(***outcome), "error (std::runtime_error: no disk) in init");
  EXPECT_FALSE(world.home().find("store"));
}

class stillborn : public server {
 public:
  void init() { stop(exit_reason::user("tired")); }
};

TEST_F(process_sim_test, a_process_that_ends_before_anybody_can_watch_it_still_tells_why) {
  auto [told, end] = make_operation<exit_reason>();
  const auto gone = *spawn<stillborn>(world.home(), {.ended = told});
  world.settle();

  ASSERT_TRUE(end.is_done());
  EXPECT_EQ(to_string(*end.await_resume()), "tired");
  EXPECT_FALSE(world.home().find(gone.id()));
}

// G-031
TEST_F(process_sim_test, a_child_dies_with_its_parent) {
  const auto parent = start(left_seen);
  const auto child = *spawn<subject>(world.home(), {.parent = parent.process()}, &right_seen,
                                     subject::signals::end_me);
  world.settle();

  world.home().exit(parent.process(), exit_reason::kill());
  world.settle();

  EXPECT_EQ(end_of(child), "noproc");
}

TEST_F(process_sim_test, a_trapping_child_terminates_when_its_parent_ends_even_normally) {
  const auto parent = start(left_seen);
  const auto child = *spawn<subject>(world.home(), {.parent = parent.process()}, &right_seen,
                                     subject::signals::are_messages);
  world.settle();

  cast(parent, leave{exit_reason::normal()});
  world.settle();

  EXPECT_EQ(right_seen, (journal{"terminate normal"}));
  EXPECT_EQ(end_of(child), "noproc");
}

}  // namespace
}  // namespace genstage
