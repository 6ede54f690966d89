#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <genstage/genstage.hpp>
#include <genstage/task/sync_wait.hpp>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

// Callbacks that do not return, in real time. The bounds are ten times what is expected.
namespace genstage {
namespace {

using namespace std::chrono_literals;

struct go {};
struct fail_now {};
struct ask {};

/// Where callbacks spin, until another thread releases them.
struct turnstile {
  std::atomic<int> spinning{0};
  std::atomic<bool> released{false};
};

class spinner final : public server {
 public:
  explicit spinner(turnstile* here) : here_{here} {}
  void handle_cast(go) {
    ++here_->spinning;
    while (!here_->released.load()) std::this_thread::yield();
  }
  int handle_call(ask) { return 1; }

 private:
  turnstile* here_;
};

class worker final : public server {
 public:
  int handle_call(ask) { return 42; }
  void handle_cast(fail_now) { stop(exit_reason::user("asked to")); }
  task<int> handle_call(go) {
    auto wait = sleep_for(20ms);
    co_await std::move(wait);
    co_return 7;
  }
};

/// The lines of the runtime, and a way to wait for one.
class journal {
 public:
  log_sink sink() {
    return [this](const log_record& record) {
      const std::scoped_lock lock{mutex_};
      lines_.push_back(record.subject + ": " + record.text);
    };
  }
  void add(std::string line) {
    const std::scoped_lock lock{mutex_};
    lines_.push_back(std::move(line));
  }
  int count(std::string_view part) {
    const std::scoped_lock lock{mutex_};
    return static_cast<int>(std::ranges::count_if(
        lines_, [&](const std::string& line) { return line.find(part) != std::string::npos; }));
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> lines_;
};

template <class Condition>
bool soon(Condition condition) {
  const auto end = std::chrono::steady_clock::now() + 20s;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(1ms);
  }
  return true;
}

inline constexpr name<worker> helper{"helper"};
inline constexpr name<spinner> first{"first"};

class stall_acceptance_test : public ::testing::Test {
 protected:
  ~stall_acceptance_test() override { here.released = true; }  // Before the runtime waits for them.

  static runtime_options options(journal& lines, duration abandon_after = 5s) {
    return {.log = lines.sink(),
            .workers = 2,
            .stall_report_after = 300ms,
            .abandon_after = abandon_after,
            .on_incident = [&lines](const incident& met) {
              lines.add("incident: " + std::string{to_string(met.kind)} + " of " + met.label);
            }};
  }

