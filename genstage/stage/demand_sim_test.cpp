#include <gtest/gtest.h>

#include <genstage/simulation/simulation.hpp>
#include <genstage/stage/spawn.hpp>
#include <ranges>
#include <string>
#include <vector>

// Demand and events between whole stages, in virtual time.
namespace genstage {
namespace {

using namespace std::chrono_literals;
using calls = std::vector<std::string>;

std::string described(std::span<const std::int64_t> events) {
  return std::to_string(events.front()) + ".." + std::to_string(events.back()) + " (" +
         std::to_string(events.size()) + ")";
}

class counter final : public producer<std::int64_t> {
 public:
  explicit counter(calls* seen = nullptr) : seen_{seen} {}
  void handle_demand(demand asked, output<std::int64_t>& out) override {
    if (seen_ != nullptr) seen_->push_back(std::to_string(asked.count()));
    const auto count = static_cast<std::int64_t>(asked);
    out.append(std::views::iota(next_, next_ + count));
    next_ += count;
  }

 private:
  calls* seen_;
  std::int64_t next_ = 0;
};

class repeater final : public producer_consumer<std::int64_t, std::int64_t> {
 public:
  explicit repeater(calls* seen) : seen_{seen} {}
  void handle_events(std::span<std::int64_t> events, output<std::int64_t>& out) override {
    seen_->push_back(described(events));
    for (const std::int64_t event : events) {
      out.emit(event);
      out.emit(event);
    }
  }

 private:
  calls* seen_;
};

/// Stops when it has seen enough, so that the conversation ends.
class collector final : public consumer<std::int64_t> {
 public:
  collector(calls* seen, std::size_t enough) : seen_{seen}, enough_{enough} {}
  void handle_events(std::span<std::int64_t> events) override {
    if (seen_->size() < enough_) seen_->push_back(described(events));
    if (seen_->size() >= enough_) stop(exit_reason::normal());
  }

