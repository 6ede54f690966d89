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
        owed_(dispatcher_.size()),
        parts_(dispatcher_.size()),
        ends_(dispatcher_.size()),
        limits_(dispatcher_.size()),
        taken_(dispatcher_.size()) {
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
  enum class what_is_wanted : std::uint8_t { leaves_at_once, waits };

  void place(node& made, std::optional<std::size_t> answering, what_is_wanted wanted) {
    const std::uint64_t dropped = sort(*made);
    if (answering) owed_[*answering] -= demand{dropped};
    for (const std::size_t each : touched_) {
      node part = std::exchange(parts_[each], nullptr);
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

  /// Moves the events to their parts, which begin in the order of their first events and leave in
  /// it. Returns how many events are for nobody. Their demand is still to be answered.
  ///
  /// In one pass: counting first, to reserve exactly, costs more than looking for the end of the
  /// memory, which in the steady state comes once for each part, where it has none yet.
  std::uint64_t sort(batch_message<T>& made) {
    const std::span<T> events = made.events.events();
    std::uint64_t dropped = 0;
    std::uint64_t unknown = 0;
    const sorting under_way{*this};
    T** const ends = ends_.data();
    T* const* const limits = limits_.data();
    for (T& event : events) {
      partition_choice chosen = dispatcher_.choose(event);
      if (chosen.what != kind::to) [[unlikely]] {
        if (chosen.what != kind::anywhere) {
          unknown += chosen.what == kind::unknown ? 1U : 0U;
          ++dropped;
          continue;
        }
        chosen.partition = hungriest();
      }
      T*& end = ends[chosen.partition];
      if (end == limits[chosen.partition]) [[unlikely]]
        make_room(chosen.partition, made);
      T* const at = end;
      std::construct_at(at, std::move(event));
      end = at + 1;
    }
    if (dropped > 0) sender_.drop(dropped);
    if (unknown > 0) {
      detail::log_unknown_partition(sender_.owner(), dispatcher_.unknown(),
                                    dispatcher_.options().partitions.text(), unknown);
    }
    return dropped;
  }

  /// While events are sorted, nobody but `ends_` knows how many a part has. It is told when they
  /// all are, or when one could not be, since a hash or a move has thrown.
  class sorting {
   public:
    explicit sorting(partitioned_outlet& sorted) noexcept : sorted_{sorted} {}
    sorting(const sorting&) = delete;
    sorting& operator=(const sorting&) = delete;
    ~sorting() {
      for (const std::size_t each : sorted_.touched_) {
        sorted_.tell(each);
        sorted_.ends_[each] = sorted_.limits_[each] = nullptr;
      }
    }

   private:
    partitioned_outlet& sorted_;
  };
  void tell(std::size_t partition) noexcept {
    batch<T>& events = parts_[partition]->events;
    events.constructed(on_the_way(partition) - events.size());
  }
  /// How many events its part has so far.
  [[nodiscard]] std::size_t on_the_way(std::size_t partition) const noexcept {
    if (!parts_[partition]) return 0;
    return static_cast<std::size_t>(ends_[partition] - parts_[partition]->events.events().data());
  }

  /// Begins a part, or lets it grow.
  [[gnu::noinline]] void make_room(std::size_t partition, const batch_message<T>& made) {
    node& part = parts_[partition];
    if (part) {
      tell(partition);
    } else {
      part = sender_.spare(made.notes.get());
      ends_[partition] = part->events.events().data();
      touched_.push_back(partition);
    }
    // A fair share; more than that grows as all batches do.
    const std::span<T> room = part->events.room_for(made.events.size() / parts_.size() + 1);
    ends_[partition] = room.data();
    limits_[partition] = room.data() + room.size();
  }

  /// The partition that wants most besides what is on the way there.
  [[nodiscard]] std::size_t hungriest() noexcept {
    for (std::size_t each = 0; each < parts_.size(); ++each) taken_[each] = on_the_way(each);
    return dispatcher_.hungriest(taken_);
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
  std::vector<demand> owed_;           // What a `partitioned_producer` was asked for.
  // While sorting, for each partition:
  std::vector<node> parts_;
  std::vector<T*> ends_;              // Of its part's events, as far as they are there.
  std::vector<T*> limits_;            // Of its part's memory.
  std::vector<std::uint64_t> taken_;  // How many that are, for `hungriest` alone.
  std::vector<std::size_t> touched_;  // Those that have a part.
};

}  // namespace genstage::inline v0
