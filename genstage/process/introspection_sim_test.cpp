#include <gtest/gtest.h>

#include <algorithm>
#include <genstage/genstage.hpp>
#include <genstage/simulation/simulation.hpp>
#include <ranges>
#include <stdexcept>
#include <string>
#include <vector>

// A look into a running process and a hand on it: A27, A28, A32 to A35.
namespace genstage {
namespace {

using namespace std::chrono_literals;
using journal = std::vector<std::string>;

struct add {
  int amount;
};
struct slow_add {
  int amount;
};
struct get_total {};
struct look_at_yourself {};

class account final : public server {
 public:
  explicit account(journal* seen) : seen_{seen} {}

  void init() { trap_exits(); }
  void handle_cast(add asked) { total_ += asked.amount; }
  task<> handle_cast(slow_add asked) {
    total_ += 1000;
    auto wait = sleep_for(1s);
    co_await std::move(wait);
    total_ += asked.amount - 1000;
  }
  int handle_call(get_total) {
    seen_->push_back("asked");
    return total_;
  }
  task<std::string> handle_call(look_at_yourself) {
    auto asked = get_state(ref<account>{self()}, [](const account& here) { return here.total_; });
    const result<int> seen = co_await std::move(asked);
    co_return seen ? "seen" : seen.error().message;
  }
  void handle_exit(const exit_signal& signal) { seen_->push_back(to_string(signal.reason)); }
  void terminate(const exit_reason& reason) { seen_->push_back("terminate " + to_string(reason)); }
  [[nodiscard]] std::string describe_state() const {
    if (total_ < 0) throw std::runtime_error{"in debt"};
    return "total " + std::to_string(total_) + ", password ***";
  }

  int total_ = 0;

 private:
  journal* seen_;
};

constexpr auto total_of = [](const account& state) { return state.total_; };

class introspection_sim_test : public ::testing::Test {
 protected:
  template <class T>
  result<T> get(operation<T> asked) {
    return *world.run_until(std::move(asked));
  }

  journal seen;
  simulation world{1};
  ref<account> server_ = *spawn<account>(world.home(), {.name = "account"}, &seen);
};

// A27
TEST_F(introspection_sim_test, the_state_can_be_read_between_callbacks) {
  cast(server_, add{3});
  world.settle();

  EXPECT_EQ(*get(get_state(server_, total_of)), 3);
}

// A27
TEST_F(introspection_sim_test, reading_the_state_waits_for_a_callback_that_is_suspended) {
  cast(server_, slow_add{5});
  world.settle();

  EXPECT_EQ(*get(get_state(server_, total_of)), 5);
  EXPECT_EQ(world.now(), instant{1s});
}

// A27
TEST_F(introspection_sim_test, the_state_can_be_replaced) {
  const auto doubled = get(replace_state(server_, [](account& state) {
    state.total_ = 21;
    return state.total_ * 2;
  }));

  EXPECT_EQ(*doubled, 42);
  EXPECT_EQ(*get(call(server_, get_total{})), 21);
}

// A27
TEST_F(introspection_sim_test, what_a_replacing_function_throws_is_told_to_the_caller_alone) {
  const auto outcome =
      get(replace_state(server_, [](account&) { throw std::invalid_argument{"no such account"}; }));

  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().message,
            "replace_state: the function threw std::invalid_argument: no such account; the process "
            "goes on");
  EXPECT_EQ(*get(call(server_, get_total{})), 0);
}

// A28
TEST_F(introspection_sim_test, a_suspended_process_queues_messages_and_handles_them_when_resumed) {
  EXPECT_TRUE(get(suspend(server_)).has_value());
  cast(server_, add{1});
  cast(server_, add{2});
  world.run_for(1h);
  EXPECT_EQ(*get(get_state(server_, total_of)), 0);

  EXPECT_TRUE(get(resume(server_)).has_value());

  EXPECT_EQ(*get(call(server_, get_total{})), 3);
}

// A28, A7
TEST_F(introspection_sim_test, a_call_that_timed_out_while_suspended_is_handled_after_resume) {
  (void)get(suspend(server_));
  const auto outcome = get(call(server_, get_total{}, 1s));
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().code, errc::timed_out);
  EXPECT_EQ(seen, journal{});

