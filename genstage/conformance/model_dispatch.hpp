#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <genstage/conformance/defects.hpp>
#include <genstage/conformance/scenario.hpp>
#include <optional>
#include <utility>
#include <vector>

namespace genstage::conformance {

/// What a dispatcher did: what it sent, what it released, what is left over.
struct dispatched {
  struct delivery {
    int tag;
    events batch;
    /// Asked for again in the consumer's name, because its selector withheld as many.
    std::int64_t withheld = 0;
  };

  std::int64_t upstream = 0;
  std::vector<delivery> sent{};
  std::vector<std::int64_t> infos{};
  events left{};
  std::int64_t discarded = 0;  ///< By the hash.
};

/// The three dispatchers as sections 14 to 16 of the rules describe them, by their plainest data.
class model_dispatch {
 public:
  enum class answer : std::uint8_t { accepted, already_subscribed, crash };

  model_dispatch(const actor& owner, const defects& with);

  /// Which of the orders of its consumers chance makes of them on the first dispatch.
  void shuffle_as(std::size_t chance) { shuffle_ = chance; }

  answer subscribe(int tag, int consumer, const terms& with);
  dispatched cancel(int tag, int consumer);
  dispatched ask(int tag, std::int64_t count);
  dispatched dispatch(const events& batch);
  dispatched info(std::int64_t number);
  /// How many events could be sent now, whoever gets them.
  [[nodiscard]] std::int64_t deliverable() const;

  friend bool operator==(const model_dispatch&, const model_dispatch&) = default;

 private:
  struct consumer {
    int tag;
    int who;
    std::int64_t asked;
    selector_kind selector;
    friend bool operator==(const consumer&, const consumer&) = default;
  };
  struct queued {
    bool is_info;
    std::int64_t value;
    friend bool operator==(const queued&, const queued&) = default;
  };
  struct partition {
    int tag = -1;
    std::int64_t asked = 0;
    bool is_backed_up = false;
    std::deque<queued> queue{};
    friend bool operator==(const partition&, const partition&) = default;
  };
  struct held_info {
    std::int64_t number;
    std::int64_t value;
    std::vector<std::size_t> waits_for;
    friend bool operator==(const held_info&, const held_info&) = default;
  };

  [[nodiscard]] std::vector<consumer>::iterator find(int tag);
  void insert_by_demand(consumer entry);
  void shuffle();
  void add_to_all(std::int64_t count);
  std::int64_t synchronise();
  dispatched dispatch_by_demand(const events& batch);
  dispatched dispatch_to_all(const events& batch);
  dispatched dispatch_by_key(const events& batch);
  dispatched cancel_partition(int tag);
  dispatched ask_partition(int tag, std::int64_t count);
  dispatched info_by_partition(std::int64_t number);
  void settle(std::int64_t mark, std::size_t at, dispatched& done);
  [[nodiscard]] std::size_t partition_of(int tag) const;

  dispatch_kind kind_;
  std::int64_t discard_;
  bool drops_queue_;
  bool third_is_accepted_;
  bool latest_first_;
  bool asks_again_by_message_;
  bool empty_messages_;
  bool infos_wait_;
  bool zero_blocks_;
  std::optional<std::size_t> shuffle_{};
  std::vector<consumer> consumers_{};
  std::vector<int> subscribed_{};  // Broadcast: whom it regards as subscribed.
  std::int64_t pending_ = 0;       // Demand, partition: credit of those who left.
  std::int64_t waiting_ = 0;       // Broadcast, partition: what may be sent now.
  std::int64_t requested_ = 0;     // Broadcast: what was asked of the producer.
  std::vector<partition> partitions_{};
  std::vector<held_info> infos_{};
  std::int64_t marks_ = 0;
};

/// std::ranges::contains, which g++ 12 lacks.
template <class Range, class Value, class Projection = std::identity>
[[nodiscard]] bool has(const Range& all, const Value& value, Projection of = {}) {
  return std::ranges::find(all, value, of) != std::ranges::end(all);
}

/// Whether a consumer with this selector wants the event.
[[nodiscard]] inline bool wants(selector_kind selector, event offered) {
  return selector == selector_kind::all || (offered % 2 == 0) == (selector == selector_kind::even);
}

}  // namespace genstage::conformance
