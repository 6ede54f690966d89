#pragma once

namespace genstage::conformance {

/// The cases in which GenStage 1.3.2 loses, reorders or withholds events or takes down too much:
/// one switch for each row of annex B2 of the rules that a scenario can tell. On: the model does
/// what the original does. Off: what genstage does.
struct defects {
  bool broadcast_keeps_its_buffer = false;      ///< G-268
  bool credit_holds_back_the_buffer = false;    ///< G-151, G-152
  bool leaver_stays_in_room = false;            ///< G-185
  bool ended_producer_loses_output = false;     ///< G-184
  bool discarded_events_use_up_demand = false;  ///< G-281
  bool leaver_drops_its_partition = false;      ///< G-297
  bool third_subscription_is_accepted = false;  ///< G-254
  bool bad_option_kills_producer = false;       ///< G-098
  bool refused_tag_is_cancelled = false;        ///< G-097
  bool leaver_gets_what_its_end_emits = false;  ///< G-102
  bool accumulating_reorders = false;           ///< G-167, G-168
  bool mode_query_crashes = false;              ///< G-155
  bool shuffled_zero_blocks = false;            ///< G-244
  bool empty_messages = false;                  ///< G-264, G-092
  bool infos_count_without_bound = false;       ///< G-200, G-207
  bool infos_wait_for_empty_queues = false;     ///< G-301
  bool hibernating_changes_decisions = false;   ///< G-103, G-104, G-116
  bool size_zero_crashes = false;               ///< G-025
  bool forgotten_producer_is_unnamed = false;   ///< G-182
  bool consumers_are_subscribed_to = false;     ///< G-067
  bool unknown_cancel_is_confirmed = false;     ///< G-081: documented, but neither does
  /// Not in the annex, found by comparing: what a producer_consumer's handle_cancel emits while it
  /// works off its input does not lower its room.
  bool room_forgets_what_ends_emit = false;
  /// Not in the annex, found by comparing: when a subscription takes the place of another one, what
  /// the old one's end releases is made and sent before the new one has joined.
  bool replacing_feeds_others_first = false;
  /// No defect: the original has one demand for all partitions and one consumer for each; genstage
  /// has a demand, a queue and any number of consumers for each.
  bool partitions_share_demand = false;
  /// No defect: nothing says who of a broadcast's consumers is sent to first.
  bool latest_asker_comes_first = false;

  [[nodiscard]] static constexpr defects of_the_original() {
    return {.broadcast_keeps_its_buffer = true,
            .credit_holds_back_the_buffer = true,
            .leaver_stays_in_room = true,
            .ended_producer_loses_output = true,
            .discarded_events_use_up_demand = true,
            .leaver_drops_its_partition = true,
            .third_subscription_is_accepted = true,
            .bad_option_kills_producer = true,
            .refused_tag_is_cancelled = true,
            .leaver_gets_what_its_end_emits = true,
            .accumulating_reorders = true,
            .mode_query_crashes = true,
            .shuffled_zero_blocks = true,
            .empty_messages = true,
            .infos_count_without_bound = true,
            .infos_wait_for_empty_queues = true,
            .hibernating_changes_decisions = true,
            .size_zero_crashes = true,
            .forgotten_producer_is_unnamed = true,
            .consumers_are_subscribed_to = true,
            .room_forgets_what_ends_emit = true,
            .replacing_feeds_others_first = true,
            .partitions_share_demand = true,
            .latest_asker_comes_first = true};
  }
};

}  // namespace genstage::conformance
