#include <gtest/gtest.h>

#include <genstage/dispatch/demand_dispatcher.hpp>
#include <map>
#include <random>
#include <set>
#include <vector>

namespace genstage {
namespace {

constexpr unique_id a{1};
constexpr unique_id b{2};
constexpr unique_id c{3};

using deliveries = std::vector<delivery>;

deliveries dispatch(demand_dispatcher& dispatcher, std::uint64_t count) {
  const auto decided = dispatcher.dispatch(count);
  return {decided.begin(), decided.end()};
}

// G-246, G-332
TEST(demand_dispatcher_test, the_demand_of_a_leaver_is_credit_against_later_asks) {
  demand_dispatcher dispatcher;
  dispatcher.subscribe(a);
  EXPECT_EQ(dispatcher.ask(a, demand{10}), demand{10});
  dispatcher.cancel(a);
  EXPECT_EQ(dispatcher.credit(), demand{10});

  dispatcher.subscribe(b);
  EXPECT_EQ(dispatcher.ask(b, demand{5}), demand{0});
  EXPECT_EQ(dispatcher.credit(), demand{5});
  dispatcher.cancel(b);
  EXPECT_EQ(dispatcher.credit(), demand{10});

  EXPECT_EQ(dispatch(dispatcher, 3), deliveries{});
  EXPECT_EQ(dispatcher.credit(), demand{7});
  EXPECT_EQ(dispatch(dispatcher, 10), deliveries{});
  EXPECT_EQ(dispatcher.credit(), demand{0});
}

// G-240, G-247
TEST(demand_dispatcher_test, leftovers_reduce_the_credit) {
  demand_dispatcher dispatcher;
  dispatcher.subscribe(a);
  dispatcher.subscribe(b);
  dispatcher.ask(a, demand{3});
  dispatcher.ask(b, demand{3});
  dispatcher.cancel(a);

  EXPECT_EQ(dispatch(dispatcher, 5), (deliveries{{b, 3}}));

  EXPECT_EQ(dispatcher.credit(), demand{1});
}

// G-239
TEST(demand_dispatcher_test, the_hungriest_consumer_is_filled_completely_first) {
  demand_dispatcher dispatcher;
  dispatcher.subscribe(a);
  dispatcher.subscribe(b);
  dispatcher.ask(a, demand{2});
  dispatcher.ask(b, demand{3});

  EXPECT_EQ(dispatch(dispatcher, 5), (deliveries{{b, 3}, {a, 2}}));
}

// G-234, G-241
TEST(demand_dispatcher_test, equal_demands_are_served_in_turn) {
  demand_dispatcher dispatcher;
  dispatcher.subscribe(a);
  dispatcher.subscribe(b);
  dispatcher.ask(a, demand{3});
  dispatcher.ask(b, demand{3});

  EXPECT_EQ(dispatch(dispatcher, 1), (deliveries{{a, 1}}));
  EXPECT_EQ(dispatch(dispatcher, 1), (deliveries{{b, 1}}));
  EXPECT_EQ(dispatch(dispatcher, 1), (deliveries{{a, 1}}));
}

// G-248
TEST(demand_dispatcher_test, asks_order_the_consumers_by_demand) {
  demand_dispatcher dispatcher;
  for (const unique_id tag : {a, b, c}) dispatcher.subscribe(tag);
  EXPECT_EQ(dispatcher.ask(a, demand{4}), demand{4});
  EXPECT_EQ(dispatcher.ask(b, demand{2}), demand{2});
  EXPECT_EQ(dispatcher.ask(c, demand{3}), demand{3});
  EXPECT_EQ(dispatcher.ask(c, demand{2}), demand{2});
  EXPECT_EQ(dispatcher.ask(b, demand{4}), demand{4});

  EXPECT_EQ(dispatch(dispatcher, 15), (deliveries{{b, 6}, {c, 5}, {a, 4}}));
}

// G-232, G-236
TEST(demand_dispatcher_test, an_ask_above_the_first_one_is_larger_than_expected) {
  demand_dispatcher dispatcher;
  dispatcher.subscribe(a);
  dispatcher.ask(a, demand{10});

  EXPECT_EQ(dispatcher.size_of(demand{11}), ask_size::larger_than_expected);
  EXPECT_EQ(dispatcher.size_of(demand{10}), ask_size::as_expected);
}

// G-243, G-244: GenStage shuffles all, so that one without demand may stand first and block others.
TEST(demand_dispatcher_test, a_shuffle_changes_the_order_of_equals_only) {
  std::set<unique_id> firsts;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    demand_dispatcher dispatcher{{.shuffle_on_first_dispatch = seed}};
    for (const unique_id tag : {a, b, c}) dispatcher.subscribe(tag);
    dispatcher.ask(a, demand{3});
    dispatcher.ask(b, demand{3});

    const deliveries decided = dispatch(dispatcher, 6);

    ASSERT_EQ(decided.size(), 2U) << "seed " << seed;
    ASSERT_NE(decided[0].to, c) << "seed " << seed;
    firsts.insert(decided[0].to);
  }
  EXPECT_EQ(firsts, (std::set<unique_id>{a, b}));
}

// G-232
TEST(demand_dispatcher_test, the_expected_ask_can_be_given) {
  demand_dispatcher dispatcher{{.max_demand = demand{100}}};
  dispatcher.subscribe(a);
  dispatcher.ask(a, demand{10});

  EXPECT_EQ(dispatcher.size_of(demand{100}), ask_size::as_expected);
  EXPECT_EQ(dispatcher.size_of(demand{101}), ask_size::larger_than_expected);
}

// G-226, G-230
TEST(demand_dispatcher_test, nobody_ever_gets_more_than_it_asked_for_and_nothing_goes_amiss) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 random{seed};
    demand_dispatcher dispatcher;
    std::map<unique_id, std::uint64_t> owed;
    std::uint64_t next_tag = 1;
    for (int step = 0; step < 200; ++step) {
      const auto choice = random() % 8;
      if (choice == 0 || owed.empty()) {
        const unique_id tag{next_tag++};
        dispatcher.subscribe(tag);
        owed[tag] = 0;
      } else if (choice == 1) {
        const auto leaver = std::next(owed.begin(), static_cast<long>(random() % owed.size()));
        dispatcher.cancel(leaver->first);
        owed.erase(leaver);
      } else if (choice < 5) {
        const auto asker = std::next(owed.begin(), static_cast<long>(random() % owed.size()));
        const std::uint64_t asked = 1 + random() % 10;
        dispatcher.ask(asker->first, demand{asked});
        asker->second += asked;
      } else {
        const std::uint64_t count = random() % 20;
        std::uint64_t given = 0;
        for (const delivery& each : dispatch(dispatcher, count)) {
          ASSERT_LE(each.count, owed.at(each.to)) << "seed " << seed;
          owed[each.to] -= each.count;
          given += each.count;
        }
        std::uint64_t still = 0;
        for (const auto& [tag, left] : owed) still += left;
        ASSERT_TRUE(given == count || still == 0) << "seed " << seed;
      }
      std::uint64_t total = 0;
      for (const auto& [tag, left] : owed) {
        ASSERT_EQ(dispatcher.outstanding(tag), demand{left}) << "seed " << seed;
        total += left;
      }
      ASSERT_EQ(dispatcher.deliverable(), demand{total}) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace genstage
