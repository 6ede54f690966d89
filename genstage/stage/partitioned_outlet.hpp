#pragma once

#include <algorithm>
#include <cstdint>
#include <genstage/dispatch/partition_dispatcher.hpp>
#include <genstage/stage/event_sender.hpp>
#include <genstage/stage/output_buffer.hpp>
#include <memory>
#include <numeric>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace genstage::inline v0 {

/// Sorts events into partitions, and places them there; each partition has a queue of its own.
template <class T, class D>
class partitioned_outlet {
 public:
  using node = typename event_sender<T>::node;

  partitioned_outlet(event_sender<T>& sender, D dispatcher, const buffer_options& kept)
      : sender_{sender},
        dispatcher_{std::move(dispatcher)},
        queued_(dispatcher_.size()),
        taken_(dispatcher_.size()),
        owed_(dispatcher_.size()),
        parts_(dispatcher_.size()),
        ends_(dispatcher_.size()) {
    const partition_options& options = dispatcher_.options();
    // A queue that holds the producer overflows only if that emits more than it was asked for.
    std::optional<std::size_t> bound = kept.size;
    if (bound) bound = std::max<std::size_t>(*bound, options.queue_size);
    if (options.when_full == full_queue::drops_events) bound = options.queue_size;
    for (std::size_t each = 0; each < dispatcher_.size(); ++each) {
      queues_.emplace_back(bound, kept.keep);
    }
  }

  [[nodiscard]] D& dispatcher() noexcept { return dispatcher_; }
  [[nodiscard]] const D& dispatcher() const noexcept { return dispatcher_; }
  [[nodiscard]] demand room() const noexcept {
    const demand wanted = dispatcher_.deliverable();
    if (buffered_ == 0 && wanted <= demand{dispatcher_.options().queue_size}) return wanted;
    return dispatcher_.acceptable(queued_);
  }
  [[nodiscard]] std::size_t buffered() const noexcept { return buffered_; }
  [[nodiscard]] bool has_buffered() const noexcept { return buffered_ > 0; }
  /// Of all queues; no value if they have no bound.
  [[nodiscard]] std::optional<std::size_t> capacity() const noexcept {
    const std::optional<std::size_t> each = queues_.front().capacity();
    return each ? std::optional{*each * queues_.size()} : each;
  }

  /// `answering` is the partition whose demand the events answer, if it is known.
  void place(node& made, std::optional<std::size_t> answering = std::nullopt) {
    place(made, answering, what_is_wanted::leaves_at_once);
  }
  void hold(node& made, std::optional<std::size_t> answering = std::nullopt) {
    place(made, answering, what_is_wanted::waits);
  }
  bool mark(const detail::held_mark& added) {
    if (buffered_ == 0) return false;
    for (auto& queue : queues_) {
      if (!queue.is_empty()) queue.mark(added);
    }
    return true;
  }

  void drain() {
    for (std::size_t each = 0; buffered_ > 0 && each < queues_.size(); ++each) drain(each);
  }

  /// The demand of one partition that its producer has not been asked for.
  [[nodiscard]] demand to_produce(std::size_t partition) const noexcept {
    return dispatcher_.deliverable(partition) - owed_[partition];
  }
  void forwarded(std::size_t partition, demand asked) noexcept { owed_[partition] += asked; }
  /// What it was asked for and has not made, of all partitions.
  [[nodiscard]] demand owed() const noexcept {
    return std::accumulate(owed_.begin(), owed_.end(), demand{});
  }

  void digest(state_digest& into) const {
    dispatcher_.digest(into);
    for (const auto& each : queues_) each.digest(into);
    for (const demand each : owed_) into.add(each);
  }

 private:
  using kind = partition_choice::kind;
  static constexpr std::uint32_t nobody = UINT32_MAX;
  enum class what_is_wanted : std::uint8_t { leaves_at_once, waits };

  void place(node& made, std::optional<std::size_t> answering, what_is_wanted wanted) {
    const std::uint64_t dropped = sort(*made);
    if (answering) owed_[*answering] -= demand{dropped};
    for (const std::size_t each : touched_) {
      node part = std::exchange(parts_[each], nullptr);
      taken_[each] = 0;
      owed_[each] -= demand{part->events.size()};
      if (wanted == what_is_wanted::waits) {
        keep(part->events, 0, each);
      } else {
        place(part, each);
      }
      if (part) part->clear();
      sender_.give_back(std::move(part));
    }
    touched_.clear();
    made->clear();
  }

