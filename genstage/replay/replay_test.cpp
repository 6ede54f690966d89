#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <genstage/genstage.hpp>
#include <genstage/replay/schedule_player.hpp>
#include <genstage/replay/schedule_recorder.hpp>
#include <genstage/task/sync_wait.hpp>
#include <mutex>
#include <optional>
#include <random>
#include <ranges>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

// Programs that end in another way each time, run on the thread pool and played again.
namespace genstage {
namespace {

using namespace std::chrono_literals;

/// What a run said: in order, so that two runs are the same or not.
class diary {
 public:
  void add(std::string line) {
    const std::scoped_lock lock{mutex_};
    lines_.push_back(std::move(line));
  }
  std::vector<std::string> lines() {
    const std::scoped_lock lock{mutex_};
    return lines_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> lines_;
};

/// Emits its numbers whenever a timer of its own, random length fires.
class ticking final : public producer<int> {
 public:
  struct tick {};
  explicit ticking(int first) : next_{first} {}

  void init() { arm(); }
  void handle_demand(demand asked, output<int>&) override { owed_ += asked.count(); }
  void handle_cast(tick, output<int>& out) {
    if (owed_ > 0) {
      --owed_;
      out.emit(next_++);
    }
    arm();
  }

 private:
  void arm() {
    const auto wait = std::chrono::microseconds{home().scheduler().random() % 400};
    cast_after(wait, ref<ticking>{self()}, tick{});
  }

  int next_;
  std::uint64_t owed_ = 0;
};

/// Sums what comes, in an order that no two runs share, and gives up at a sum that is a multiple of
/// seven and large enough.
class fragile final : public consumer<int> {
 public:
  explicit fragile(diary* kept) : kept_{kept} {}

  void handle_events(std::span<int> events) override {
    for (const int each : events) {
      sum_ = sum_ * 3 + static_cast<std::uint32_t>(each);
      kept_->add(std::to_string(each));
      if (++seen_ > 40 && sum_ % 7 == 0) {
        throw std::runtime_error{"event " + std::to_string(each) + " after " +
                                 std::to_string(seen_)};
      }
    }
  }

 private:
  diary* kept_;
  std::uint32_t sum_ = 1;
  int seen_ = 0;
};

inline constexpr name<ticking> odd{"odd"};
inline constexpr name<ticking> even{"even"};
inline constexpr name<fragile> adder{"adder"};

supervisor_spec tree(diary* kept) {
  return {.strategy = restart_strategy::rest_for_one,
          .limits = {2, 60s},
          .children = {child(odd, 1), child(even, 1000),
                       child(adder, kept).subscribe_to(odd).subscribe_to(even, {.max_demand = 5})}};
}

runtime_options options(diary* kept) {
  return {.log = silent_log(),
          .on_incident = [kept](const incident& met) { kept->add(met.label + " " + met.text); }};
}

/// Until the supervisor gives up.
schedule record_run(diary* kept) {
  schedule_recorder recording{{.workers = 2}};
  runtime home{recording, options(kept)};
  auto [far, near] = make_operation<exit_reason>();
  (void)home.spawn(std::make_unique<supervisor>(tree(kept)), {.name = "top", .ended = far});
  (void)sync_wait(std::move(near));
  recording.stop();
  return recording.so_far();
}

result<std::size_t> play_run(const schedule& played, diary* kept) {
  schedule_player playing{played};
  runtime home{playing, options(kept)};
  (void)home.spawn(std::make_unique<supervisor>(tree(kept)), {.name = "top"});
  auto outcome = playing.run();
  playing.stop();
  return outcome;
}

TEST(replay_test, a_run_on_the_thread_pool_is_played_again_event_by_event_ten_times) {
  diary recorded;
  const schedule order = record_run(&recorded);
  const auto lines = recorded.lines();
  ASSERT_GT(lines.size(), 120U) << "three times forty events and what led to the end";
  ASSERT_NE(lines.back().find("gave up"), std::string::npos) << lines.back();

  for (int time = 0; time < 10; ++time) {
    diary played;
    const auto outcome = play_run(order, &played);

    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(*outcome, order.happenings.size());
    ASSERT_EQ(played.lines(), lines);
  }
}

TEST(replay_test, two_runs_on_the_thread_pool_are_not_the_same) {
  diary first;
  diary second;
  (void)record_run(&first);
  (void)record_run(&second);

  EXPECT_NE(first.lines(), second.lines()) << "so it is no wonder that they can be played again";
}

TEST(replay_test, another_program_is_found_out) {
  diary kept;
  const schedule order = record_run(&kept);
  schedule_player playing{order};
  runtime home{playing, options(&kept)};
  (void)home.spawn(std::make_unique<supervisor>(supervisor_spec{.children = {child(odd, 1)}}),
                   {.name = "top"});

  const auto outcome = playing.run();
  playing.stop();

  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, errc::invalid_argument);
  EXPECT_TRUE(outcome.error().message.starts_with("happening ")) << outcome.error().message;
}

TEST(replay_test, what_is_not_done_from_outside_again_is_waited_for) {
  schedule order;
  {
    schedule_recorder recording{{.workers = 2}};
    runtime home{recording, {.log = silent_log()}};
    const auto from = *spawn<ticking>(home, {}, 1);
    auto down = home.down(from.process());
    home.exit(from.process(), exit_reason::shutdown());
    EXPECT_EQ(*sync_wait(std::move(down)), exit_reason::shutdown());
    recording.stop();
    order = recording.so_far();
  }

  schedule_player playing{order};
  runtime home{playing, {.log = silent_log()}};
  const auto from = *spawn<ticking>(home, {}, 1);
  auto down = home.down(from.process());
  EXPECT_TRUE(playing.run());
  EXPECT_TRUE(playing.waits_for_outside());
  home.exit(from.process(), exit_reason::shutdown());
  EXPECT_TRUE(playing.run());
  EXPECT_FALSE(playing.waits_for_outside());
  EXPECT_EQ(*playing.run_until(std::move(down)), exit_reason::shutdown());
  playing.stop();
}

/// Answers on a thread of its own with numbers that nobody can foresee, or plays what it said.
class oracle {
 public:
  explicit oracle(port_log& log) : log_{log} {
    log_.listen("oracle", [this](std::uint64_t number, std::string_view said) {
      if (number >= asked_.size()) return false;
      asked_[number].complete(std::stoi(std::string{said}));
      return true;
    });
  }
  ~oracle() {
    for (std::thread& each : answering_) each.join();
  }
  oracle(const oracle&) = delete;
  oracle& operator=(const oracle&) = delete;

