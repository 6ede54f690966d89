#include <gtest/gtest.h>

#include <genstage/inspector/last_known.hpp>

namespace genstage {
namespace {

constexpr pid source{1, 1};
constexpr pid sink{2, 1};

process_view stage_that_answers(pid who) {
  process_view seen;
  seen.id = who;
  seen.type = "stage";
  seen.stage = stage_view{.emitted = 7};
  return seen;
}

process_view silent(pid who) {
  process_view seen;
  seen.id = who;
  seen.answered = false;
  return seen;
}

snapshot before() {
  return {.processes = {stage_that_answers(source), stage_that_answers(sink)},
          .subscriptions = {{.tag = unique_id{17}, .producer = source, .consumer = sink}}};
}

TEST(last_known_test, who_is_busy_stays_the_stage_that_it_was) {
  snapshot seen{.processes = {silent(source), silent(sink)}};

  keep_last_known(seen, before());

  EXPECT_EQ(seen.processes[0].type, "stage");
  EXPECT_EQ(seen.processes[0].stage, stage_view{.emitted = 7});
  EXPECT_FALSE(seen.processes[0].answered);
  EXPECT_EQ(seen.subscriptions, before().subscriptions);
}

TEST(last_known_test, what_is_said_now_counts) {
  snapshot seen{.processes = {stage_that_answers(source), silent(sink)}};
  seen.processes[0].stage = stage_view{.emitted = 9};

  keep_last_known(seen, before());

  EXPECT_EQ(seen.processes[0].stage, stage_view{.emitted = 9});
  EXPECT_TRUE(seen.subscriptions.empty()) << "the producer would have told of it";
}

TEST(last_known_test, who_has_ended_is_not_brought_back) {
  snapshot seen{.processes = {silent(source)}};

  keep_last_known(seen, before());

  EXPECT_EQ(seen.processes.size(), 1);
  EXPECT_TRUE(seen.subscriptions.empty());
}

TEST(last_known_test, a_look_at_more_processes_is_more_patient_up_to_a_limit) {
  EXPECT_EQ(patience_for(10), std::chrono::milliseconds{20});
  EXPECT_EQ(patience_for(12'000), std::chrono::milliseconds{240});
  EXPECT_EQ(patience_for(1'000'000), std::chrono::milliseconds{500});
}

}  // namespace
}  // namespace genstage
