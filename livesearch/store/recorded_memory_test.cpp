#include "livesearch/store/recorded_memory.hpp"

#include <gtest/gtest.h>

#include <genstage/replay/tape_test.hpp>
#include <utility>
#include <vector>

namespace livesearch {
namespace {

using namespace std::chrono_literals;

constexpr wall_time noon = std::chrono::sys_days{std::chrono::year{2026} / 11 / 28} + 12h;

/// Answers when the test says so, the last question first.
class slow_memory final : public lane_memory {
 public:
  void find(const std::string& site, const std::string&, wall_time, receiver tell) override {
    asked.emplace_back(site, std::move(tell));
  }
  void keep(const std::string&, const std::string&, kept_answer, wall_time) override { ++kept; }
  [[nodiscard]] std::optional<lane_condition> recall(const std::string&) override { return {}; }
  void note(const std::string&, const lane_condition&) override { ++noted; }

  std::vector<std::pair<std::string, receiver>> asked;
  int kept = 0;
  int noted = 0;
};

lane_condition troubled() {
  return {.breaker_level = 2,
          .failures = 3,
          .probe_at = noon,
          .with_results = 0.25,
          .answers = 7.5,
          .empty_in_a_row = 4,
          .spent_since = noon - 1h,
          .spent = 99};
}

class recorded_memory_test : public ::testing::Test {
 protected:
  void ask(lane_memory& memory, const std::string& site) {
    memory.find(site, "stage", noon, [this, site](std::optional<kept_answer> found) {
      told.emplace_back(site, found ? found->hits.at(0).title : "nothing");
    });
  }

  genstage::tape log;
  slow_memory behind;
  std::vector<std::pair<std::string, std::string>> told;
};

TEST_F(recorded_memory_test, what_was_found_is_found_again_in_the_same_order) {
  recorded_memory first{&behind, log, {}};
  ask(first, "one");
  ask(first, "two");
  behind.asked[1].second(std::nullopt);
  behind.asked[0].second(kept_answer{{{"Title", "https://example.org/", ""}}, noon});
  const auto heard = std::exchange(told, {});
  log.rewind();

  recorded_memory again{nullptr, log, {}};
  ask(again, "one");
  ask(again, "two");
  EXPECT_TRUE(log.play_next());
  EXPECT_TRUE(log.play_next());

  EXPECT_EQ(told, heard);
  EXPECT_EQ(told.back(), (std::pair<std::string, std::string>{"one", "Title"}));
}

TEST_F(recorded_memory_test, what_nobody_asked_does_not_fit) {
  recorded_memory first{&behind, log, {}};
  ask(first, "one");
  behind.asked[0].second(std::nullopt);
  log.rewind();

  recorded_memory again{nullptr, log, {}};

  EXPECT_FALSE(log.play_next());
}

TEST_F(recorded_memory_test, lanes_recall_what_was_given_and_what_they_noted_since) {
  recorded_memory memory{&behind, log, {{"one", troubled()}}};
  EXPECT_EQ(memory.recall("one"), troubled());
  EXPECT_EQ(memory.recall("two"), std::nullopt);

  memory.note("two", troubled());

  EXPECT_EQ(memory.recall("two"), troubled());
  EXPECT_EQ(behind.noted, 1);
}

TEST_F(recorded_memory_test, a_run_that_is_had_again_changes_no_memory) {
  log.rewind();
  recorded_memory again{&behind, log, {}};

  again.note("one", troubled());
  again.keep("one", "stage", {}, noon);
  ask(again, "one");

  EXPECT_EQ(behind.noted, 0);
  EXPECT_EQ(behind.kept, 0);
  EXPECT_TRUE(behind.asked.empty());
}

TEST_F(recorded_memory_test, conditions_are_read_as_they_were_written_and_in_whole) {
  const lane_conditions known{{"one", troubled()}, {"two", {.limited_until = noon}}};
  const std::string bytes = to_bytes(known);

  EXPECT_EQ(conditions_of_bytes(bytes), known);
  EXPECT_FALSE(conditions_of_bytes(bytes.substr(0, bytes.size() - 1)));
}

}  // namespace
}  // namespace livesearch