  operation<int> ask() {
    auto [far, near] = make_operation<int>();
    const std::uint64_t number = asked_.size();
    asked_.push_back(far);
    if (!log_.plays()) {
      answering_.emplace_back([this, number, far] {
        const int said = static_cast<int>(std::random_device{}() % 1000);
        log_.came("oracle", number, std::to_string(said), [far, said] { far.complete(said); });
      });
    }
    return std::move(near);
  }
  /// What it feels like at this moment.
  std::uint64_t mood() {
    return log_.read([] { return std::uint64_t{std::random_device{}()}; });
  }

 private:
  port_log& log_;
  std::vector<completion<int>> asked_;
  std::vector<std::thread> answering_;
};

/// Asks for each event, and gives up at an answer that it does not like.
class believer final : public async_consumer<int> {
 public:
  believer(oracle* asked, diary* kept) : asked_{asked}, kept_{kept} {}

  task<> handle_events(std::span<int> events) override {
    for (const int each : events) {
      operation<int> asking = asked_->ask();
      const result<int> said = co_await std::move(asking);
      kept_->add(std::to_string(each) + ": " + std::to_string(*said));
      kept_->add("in the mood " + std::to_string(asked_->mood()));
      if (each > 20 && *said % 5 == 0) {
        throw std::runtime_error{"event " + std::to_string(each) + ": " + std::to_string(*said)};
      }
    }
  }

 private:
  oracle* asked_;
  diary* kept_;
};

process_ref believe(runtime& home, oracle& asked, diary& kept,
                    std::optional<completion<exit_reason>> ended = {}) {
  supervisor_spec tree{
      .limits = {0, 60s},
      .children = {
          child(odd, 1),
          child(name<believer>{"believer"}, &asked, &kept).subscribe_to(odd, {.max_demand = 2})}};
  return *home.spawn(std::make_unique<supervisor>(std::move(tree)),
                     {.name = "top", .ended = std::move(ended)});
}

schedule record_belief(diary& kept, std::size_t room = schedule_recorder::most_port_bytes) {
  schedule_recorder recording{{.workers = 2}, room};
  oracle asked{recording};
  runtime home{recording, options(&kept)};
  auto [far, near] = make_operation<exit_reason>();
  (void)believe(home, asked, kept, far);
  (void)sync_wait(std::move(near));
  recording.stop();
  return recording.so_far();
}

TEST(replay_test, what_came_through_a_port_comes_again_ten_times) {
  diary recorded;
  const schedule order = record_belief(recorded);
  ASSERT_GT(order.port_inputs.size(), 20U);

  for (int time = 0; time < 10; ++time) {
    schedule_player playing{order};
    oracle asked{playing};
    diary played;
    runtime home{playing, options(&played)};
    (void)believe(home, asked, played);
    const auto outcome = playing.run();
    playing.stop();

    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(*outcome, order.happenings.size());
    ASSERT_EQ(played.lines(), recorded.lines());
  }
}

TEST(replay_test, what_had_no_room_in_the_recording_is_said_where_it_is_missed) {
  diary kept;
  const schedule order = record_belief(kept, 0);
  schedule_player playing{order};
  oracle asked{playing};
  runtime home{playing, options(&kept)};
  (void)believe(home, asked, kept);

  const auto outcome = playing.run();
  playing.stop();

  ASSERT_FALSE(outcome);
  EXPECT_NE(outcome.error().message.find("what came through port oracle for question 0 had no "
                                         "room in the recording"),
            std::string::npos)
      << outcome.error().message;
}

}  // namespace
}  // namespace genstage
