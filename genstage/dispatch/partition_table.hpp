#pragma once

#include <cstdint>
#include <genstage/dispatch/demand_dispatcher.hpp>
#include <genstage/dispatch/dispatcher.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace genstage::inline v0 {

/// The partitions of a dispatcher: `4` for 0..3, or `{"north", "south"}`. They are known by their
/// position in this list.
class partition_set {
 public:
  template <std::integral Number>
  partition_set(Number count)  // NOLINT(google-explicit-constructor): reads as in GenStage.
      : count_{static_cast<std::int64_t>(count)} {}
  partition_set(std::initializer_list<std::string_view> names)
      : partition_set{std::vector<std::string>(names.begin(), names.end())} {}
  explicit partition_set(std::vector<std::string> names)
      : count_{static_cast<std::int64_t>(names.size())}, names_{std::move(names)} {}

  [[nodiscard]] std::int64_t count() const noexcept { return count_; }
  [[nodiscard]] bool has_names() const noexcept { return !names_.empty(); }
  [[nodiscard]] std::optional<std::size_t> find(const partition_key& key) const noexcept;
  [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const noexcept;
  /// Failure: none at all, or a name twice.
  [[nodiscard]] result<void> check() const;
  /// For messages: `0..3`, or `north, south`.
  [[nodiscard]] std::string text() const;

 private:
  std::int64_t count_;
  std::vector<std::string> names_{};
};

/// What happens when more events of a partition wait than its queue should hold.
enum class full_queue : std::uint8_t {
  /// The producer is asked for no more than the fullest queue has room for. Nothing is lost; a
  /// partition holds up the others once it is that far behind.
  holds_the_producer,
  /// The partition's events are dropped, by `buffer_keep`; the others never notice.
  drops_events,
};

struct partition_options {
  partition_set partitions;
  /// How many events may wait for one partition while the others go on. The stage's `buffer()`
  /// bounds each queue as well, if it is larger.
  std::uint64_t queue_size = 1000;
  full_queue when_full = full_queue::holds_the_producer;
};

/// The partitions, the demand of each, and who consumes it: all of a partition dispatcher but the
/// hash.
///
/// Each partition is a demand dispatcher of its own, so it may have several consumers, and what its
/// consumers ask for is its own demand.
/// Cost: an ask is O(consumers), and O(partitions) while events are queued.
class partition_table {
 public:
  explicit partition_table(partition_options options);

  [[nodiscard]] result<void> check() const { return options_.partitions.check(); }

  admission subscribe(const joining& wish);
  void cancel(unique_id tag);
  void ask(unique_id tag, demand asked);
  /// Distributes `count` events of one partition among its consumers.
  std::span<const delivery> dispatch(std::size_t partition, std::uint64_t count);

  [[nodiscard]] demand deliverable() const noexcept { return deliverable_; }
  [[nodiscard]] demand deliverable(std::size_t partition) const noexcept {
    return partitions_[partition].deliverable();
  }
  [[nodiscard]] demand outstanding(unique_id tag) const noexcept;

  /// How many events may be made, whichever partitions they turn out to be for, if so many are
  /// queued for each.
  [[nodiscard]] demand acceptable(std::span<const std::uint64_t> queued) const noexcept;

  [[nodiscard]] std::size_t size() const noexcept { return partitions_.size(); }
  /// How many numbers from 0 name a partition: all, or none if they have names.
  [[nodiscard]] std::uint64_t numbers() const noexcept { return numbers_; }
  [[nodiscard]] const partition_options& options() const noexcept { return options_; }
  void digest(state_digest& into) const;
  /// The partition of an accepted subscription.
  [[nodiscard]] std::size_t partition_of(unique_id tag) const noexcept;
  /// The one whose consumers want most besides `taken` events each that are on their way there.
  [[nodiscard]] std::size_t hungriest(std::span<const std::uint64_t> taken) const noexcept;

 private:
  partition_options options_;
  std::vector<demand_dispatcher> partitions_;
  std::vector<std::pair<unique_id, std::size_t>> tags_;
  demand deliverable_{};
  std::uint64_t numbers_;
};

}  // namespace genstage::inline v0
