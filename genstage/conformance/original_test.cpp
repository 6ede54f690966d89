#include <gtest/gtest.h>

#include <algorithm>

#include <genstage/conformance/outcome_search.hpp>
#include <genstage/conformance/scenario_text.hpp>
#include <genstage/conformance/seeds_test.hpp>
#include <string>

// The model with all defects on is the original: compared with traces that were recorded with
// GenStage 1.3.2, by play_scenarios.exs.
namespace genstage::conformance {
namespace {

const std::vector<trace>& recorded() {
  static const std::vector<trace> all = [] {
    std::vector<trace> read;
    for (const char* file : {"/hand_written.txt", "/random.txt"}) {
      for (trace& each : read_trace_file(std::string{GENSTAGE_TRACES} + file)) {
        read.push_back(std::move(each));
      }
    }
    return read;
  }();
  return all;
}

/// Whether some recorded trace is not what this model allows.
bool is_told(const defects& turned) {
  return std::ranges::any_of(recorded(), [&](const trace& each) {
    return !disagreement(each, turned, view::original).empty();
  });
}

TEST(original_test, the_model_with_all_defects_allows_what_the_original_did) {
  ASSERT_GE(recorded().size(), 650U);
  for (const trace& each : recorded()) {
    ASSERT_EQ(disagreement(each, defects::of_the_original(), view::original), "");
  }
}

TEST(original_test, traces_are_written_as_they_were_read) {
  for (const trace& each : recorded()) {
    const std::string text = to_text(each);

    ASSERT_EQ(to_text(read_traces(text).at(0)), text);
  }
}

struct one_switch {
  const char* name;
  bool defects::* turned;
};

class switch_test : public testing::TestWithParam<one_switch> {};

TEST_P(switch_test, turned_the_other_way_the_model_is_not_the_original) {
  defects turned = defects::of_the_original();
  turned.*GetParam().turned = !(turned.*GetParam().turned);

  EXPECT_TRUE(is_told(turned));
}

INSTANTIATE_TEST_SUITE_P(
    original, switch_test,
    testing::Values(one_switch{"G_268", &defects::broadcast_keeps_its_buffer},
                    one_switch{"G_151", &defects::credit_holds_back_the_buffer},
                    one_switch{"G_185", &defects::leaver_stays_in_room},
                    one_switch{"G_184", &defects::ended_producer_loses_output},
                    one_switch{"G_025", &defects::size_zero_crashes},
                    one_switch{"G_067", &defects::consumers_are_subscribed_to},
                    one_switch{"G_081", &defects::unknown_cancel_is_confirmed},
                    one_switch{"G_097", &defects::refused_tag_is_cancelled},
                    one_switch{"G_098", &defects::bad_option_kills_producer},
                    one_switch{"G_103", &defects::hibernating_changes_decisions},
                    one_switch{"G_155", &defects::mode_query_crashes},
                    one_switch{"G_167", &defects::accumulating_reorders},
                    one_switch{"G_182", &defects::forgotten_producer_is_unnamed},
                    one_switch{"G_244", &defects::shuffled_zero_blocks},
                    one_switch{"G_281", &defects::discarded_events_use_up_demand},
                    one_switch{"partitions", &defects::partitions_share_demand},
                    one_switch{"replacing", &defects::replacing_feeds_others_first},
                    one_switch{"G_297", &defects::leaver_drops_its_partition},
                    one_switch{"G_254", &defects::third_subscription_is_accepted},
                    one_switch{"G_102", &defects::leaver_gets_what_its_end_emits},
                    one_switch{"G_264", &defects::empty_messages},
                    one_switch{"G_200", &defects::infos_count_without_bound},
                    one_switch{"G_301", &defects::infos_wait_for_empty_queues}),
    [](const auto& of) { return std::string{of.param.name}; });

}  // namespace
}  // namespace genstage::conformance