 private:
  calls* seen_;
  std::size_t enough_;
};

struct emit_now {
  std::vector<std::int64_t> events;
};

/// Emits only when it is told to, whatever is asked.
class manual_source final : public producer<std::int64_t> {
 public:
  explicit manual_source(calls* asked, buffer_options kept = {.size = 10'000})
      : asked_{asked}, kept_{kept} {}
  void handle_demand(demand asked, output<std::int64_t>&) override {
    asked_->push_back(std::to_string(asked.count()));
  }
  void handle_cast(emit_now told, output<std::int64_t>& out) { out.append(told.events); }
  buffer_options buffer() const override { return kept_; }

 private:
  calls* asked_;
  buffer_options kept_;
};

class sink final : public consumer<std::int64_t> {
 public:
  explicit sink(std::vector<std::int64_t>* seen) : seen_{seen} {}
  void handle_events(std::span<std::int64_t> events) override {
    seen_->insert(seen_->end(), events.begin(), events.end());
  }

 private:
  std::vector<std::int64_t>* seen_;
};

class slow_sink final : public async_consumer<std::int64_t> {
 public:
  explicit slow_sink(calls* seen) : seen_{seen} {}
  task<> handle_events(std::span<std::int64_t> events) override {
    auto wait = sleep_for(1s);
    co_await std::move(wait);
    seen_->push_back(described(events));
  }

 private:
  calls* seen_;
};

class demand_sim_test : public ::testing::Test {
 protected:
  template <class C, class P>
  unique_id join(const ref<C>& consumer, const ref<P>& from, subscription_options options = {}) {
    return **world.run_until(subscribe(consumer, from, options));
  }
  template <class S, class... A>
  ref<S> start(A... arguments) {
    return *spawn<S>(world.home(), {}, arguments...);
  }

  simulation world{1};
  calls asked;
  calls seen;
};

// G-133
TEST_F(demand_sim_test, the_defaults_move_batches_of_half_the_demand) {
  const auto source = start<counter>(&asked);
  const auto end = start<collector>(&seen, 4U);

  join(end, source);
  world.run_for(1s);

  EXPECT_EQ(seen,
            (calls{"0..499 (500)", "500..999 (500)", "1000..1499 (500)", "1500..1999 (500)"}));
  EXPECT_EQ((calls{asked.begin(), asked.begin() + 3}), (calls{"1000", "500", "500"}));
}

// The reference trace A of the specification, G-188.
TEST_F(demand_sim_test, a_producer_consumer_that_doubles_follows_the_reference_trace_a) {
  world.let_steps_be(step_size::all_that_waits);  // As when it was recorded.
  calls middle_seen;
  const auto source = start<counter>();
  const auto middle = start<repeater>(&middle_seen);
  const auto end = start<collector>(&seen, 12U);

  join(middle, source, {.max_demand = 100, .min_demand = 80, .cancel = cancel_mode::temporary});
  join(end, middle, {.max_demand = 100, .min_demand = 50});
  world.run_for(1s);

  EXPECT_EQ((calls{middle_seen.begin(), middle_seen.begin() + 7}),
            (calls{"0..19 (20)", "20..39 (20)", "40..59 (20)", "60..79 (20)", "80..99 (20)",
                   "100..119 (20)", "120..139 (20)"}));
  EXPECT_EQ(seen, (calls{"0..19 (40)", "20..39 (40)", "40..49 (20)", "50..74 (50)", "75..89 (30)",
                         "90..99 (20)", "100..119 (40)", "120..124 (10)", "125..139 (30)",
                         "140..149 (20)", "150..159 (20)", "160..174 (30)"}));
}

// The reference trace B, G-189.
TEST_F(demand_sim_test, a_producer_consumer_that_doubles_follows_the_reference_trace_b) {
  world.let_steps_be(step_size::all_that_waits);  // As when it was recorded.
  calls middle_seen;
  const auto source = start<counter>();
  const auto middle = start<repeater>(&middle_seen);
  const auto end = start<collector>(&seen, 10U);

  join(middle, source, {.max_demand = 100, .min_demand = 20, .cancel = cancel_mode::temporary});
  join(end, middle, {.max_demand = 100, .min_demand = 50});
  world.run_for(1s);

  EXPECT_EQ(
      (calls{middle_seen.begin(), middle_seen.begin() + 5}),
      (calls{"0..79 (80)", "80..99 (20)", "100..179 (80)", "180..259 (80)", "260..279 (20)"}));
  EXPECT_EQ(seen, (calls{"0..24 (50)", "25..49 (50)", "50..74 (50)", "75..99 (50)", "100..124 (50)",
                         "125..149 (50)", "150..174 (50)", "175..179 (10)", "180..199 (40)",
                         "200..224 (50)"}));
}

// G-142
TEST_F(demand_sim_test, each_ask_causes_its_own_handle_demand) {
  const auto source = start<manual_source>(&asked);
  std::vector<std::int64_t> got;
  join(start<sink>(&got), source, {.max_demand = 2});
  join(start<sink>(&got), source, {.max_demand = 2});
  world.settle();

  EXPECT_EQ(asked, (calls{"2", "2"}));
}

// G-139
TEST_F(demand_sim_test, events_that_nobody_asked_for_wait_in_the_buffer) {
  const auto source = start<manual_source>(&asked);
  std::vector<std::int64_t> got;
  cast(source, emit_now{{1, 2, 3, 4, 5}});
  world.settle();

  join(start<sink>(&got), source, {.max_demand = 3, .min_demand = 0});
  world.settle();

  EXPECT_EQ(got, (std::vector<std::int64_t>{1, 2, 3, 4, 5}));
  EXPECT_EQ(asked, (calls{"1"}));
}

// G-195
TEST_F(demand_sim_test, a_full_buffer_drops_the_oldest_and_says_so) {
  std::vector<std::string> lines;
  simulation quiet{1, {.log = [&](const log_record& line) { lines.push_back(line.text); }}};
  const auto source = *spawn<manual_source>(quiet.home(), {}, &asked, buffer_options{.size = 2});

  cast(source, emit_now{{1, 2, 3, 4, 5}});
  quiet.settle();

  EXPECT_EQ(lines, (calls{"discarded 3 events: nobody had asked for them and the buffer is full"}));
}

// G-151 to G-153: where the original swallows an ask and reorders, buffered events go first.
TEST_F(demand_sim_test, events_buffered_after_a_consumer_left_go_to_the_next_one_in_order) {
  const auto source = start<manual_source>(&asked);
  std::vector<std::int64_t> lost;
  std::vector<std::int64_t> got;
  const auto first = start<sink>(&lost);
  join(first, source, {.max_demand = 10, .min_demand = 0});
  world.settle();
  world.home().exit(first.process(), exit_reason::kill());
  world.settle();
  cast(source, emit_now{{1, 2, 3}});
  world.settle();

  join(start<sink>(&got), source, {.max_demand = 5, .min_demand = 0});
  world.settle();
  cast(source, emit_now{{4}});
  world.settle();

  EXPECT_EQ(got, (std::vector<std::int64_t>{1, 2, 3, 4}));
  EXPECT_EQ(asked, (calls{"10"}));
}

// G-137
TEST_F(demand_sim_test, a_consumer_that_waits_holds_back_its_producer) {
  const auto source = start<counter>(&asked);
  join(start<slow_sink>(&seen), source, {.max_demand = 4, .min_demand = 2});

  world.run_for(2500ms);

  EXPECT_EQ(seen, (calls{"0..1 (2)", "2..3 (2)"}));
  EXPECT_EQ(asked, (calls{"4", "2", "2"}));
}

TEST_F(demand_sim_test, events_of_every_kind_of_consumer_add_up_in_every_interleaving) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    simulation fresh{seed};
    const auto source = *spawn<manual_source>(fresh.home(), {}, &asked);
    std::vector<std::int64_t> got;
    for (std::int64_t most = 1; most <= 4; ++most) {
      const auto end = *spawn<sink>(fresh.home(), {}, &got);
      (void)fresh.run_until(subscribe(end, source, {.max_demand = most}));
    }
    for (std::int64_t first = 0; first < 100; first += 10) {
      emit_now told;
      for (std::int64_t event = first; event < first + 10; ++event) told.events.push_back(event);
      cast(source, std::move(told));
    }

    fresh.settle();

    std::ranges::sort(got);
    ASSERT_EQ(got.size(), 100U) << "seed " << seed;
    for (std::size_t index = 0; index < got.size(); ++index) {
      ASSERT_EQ(got[index], static_cast<std::int64_t>(index)) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace genstage