  /// Returns how many events are for nobody. Their demand is still to be answered.
  ///
  /// Two passes, as in a counting sort: first where each goes, then they are moved to where there
  /// is room for them already.
  std::uint64_t sort(batch_message<T>& made) {
    const std::uint64_t dropped = choose(made.events.events());
    begin_parts(made);
    const std::uint32_t* chosen = choices_.data();
    T** const ends = ends_.data();
    for (T& event : made.events.events()) {
      const std::uint32_t to = *chosen++;
      if (to != nobody) [[likely]]
        std::construct_at(ends[to]++, std::move(event));
    }
    for (const std::size_t each : touched_) parts_[each]->events.constructed(taken_[each]);
    return dropped;
  }

  /// In the order of their first events, in which they then leave. It is seldom necessary to look
  /// at more events than there are partitions.
  void begin_parts(const batch_message<T>& made) {
    auto left = std::ranges::count_if(taken_, [](std::uint64_t count) { return count > 0; });
    for (const std::uint32_t* chosen = choices_.data(); left > 0; ++chosen) {
      if (*chosen == nobody || parts_[*chosen]) continue;
      node& part = parts_[*chosen] = sender_.spare(made.notes.get());
      ends_[*chosen] = part->events.room_for(taken_[*chosen]);
      touched_.push_back(*chosen);
      --left;
    }
  }

  /// Fills `choices_` and `taken_`; returns the same.
  std::uint64_t choose(std::span<T> events) {
    if (choices_.size() < events.size()) choices_.resize(events.size());
    std::uint64_t dropped = 0;
    std::uint64_t unknown = 0;
    std::uint32_t* to = choices_.data();
    std::uint64_t* const taken = taken_.data();
    for (T& event : events) {
      partition_choice chosen = dispatcher_.choose(event);
      if (chosen.what == kind::anywhere) chosen = {kind::to, dispatcher_.hungriest(taken_)};
      if (chosen.what == kind::to) [[likely]] {
        ++taken[chosen.partition];
        *to++ = static_cast<std::uint32_t>(chosen.partition);
      } else {
        unknown += chosen.what == kind::unknown ? 1U : 0U;
        ++dropped;
        *to++ = nobody;
      }
    }
    if (dropped > 0) sender_.drop(dropped);
    if (unknown > 0) {
      detail::log_unknown_partition(sender_.owner(), dispatcher_.unknown(),
                                    dispatcher_.options().partitions.text(), unknown);
    }
    return dropped;
  }

  void place(node& made, std::size_t partition) {
    const bool is_behind = !queues_[partition].is_empty();
    const std::uint64_t now = is_behind ? 0 : deliverable(partition, made->events.size());
    if (now < made->events.size()) {
      keep(made->events, now, partition);
      made->events.truncate(now);
    }
    if (now > 0) sender_.carry_out(made, dispatcher_.dispatch(partition, now));
  }

  void drain(std::size_t partition) {
    output_buffer<T, detail::held_mark>& queue = queues_[partition];
    while (const std::uint64_t wanted = deliverable(partition, queue.size())) {
      node taken = sender_.taken_from(queue, wanted);
      const std::uint64_t now = taken->events.size();
      queued_[partition] -= now;
      buffered_ -= now;
      sender_.carry_out(taken, dispatcher_.dispatch(partition, now));
      sender_.give_back(std::move(taken));
      release_marks(queue);
    }
  }

  void release_marks(output_buffer<T, detail::held_mark>& queue) {
    while (auto due = queue.take_mark()) sender_.release(std::move(*due));
  }

  [[nodiscard]] std::uint64_t deliverable(std::size_t partition,
                                          std::uint64_t most) const noexcept {
    return std::min(dispatcher_.deliverable(partition).count(), most);
  }

  void keep(batch<T>& events, std::size_t from, std::size_t partition) {
    output_buffer<T, detail::held_mark>& queue = queues_[partition];
    buffered_ -= queue.size();
    sender_.note_buffered(events.size() - from);
    sender_.discarded(queue.store(events, from, sender_.measured_now()));
    buffered_ += queue.size();
    queued_[partition] = queue.size();
    release_marks(queue);
  }

  event_sender<T>& sender_;
  D dispatcher_;
  std::vector<output_buffer<T, detail::held_mark>> queues_;
  std::vector<std::uint64_t> queued_;  // The size of each queue.
  std::size_t buffered_ = 0;           // Of all queues.
  std::vector<std::uint64_t> taken_;   // Events on the way to each partition, while sorting.
  std::vector<demand> owed_;           // What a `partitioned_producer` was asked for.
  // While sorting:
  std::vector<std::uint32_t> choices_;  // The partition of each event, or nobody.
  std::vector<node> parts_;             // One for each partition.
  std::vector<T*> ends_;                // Of their events, as far as they are there.
  std::vector<std::size_t> touched_;    // Those of them that there are.
};

}  // namespace genstage::inline v0