  (void)get(resume(server_));
  world.settle();

  EXPECT_EQ(seen, journal{"asked"});
}

// A28
TEST_F(introspection_sim_test, the_state_can_be_read_and_replaced_while_suspended) {
  (void)get(suspend(server_));

  (void)get(replace_state(server_, [](account& state) { state.total_ = 7; }));

  EXPECT_EQ(*get(get_state(server_, total_of)), 7);
}

// A28
TEST_F(introspection_sim_test, suspending_twice_needs_one_resume) {
  (void)get(suspend(server_));
  (void)get(suspend(server_));

  (void)get(resume(server_));

  EXPECT_EQ(*get(call(server_, get_total{}, 1s)), 0);
}

// A28
TEST_F(introspection_sim_test, a_resume_and_a_suspend_in_a_row_leave_it_suspended) {
  (void)get(suspend(server_));
  auto resumed = resume(server_);
  auto suspended = suspend(server_);
  cast(server_, add{1});
  world.settle();

  EXPECT_TRUE(get(std::move(suspended)).has_value());
  EXPECT_EQ(*get(get_state(server_, total_of)), 0);
}

// A28
TEST_F(introspection_sim_test, suspending_waits_for_the_callback_that_is_suspended_already) {
  cast(server_, slow_add{5});
  cast(server_, add{1});
  world.settle();

  (void)get(suspend(server_));

  EXPECT_EQ(world.now(), instant{1s});
  EXPECT_EQ(*get(get_state(server_, total_of)), 5);
}

// A19, A28
TEST_F(introspection_sim_test, the_exit_of_its_parent_ends_a_suspended_process) {
  (void)get(suspend(server_));
  auto end = world.home().down(server_.process());

  world.home().exit(server_.process(), exit_reason::shutdown());

  EXPECT_EQ(*get(std::move(end)), exit_reason::shutdown());
  EXPECT_EQ(seen, journal{"terminate shutdown"});
}

// A28
TEST_F(introspection_sim_test, a_kill_ends_a_suspended_process) {
  (void)get(suspend(server_));
  auto end = world.home().down(server_.process());

  world.home().exit(server_.process(), exit_reason::kill());

  EXPECT_EQ(*get(std::move(end)), exit_reason::killed());
  EXPECT_EQ(seen, journal{});
}

// A32
TEST_F(introspection_sim_test, terminate_ends_it_in_order_even_while_it_is_suspended) {
  (void)get(suspend(server_));
  auto end = world.home().down(server_.process());

  EXPECT_TRUE(get(terminate(server_, exit_reason::user("enough"))).has_value());

  EXPECT_EQ(*get(std::move(end)), exit_reason::user("enough"));
  EXPECT_EQ(seen, journal{"terminate enough"});
}

