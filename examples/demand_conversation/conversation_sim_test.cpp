#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <genstage/simulation/simulation.hpp>
#include <genstage/trace/conversation.hpp>
#include <genstage/trace/recorded_trace.hpp>
#include <string>
#include <vector>

#include "slides.hpp"
#include "stages.hpp"

namespace gs = genstage;

namespace {

using namespace std::chrono_literals;

// The slides' dialogue, as it stands there.
constexpr const char* slides = R"(Consumer: "I can process 100 events"

Producer: "For now, take all the 60 events I have"

[later]

Producer: "Here are the other 40 events"

Consumer: "I can process 100 more"

[later]

Producer: "Here are 100 events"
)";

/// What two stages said to each other in a world of its own.
struct talk {
  talk(std::uint64_t seed, std::size_t wanted)
      : world{seed, {.log = gs::silent_log(), .records = &records}} {
    const std::deque<std::int64_t> supplies{60, 40, 100};
    const std::function<void()> time_passed = [this] {
      pauses.push_back(records.read().back().order);
    };
    const auto producer = gs::spawn<supplier>(world.home(), {.name = "producer"}, supplies,
                                              gs::duration{1h}, time_passed);
    const auto consumer = gs::spawn<customer>(world.home(), {.name = "consumer"}, wanted);
    (void)world.run_until(
        gs::subscribe(*consumer, *producer, {.max_demand = 100, .min_demand = 0}));
    world.run();
  }

  [[nodiscard]] std::string in_words() const { return as_slides(records.read(), pauses, 5); }
  [[nodiscard]] std::vector<gs::spoken_line> all_lines() {
    const gs::recorded_trace told = gs::take_trace(world.home());
    return gs::conversation_of(told.subscriptions.front().tag, told.records, gs::duration{1min});
  }

  gs::recorder records{64};
  gs::simulation world;
  std::vector<std::uint64_t> pauses;
};

constexpr std::uint64_t seeds = 200;

TEST(conversation_sim_test, two_stages_hold_the_dialogue_of_the_slides_with_every_seed) {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const talk heard{seed, 200};

    ASSERT_EQ(heard.in_words(), slides) << "seed " << seed;
  }
}

TEST(conversation_sim_test, a_consumer_that_goes_on_asks_once_more_and_the_dialogue_is_the_same) {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    talk heard{seed, 1000};

    const auto all = heard.all_lines();

    ASSERT_EQ(all.size(), 6U) << "seed " << seed;
    ASSERT_EQ(to_string(all.back()), "Consumer: \"I can process 100 more\"") << "seed " << seed;
    ASSERT_EQ(std::ranges::count(all, true, &gs::spoken_line::is_later), 2) << "seed " << seed;
    ASSERT_EQ(heard.in_words(), slides) << "seed " << seed;
  }
}

TEST(conversation_sim_test, each_supply_comes_one_delay_after_it_was_ordered) {
  const talk heard{1, 200};

  EXPECT_EQ(heard.world.now(), gs::instant{2h});
}

}  // namespace