  turnstile here;
  journal lines;
};

TEST_F(stall_acceptance_test, two_callbacks_that_spin_on_two_workers_leave_the_others_running) {
  runtime home{options(lines)};
  supervisor_spec tree{.children = {child(helper)}};
  auto [far, near] = make_operation<std::optional<exit_reason>>();
  auto top = *home.spawn(std::make_unique<supervisor>(std::move(tree)), {.started = far});
  ASSERT_FALSE(sync_wait(std::move(near))->has_value());
  auto one = *spawn<spinner>(home, {.name = "first"}, &here);
  auto two = *spawn<spinner>(home, {.name = "second"}, &here);

  cast(one, go{});
  cast(two, go{});

  const auto asked = *find(home, helper);
  EXPECT_EQ(*sync_wait(call(asked, ask{}, 20s)), 42);
  EXPECT_EQ(*sync_wait(call(asked, go{}, 20s)), 7);  // Timers fire.
  cast(asked, fail_now{});                           // The supervisor starts it again.
  EXPECT_TRUE(soon([&] {
    const auto again = find(home, helper);
    return again && again->id() != asked.id();
  }));
  EXPECT_EQ(*sync_wait(call(*find(home, helper), ask{}, 20s)), 42);
  EXPECT_TRUE(soon([&] {
    return lines.count("first: handle_cast has not returned for") == 1 &&
           lines.count("second: handle_cast has not returned for") == 1;
  }));
  EXPECT_TRUE(soon([&] {
    return lines.count("incident: stall of first") == 1 &&
           lines.count("incident: stall of second") == 1;
  }));

  here.released = true;
  EXPECT_EQ(*sync_wait(call(one, ask{}, 20s)), 1);
  EXPECT_EQ(*sync_wait(call(two, ask{}, 20s)), 1);
}

TEST_F(stall_acceptance_test, a_stall_is_reported_once) {
  runtime home{options(lines)};
  auto one = *spawn<spinner>(home, {.name = "first"}, &here);

  cast(one, go{});
  ASSERT_TRUE(soon([&] { return lines.count("has not returned for") == 1; }));
  std::this_thread::sleep_for(500ms);

  EXPECT_EQ(lines.count("has not returned for"), 1);
  EXPECT_EQ(lines.count("1 of at most 2 replacement workers is lent"), 1);
  here.released = true;
}

/// Many short callbacks in a row.
class busy final : public server {
 public:
  void handle_cast(go) {
    const auto end = std::chrono::steady_clock::now() + 5ms;
    while (std::chrono::steady_clock::now() < end) {
    }
  }
};

TEST_F(stall_acceptance_test, many_short_callbacks_are_no_stall) {
  runtime home{options(lines)};
  auto one = *spawn<busy>(home, {});
  for (int count = 0; count < 200; ++count) cast(one, go{});

  EXPECT_TRUE(sync_wait(get_state(one, [](const busy&) { return 0; })).has_value());

  EXPECT_TRUE(soon([&] { return sync_wait(status(one))->queue_length == 0; }));
  EXPECT_EQ(lines.count("has not returned for"), 0);
}

TEST_F(stall_acceptance_test, a_killed_process_whose_callback_spins_is_abandoned) {
  runtime home{options(lines, 200ms)};
  auto lost = *spawn<spinner>(home, {.name = "first"}, &here);
  auto end = home.down(lost.process());
  cast(lost, go{});
  ASSERT_TRUE(soon([&] { return here.spinning == 1; }));
  auto late_end = home.down(lost.process());  // Not handled before the callback returns.
  auto pending = call(lost, ask{}, 20s);

  home.exit(lost.process(), exit_reason::kill());

  EXPECT_EQ(*sync_wait(std::move(end)), exit_reason::killed());
  EXPECT_EQ(*sync_wait(std::move(late_end)), exit_reason::killed());
  EXPECT_EQ(sync_wait(std::move(pending)).error().code, errc::process_ended);
  EXPECT_FALSE(find(home, first).has_value());
  EXPECT_FALSE(cast(lost, go{}));
  EXPECT_FALSE(home.find(lost.id()));
  EXPECT_TRUE(soon([&] { return lines.count("after the process was killed; abandoned") == 1; }));
  auto heir = *spawn<spinner>(home, {.name = "first"}, &here);  // The name is free.
  EXPECT_EQ(home.process_count(), 2U);

  here.released = true;

  EXPECT_TRUE(soon([&] { return home.process_count() == 1; }));
  EXPECT_EQ(find(home, first)->id(), heir.id());
  EXPECT_EQ(*sync_wait(call(heir, ask{}, 20s)), 1);
}

TEST_F(stall_acceptance_test, a_supervisor_abandons_a_child_that_spins_and_goes_on) {
  runtime home{options(lines)};
  supervisor_spec tree{.strategy = restart_strategy::one_for_all,
                       .children = {child(first, &here).shutdown(50ms), child(helper)},
                       .options = {.abandon_after = 100ms}};
  auto [far, near] = make_operation<std::optional<exit_reason>>();
  auto top = *home.spawn(std::make_unique<supervisor>(std::move(tree)), {.started = far});
  ASSERT_FALSE(sync_wait(std::move(near))->has_value());
  const auto lost = *find(home, first);
  cast(lost, go{});
  ASSERT_TRUE(soon([&] { return here.spinning == 1; }));

  cast(*find(home, helper), fail_now{});

  EXPECT_TRUE(soon([&] {
    const auto again = find(home, first);
    return again && again->id() != lost.id() && find(home, helper);
  }));
  EXPECT_EQ(lines.count("its callback has not returned 100 ms after it was killed; abandoned"), 1);
  here.released = true;
}

}  // namespace
}  // namespace genstage
