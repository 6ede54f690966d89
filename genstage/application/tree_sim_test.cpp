#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <genstage/genstage.hpp>
#include <genstage/simulation/simulation.hpp>
#include <ranges>
#include <vector>

// The target program of the architecture: a counter, a doubler and four printers in a tree.
namespace genstage {
namespace {

using namespace std::chrono_literals;

class counter final : public producer<std::int64_t> {
 public:
  explicit counter(std::int64_t first) : next_{first} {}
  void handle_demand(demand asked, output<std::int64_t>& out) override {
    const auto count = static_cast<std::int64_t>(asked);
    out.append(std::views::iota(next_, next_ + count));
    next_ += count;
  }

 private:
  std::int64_t next_;
};

class doubler final : public producer_consumer<std::int64_t, std::int64_t> {
 public:
  void handle_events(std::span<std::int64_t> events, output<std::int64_t>& out) override {
    out.append(events | std::views::transform([](std::int64_t event) { return 2 * event; }));
  }
};

class printer final : public async_consumer<std::int64_t> {
 public:
  explicit printer(std::vector<std::int64_t>* printed) : printed_{printed} {}
  task<> handle_events(std::span<std::int64_t> events) override {
    auto wait = sleep_for(10ms);
    co_await std::move(wait);
    printed_->insert(printed_->end(), events.begin(), events.end());
  }

 private:
  std::vector<std::int64_t>* printed_;
};

inline constexpr name<counter> numbers{"numbers"};
inline constexpr name<doubler> doubled{"doubled"};
inline constexpr name<printer> printed{"printed"};

class tree_sim_test : public ::testing::Test {
 protected:
  void start() {
    supervisor_spec tree{
        .strategy = restart_strategy::rest_for_one,
        .children = {child(numbers, std::int64_t{0}), child(doubled).subscribe_to(numbers),
                     child(printed, &seen).times(4).subscribe_to(doubled, {.max_demand = 10})}};
    top = *world.home().spawn(std::make_unique<supervisor>(std::move(tree)));
    world.settle();
  }

  simulation world{1};
  std::vector<std::int64_t> seen;
  process_ref top;
};

TEST_F(tree_sim_test, a_declared_tree_moves_events_through_all_its_stages) {
  start();

  world.run_for(100ms);

  std::ranges::sort(seen);
  ASSERT_GE(seen.size(), 200U);
  for (std::size_t index = 0; index < seen.size(); ++index) {
    ASSERT_EQ(seen[index], 2 * static_cast<std::int64_t>(index));
  }
}

TEST_F(tree_sim_test, a_stage_that_dies_comes_back_with_those_after_it_and_subscribes_again) {
  start();
  const pid before = world.home().find("doubled").id();
  const pid source = world.home().find("numbers").id();

  world.home().exit(world.home().find("doubled"), exit_reason::kill());
  world.run_for(50ms);
  const std::size_t then = seen.size();
  world.run_for(100ms);

  EXPECT_NE(world.home().find("doubled").id(), before);
  EXPECT_EQ(world.home().find("numbers").id(), source);
  EXPECT_GT(seen.size(), then);
}

// G-034
TEST_F(tree_sim_test, a_declared_child_has_its_name_and_is_permanent_unless_told_otherwise) {
  const child_spec plain = child(numbers, std::int64_t{0});
  const child_spec changed =
      child(numbers, std::int64_t{0}).restart(restart_type::transient).shutdown(1s);

  EXPECT_EQ(plain.id, "numbers");
  EXPECT_EQ(plain.name, "numbers");
  EXPECT_EQ(plain.restart, restart_type::permanent);
  EXPECT_EQ(plain.shutdown, shutdown_limit{5s});
  EXPECT_EQ(plain.type, child_type::worker);
  EXPECT_EQ(changed.restart, restart_type::transient);
  EXPECT_EQ(changed.shutdown, shutdown_limit{1s});
}

// G-030, G-033, G-068
TEST_F(tree_sim_test, a_child_subscribes_by_name_by_reference_and_by_text) {
  const auto outside = *spawn<counter>(world.home(), {}, std::int64_t{0});
  supervisor_spec tree{.children = {child(numbers, std::int64_t{1000}),
                                    child(doubled)
                                        .subscribe_to(outside, {.max_demand = 2})
                                        .subscribe_to(numbers, {.max_demand = 2})
                                        .subscribe_to("numbers", {.max_demand = 2}),
                                    child(printed, &seen).subscribe_to(doubled)}};

  (void)world.home().spawn(std::make_unique<supervisor>(std::move(tree)));
  world.settle();

  const auto known = **world.run_until(get_stage_status(*find(world.home(), doubled)));
  ASSERT_EQ(known.producers.size(), 3U);
  EXPECT_EQ(known.producers[0].to.peer.id(), outside.id());
  EXPECT_EQ(known.producers[1].label, "numbers");
  EXPECT_EQ(known.producers[2].to.peer.id(), known.producers[1].to.peer.id());
}

TEST_F(tree_sim_test, the_tree_stops_as_a_whole) {
  start();

  world.home().exit(top, exit_reason::shutdown());
  world.run_for(1s);

  EXPECT_EQ(world.home().process_count(), 0U);
}

TEST_F(tree_sim_test, a_wiring_made_at_run_time_is_refused_in_words_when_the_events_differ) {
  class text_sink final : public consumer<std::string> {
   public:
    void handle_events(std::span<std::string>) override {}
  };
  std::vector<std::string> lines;
  simulation noisy{1, {.log = [&](const log_record& line) { lines.push_back(line.text); }}};
  const name<text_sink> texts{"texts"};
  supervisor_spec tree{
      .limits = {.restarts = 0, .within = 5s},
      .children = {child(numbers, std::int64_t{0}), child(texts).subscribe_to("numbers")}};
  (void)noisy.home().spawn(std::make_unique<supervisor>(std::move(tree)));

  noisy.run_for(1s);

  EXPECT_NE(std::ranges::find(lines,
                              "subscription texts -> numbers: the producer emits long, the "
                              "consumer takes std::__cxx11::basic_string<char, "
                              "std::char_traits<char>, std::allocator<char> >; not subscribed"),
            lines.end());
}

}  // namespace
}  // namespace genstage
