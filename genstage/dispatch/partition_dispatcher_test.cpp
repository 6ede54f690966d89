#include <gtest/gtest.h>

#include <concepts>
#include <cstdint>
#include <genstage/dispatch/partition_dispatcher.hpp>
#include <optional>
#include <string>
#include <vector>

namespace genstage {
namespace {

constexpr unique_id a{1};
constexpr unique_id b{2};
constexpr unique_id c{3};
using kind = partition_choice::kind;

admission join(partition_table& table, unique_id tag, std::optional<partition_key> wanted) {
  return table.subscribe({tag, {static_cast<std::uint32_t>(tag), 1}, {.partition = wanted}});
}

std::string refusal(const admission& answer) {
  return answer ? "taken" : answer.error().text();
}

// G-282
TEST(partition_dispatcher_test, a_hash_names_a_partition_by_number) {
  partition_dispatcher dispatcher{{.partitions = 3}, [](std::int64_t event) { return event % 5; }};

  std::int64_t event = 7;
  EXPECT_EQ(dispatcher.choose(event).partition, 2U);
  event = 4;
  EXPECT_EQ(dispatcher.choose(event).what, kind::unknown);
  EXPECT_EQ(dispatcher.unknown(), "4");
  event = -1;
  EXPECT_EQ(dispatcher.choose(event).what, kind::unknown);
}

// G-277, G-278, G-280
TEST(partition_dispatcher_test, a_hash_names_a_partition_by_name_or_drops_or_changes_the_event) {
  const auto hash = [](std::int64_t& event) -> std::optional<std::string_view> {
    if (event % 3 == 0) return std::nullopt;
    const bool is_even = event % 2 == 0;
    event *= 10;
    return is_even ? "even" : "odd";
  };
  partition_dispatcher dispatcher{{.partitions = {"odd", "even"}}, hash};

  std::int64_t event = 4;
  EXPECT_EQ(dispatcher.choose(event).partition, 1U);
  EXPECT_EQ(event, 40);
  event = 5;
  EXPECT_EQ(dispatcher.choose(event).partition, 0U);
  event = 6;
  EXPECT_EQ(dispatcher.choose(event).what, kind::nowhere);
}

// G-283: what else a hash might answer does not compile.
TEST(partition_dispatcher_test, a_hash_answers_a_number_a_name_anything_or_nothing) {
  const auto answering = []<class Answer>(Answer (*)(int&)) {
    return partition_hash<Answer (*)(int&), int>;
  };
  using text = std::optional<std::string>;
  struct pair {
    int event;
    int partition;
  };

  EXPECT_TRUE(answering(static_cast<std::uint8_t (*)(int&)>(nullptr)));
  EXPECT_TRUE(answering(static_cast<text (*)(int&)>(nullptr)));
  EXPECT_TRUE(answering(static_cast<std::optional<any_partition> (*)(int&)>(nullptr)));
  EXPECT_FALSE(answering(static_cast<double (*)(int&)>(nullptr)));
  EXPECT_FALSE(answering(static_cast<pair (*)(int&)>(nullptr)));
  EXPECT_FALSE((partition_hash<std::int64_t (*)(std::string&), int>));
}

// G-276: a partition dispatcher without partitions does not compile.
TEST(partition_dispatcher_test, how_many_partitions_there_are_must_be_said) {
  EXPECT_FALSE(std::default_initializable<partition_options>);
  EXPECT_FALSE(std::default_initializable<partition_dispatcher<>>);
}

// G-279
TEST(partition_dispatcher_test, equal_events_go_to_the_same_partition_and_neighbours_spread) {
  partition_dispatcher dispatcher{{.partitions = 4}};
  std::vector<int> seen(4);

  for (std::int64_t event = 0; event < 400; ++event) {
    const auto first = dispatcher.choose(event);
    EXPECT_EQ(dispatcher.choose(event).partition, first.partition);
    ++seen[first.partition];
  }

  for (const int count : seen) EXPECT_GT(count, 50);
}

TEST(partition_dispatcher_test, an_event_without_a_key_goes_where_most_is_wanted) {
  partition_dispatcher dispatcher{{.partitions = 2}, [](int) { return any_partition{}; }};
  (void)join(dispatcher, a, 0);
  (void)join(dispatcher, b, 1);
  dispatcher.ask(a, demand{3});
  dispatcher.ask(b, demand{5});
  int event = 0;

  EXPECT_EQ(dispatcher.choose(event).what, kind::anywhere);
  EXPECT_EQ(dispatcher.hungriest(std::vector<std::uint64_t>{0, 0}), 1U);
  EXPECT_EQ(dispatcher.hungriest(std::vector<std::uint64_t>{0, 3}), 0U);
}

// G-285, G-286, G-288: GenStage crashes the producer, and with it everybody else, for each of
// these.
TEST(partition_dispatcher_test, a_wrong_partition_refuses_the_consumer_and_says_which_there_are) {
  partition_table numbers{{.partitions = 4}};
  partition_table names{{.partitions = {"north", "south"}}};

  EXPECT_EQ(refusal(join(numbers, a, std::nullopt)),
            "partition is not given, must be one of 0..3; refused");
  EXPECT_EQ(refusal(join(numbers, a, 4)), "partition is 4, must be one of 0..3; refused");
  EXPECT_EQ(refusal(join(numbers, a, -1)), "partition is -1, must be one of 0..3; refused");
  EXPECT_EQ(refusal(join(names, a, "west")),
            "partition is west, must be one of north, south; refused");
  EXPECT_EQ(refusal(join(names, a, 0)), "partition is 0, must be one of north, south; refused");
  EXPECT_EQ(refusal(join(names, a, "south")), "taken");
}

// G-284, G-287
TEST(partition_dispatcher_test, several_consumers_share_one_partition) {
  partition_table table{{.partitions = 2}};
  (void)join(table, a, 0);
  (void)join(table, b, 0);
  (void)join(table, c, 1);
  table.ask(a, demand{2});
  table.ask(b, demand{3});
  table.ask(c, demand{4});

  const auto decided = table.dispatch(0, 4);

  EXPECT_EQ((std::vector<delivery>{decided.begin(), decided.end()}),
            (std::vector<delivery>{{b, 3}, {a, 1}}));
  EXPECT_EQ(table.deliverable(0), demand{1});
  EXPECT_EQ(table.deliverable(), demand{5});
  table.cancel(c);
  EXPECT_EQ(table.deliverable(), demand{1});
}

TEST(partition_dispatcher_test, no_more_may_be_made_than_the_fullest_queue_has_room_for) {
  partition_table holding{{.partitions = 2, .queue_size = 10}};
  partition_table dropping{
      {.partitions = 2, .queue_size = 10, .when_full = full_queue::drops_events}};
  for (partition_table* each : {&holding, &dropping}) {
    (void)join(*each, a, 0);
    each->ask(a, demand{50});
  }
  const std::vector<std::uint64_t> queued{0, 7};

  EXPECT_EQ(holding.acceptable(queued), demand{3});
  EXPECT_EQ(dropping.acceptable(queued), demand{50});
  EXPECT_EQ(holding.acceptable(std::vector<std::uint64_t>{0, 12}), demand{0});
}

// G-276, G-277
TEST(partition_dispatcher_test, options_that_make_no_sense_are_told) {
  const auto told = [](const auto& dispatcher) {
    const auto usable = dispatcher.check();
    return usable ? "fine" : usable.error().message;
  };

  EXPECT_EQ(told(partition_dispatcher{{.partitions = 0}}),
            "partitions is 0, must be at least 1; not started");
  EXPECT_EQ(told(partition_dispatcher{{.partitions = {"a", "b"}}}),
            "partitions are names (a, b), must be a number unless a hash is given; not started");
  EXPECT_EQ(told(partition_table{{.partitions = {"a", "b", "a"}}}),
            "partitions names a twice, must be different names; not started");
  EXPECT_EQ(told(partition_dispatcher{{.partitions = 2}}), "fine");
}

}  // namespace
}  // namespace genstage
