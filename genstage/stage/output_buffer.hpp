#pragma once

#include <cstdint>
#include <genstage/core/instant.hpp>
#include <genstage/core/ring.hpp>
#include <genstage/process/state_digest.hpp>
#include <genstage/stage/batch.hpp>
#include <genstage/stage/noted_runs.hpp>
#include <memory>
#include <optional>
#include <utility>

namespace genstage::inline v0 {

/// Which events a full buffer keeps: the oldest or the newest.
enum class buffer_keep : std::uint8_t { first, last };

/// Events that nobody has asked for yet, first in, first out, up to a bound, and *marks* between
/// them: what has to happen once all events before it have left.
///
/// A pure value. Source: rules G-190 to G-208, with the recommendations G-200 and G-207.
/// Cost: holds no memory until the first event is stored.
template <class T, class Mark>
class output_buffer {
 public:
  /// No capacity means no bound.
  explicit output_buffer(std::optional<std::size_t> capacity, buffer_keep keep) noexcept
      : capacity_{capacity}, keep_{keep} {}

  [[nodiscard]] std::size_t size() const noexcept { return kept_ ? kept_->events.size() : 0; }
  [[nodiscard]] std::optional<std::size_t> capacity() const noexcept { return capacity_; }
  [[nodiscard]] bool is_empty() const noexcept { return !kept_ || kept_->events.is_empty(); }

  /// Stores the events of `added` from `from` on. Returns how many events were discarded for it.
  /// When they were made is given if somebody wants to know it later.
  std::size_t store(batch<T>& added, std::size_t from, std::optional<instant> made_at) {
    const std::uint64_t begin = end();
    const std::size_t discarded = store(added, from);
    if (made_at && kept_) {
      kept_->made.forget_before(kept_->left);
      kept_->made.note(begin, end(), *made_at);
    }
    return discarded;
  }
  std::size_t store(batch<T>& added, std::size_t from = 0) {
    const std::span<T> events = added.events().subspan(from);
    if (events.empty()) return 0;
    if (!capacity_ || events.size() + size() <= *capacity_) {
      if (!kept_) kept_ = std::make_unique<contents>();
      kept_->events.append(events);
      return 0;
    }
    std::size_t discarded = 0;
    for (T& event : events) {
      if (size() >= *capacity_) {
        ++discarded;
        if (keep_ == buffer_keep::first || *capacity_ == 0) continue;
        kept_->events.drop_front();
        ++kept_->left;
      }
      if (!kept_) kept_ = std::make_unique<contents>();
      kept_->events.push_back(std::move(event));
    }
    return discarded;
  }

  /// Ties a mark to the youngest event; there must be one. Marks are not counted and not discarded.
  void mark(Mark added) {
    kept_->marks.push_back({kept_->left + kept_->events.size(), std::move(added)});
  }
  /// A mark whose events have all left, by being taken or discarded; in order.
  [[nodiscard]] std::optional<Mark> take_mark() {
    if (!kept_ || kept_->marks.is_empty() || kept_->marks.front().first > kept_->left) return {};
    return kept_->marks.pop_front().second;
  }

  /// Moves the oldest events to the end of `taken`: `count`, or fewer if a mark comes before that.
  /// There must be as many. Returns how many.
  std::size_t take(std::size_t count, batch<T>& taken) {
    kept_->made.forget_before(kept_->left);
    if (!kept_->marks.is_empty()) {
      count = std::min<std::size_t>(count, kept_->marks.front().first - kept_->left);
    }
    taken.reserve(taken.size() + count);
    for (std::size_t left = count; left > 0;) {
      std::span<T> piece = kept_->events.front_piece();
      piece = piece.first(std::min(piece.size(), left));
      taken.take(piece);
      kept_->events.drop_front(piece.size());
      left -= piece.size();
    }
    kept_->left += count;
    return count;
  }

  /// When the `count` events that were taken last were made, on average over those of which it is
  /// known.
  [[nodiscard]] std::optional<instant> made_at(std::size_t count) const {
    if (kept_->made.is_empty()) return std::nullopt;
    std::optional<instant> first;
    double later = 0;
    std::uint64_t known = 0;
    kept_->made.look(kept_->left - count, kept_->left, [&](std::uint64_t number, instant at) {
      if (!first) first = at;
      later += static_cast<double>(number) * static_cast<double>((at - *first).count());
      known += number;
    });
    if (first) *first += duration{static_cast<duration::rep>(later / static_cast<double>(known))};
    return first;
  }

  /// Puts the events of `unplaced` from `from` on back to the front.
  void put_back(batch<T>& unplaced, std::size_t from) {
    const std::span<T> events = unplaced.events();
    for (std::size_t next = events.size(); next > from; --next) {
      kept_->events.push_front(std::move(events[next - 1]));
    }
    kept_->left -= events.size() - from;
  }

  /// What a mark stands for cannot be told.
  void digest(state_digest& into) const {
    into.add(size());
    if (!kept_) return;
    if (!kept_->marks.is_empty()) into.give_up();
    for (const T& event : kept_->events) into.add_all(std::span<const T>{&event, 1});
  }

 private:
  struct contents {
    ring<T> events{};
    /// With the number of events that have to leave before.
    ring<std::pair<std::uint64_t, Mark>> marks{};
    std::uint64_t left = 0;  ///< How many events have left, ever.
    noted_runs<instant> made{};
  };

  /// The position behind the youngest event.
  [[nodiscard]] std::uint64_t end() const noexcept {
    return kept_ ? kept_->left + kept_->events.size() : 0;
  }

  std::optional<std::size_t> capacity_;
  buffer_keep keep_;
  std::unique_ptr<contents> kept_;
};

}  // namespace genstage::inline v0