// A33, G-318
TEST_F(introspection_sim_test, a_request_to_the_process_overtakes_a_deep_queue) {
  cast(server_, slow_add{0});
  for (int count = 0; count < 10'000; ++count) cast(server_, add{1});
  world.settle();

  EXPECT_EQ(*get(get_state(server_, total_of)), 0);

  EXPECT_EQ(*get(call(server_, get_total{})), 10'000);
}

// A34, A35
TEST_F(introspection_sim_test, status_tells_what_is_known_of_a_process) {
  auto other = *spawn<account>(world.home(), {.name = "other", .parent = server_.process()}, &seen);
  auto end = world.home().down(server_.process());
  (void)get(replace_state(other, [&](account&) {
    process::current()->monitor(server_.process());
    process::current()->monitor(server_.process());
  }));
  cast(server_, slow_add{1});
  cast(server_, add{1});
  world.settle();

  const process_status now = *get(status(server_));
  const process_status others = *get(status(other));

  EXPECT_EQ(now.id, server_.id());
  EXPECT_EQ(now.name, "account");
  EXPECT_EQ(now.activity, process_activity::waiting);
  EXPECT_EQ(now.callback, "handle_cast");
  EXPECT_EQ(now.queue_length, 1U);
  EXPECT_EQ(now.exits, exit_signals::arrive_as_messages);
  EXPECT_EQ(now.links, std::vector{other.id()});
  EXPECT_EQ(now.monitored_by, (std::vector{other.id(), other.id()}));
  EXPECT_EQ(now.outside_watchers, 1U);
  EXPECT_EQ(now.state, "total 1000, password ***");
  EXPECT_GT(now.memory, sizeof(process) + sizeof(account));
  EXPECT_EQ(others.parent, server_.id());
  EXPECT_EQ(others.monitors, (std::vector{server_.id(), server_.id()}));
  EXPECT_EQ(others.activity, process_activity::ready);
  EXPECT_NE(to_string(now).find("waiting in handle_cast, 1 in its queue"), std::string::npos);
}

// A35, G-330
TEST_F(introspection_sim_test, a_describe_state_that_throws_harms_nobody) {
  cast(server_, add{-1});

  EXPECT_EQ(get(status(server_))->state, "total 0, password ***");
  EXPECT_EQ(get(status(server_))->state, "describe_state threw std::runtime_error: in debt");
  EXPECT_EQ(*get(call(server_, get_total{})), -1);
}

TEST_F(introspection_sim_test, a_dead_process_a_null_reference_and_oneself_are_refused) {
  EXPECT_EQ(*get(call(server_, look_at_yourself{})),
            "get_state: process account asks for itself, only another one can be waited for; "
            "refused");
  EXPECT_EQ(get(status(process_ref{})).error().message,
            "status: the reference names no process; not sent");
  world.home().exit(server_.process(), exit_reason::kill());
  world.settle();
  EXPECT_EQ(get(suspend(server_)).error().message, "suspend: the process has ended; not done");
  EXPECT_EQ(get(resume(server_)).error().code, errc::process_ended);
  EXPECT_EQ(get(get_state(server_, total_of)).error().code, errc::process_ended);
}

constexpr int last_event = 500;

/// Emits the integers up to a last one, as they are asked for.
class counter final : public producer<int> {
 public:
  void handle_demand(demand asked, output<int>& out) override {
    ++demands;
    const int wanted = next + static_cast<int>(static_cast<std::int64_t>(asked));
    const int end = std::min(wanted, last_event);
    out.append(std::views::iota(next, end));
    next = end;
  }
  int demands = 0;
  int next = 0;
};

class collector final : public consumer<int> {
 public:
  explicit collector(std::vector<int>* got) : got_{got} {}
  void handle_events(std::span<int> events) override {
    got_->insert(got_->end(), events.begin(), events.end());
  }

 private:
  std::vector<int>* got_;
};

// A28
TEST(introspection_of_stages_sim_test, a_suspended_producer_delivers_nothing_and_keeps_the_order) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    simulation world{seed};
    std::vector<int> got;
    auto from = *spawn<counter>(world.home(), {});
    auto to = *spawn<collector>(world.home(), {}, &got);
    auto subscribed = subscribe(to, from, {.max_demand = 10});
    auto suspended = suspend(from);
    world.settle();
    const std::size_t before = got.size();
    const auto demands_of = [](const counter& at) { return at.demands; };
    const int demands = **world.run_until(get_state(from, demands_of));

    world.run_for(1h);

    EXPECT_EQ(got.size(), before) << "seed " << seed;
    EXPECT_EQ(**world.run_until(get_state(from, demands_of)), demands) << "seed " << seed;
    EXPECT_GE(world.run_until(status(from))->value().queue_length, 1U) << "seed " << seed;
    (void)world.run_until(resume(from));
    world.settle();
    EXPECT_TRUE(std::ranges::equal(got, std::views::iota(0, last_event))) << "seed " << seed;
  }
}

// A28
TEST(introspection_of_stages_sim_test, a_suspended_consumer_keeps_what_has_come_for_later) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    simulation world{seed};
    std::vector<int> got;
    auto from = *spawn<counter>(world.home(), {});
    auto to = *spawn<collector>(world.home(), {}, &got);
    auto subscribed = subscribe(to, from, {.max_demand = 10});
    (void)world.run_until(suspend(to));
    const std::size_t before = got.size();

    world.run_for(1h);

    EXPECT_EQ(got.size(), before) << "seed " << seed;
    (void)world.run_until(resume(to));
    world.settle();
    EXPECT_TRUE(std::ranges::equal(got, std::views::iota(0, last_event))) << "seed " << seed;
  }
}

}  // namespace
}  // namespace genstage
