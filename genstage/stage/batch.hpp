#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <genstage/stage/batch_notes.hpp>
#include <iterator>
#include <memory>
#include <ranges>
#include <span>
#include <type_traits>
#include <utility>

namespace genstage::inline v0 {

/// Contiguous events that travel together: moved as a whole, and emptied without letting go of the
/// storage, which goes back to where events are made.
///
/// Unlike std::vector it can grow without writing what will be overwritten anyway.
template <class T>
class batch {
 public:
  batch() noexcept = default;
  batch(batch&& other) noexcept
      : data_{std::exchange(other.data_, nullptr)},
        size_{std::exchange(other.size_, 0)},
        capacity_{std::exchange(other.capacity_, 0)} {}
  batch& operator=(batch&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
    return *this;
  }
  ~batch() {
    clear();
    if (data_ != nullptr) std::allocator<T>{}.deallocate(data_, capacity_);
  }

  [[nodiscard]] std::size_t size() const noexcept {
    // No memory has room for more, so a demand of as many events needs no check.
    if (size_ > PTRDIFF_MAX) __builtin_unreachable();
    return size_;
  }
  [[nodiscard]] bool is_empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::span<T> events() noexcept { return {data_, size()}; }
  [[nodiscard]] std::span<const T> events() const noexcept { return {data_, size()}; }

  template <class... Arguments>
  void emplace(Arguments&&... arguments) {
    // Made before the others move, since it may be made of one of them.
    if (size_ == capacity_) return grow_by(T(std::forward<Arguments>(arguments)...));
    std::construct_at(data_ + size_, std::forward<Arguments>(arguments)...);
    ++size_;
  }

  /// Failure: if making an event throws, nothing of a range of known size is appended.
  template <std::ranges::input_range Range>
  void append(Range&& range) {
    if constexpr (std::ranges::sized_range<Range>) {
      const auto count = static_cast<std::size_t>(std::ranges::size(range));
      reserve(size_ + count);
      make(std::ranges::begin(range), count, data_ + size_);
      size_ += count;
    } else {
      for (auto&& event : range) emplace(std::forward<decltype(event)>(event));
    }
  }

  /// Room for `count` more events, to be assigned by the caller. Trivial events are not
  /// initialised.
  std::span<T> append(std::size_t count) {
    reserve(size_ + count);
    std::uninitialized_default_construct_n(data_ + size_, count);
    size_ += count;
    return {data_ + size_ - count, count};
  }

  /// Memory for `count` more events at the end, and what else is free, to be constructed by the
  /// caller, who then says so.
  [[nodiscard]] std::span<T> room_for(std::size_t count) {
    reserve(size_ + count);
    return {data_ + size_, capacity_ - size_};
  }
  void constructed(std::size_t count) noexcept { size_ += count; }

  /// Moves the events [from, from + count) of another batch to the end of this one.
  void take_from(batch& other, std::size_t from, std::size_t count) {
    take(other.events().subspan(from, count));
  }
  void take(std::span<T> moved) {
    reserve(size_ + moved.size());
    std::uninitialized_move(moved.begin(), moved.end(), data_ + size_);
    size_ += moved.size();
  }

  void clear() noexcept {
    std::destroy_n(data_, size_);
    size_ = 0;
  }
  /// Keeps the first `count` events.
  void truncate(std::size_t count) noexcept {
    std::destroy_n(data_ + count, size_ - count);
    size_ = count;
  }

  void reserve(std::size_t wanted) {
    if (wanted > capacity_) grow_to(wanted);
  }

 private:
  /// Makes `count` events out of a range, or none if one cannot be made. The loop writes nothing
  /// else, so that it can be vectorised.
  template <class Iterator>
  static void make(Iterator from, std::size_t count, T* to) {
    if constexpr (std::is_trivially_destructible_v<T>) {
      for (std::size_t index = 0; index < count; ++index, ++from) {
        std::construct_at(to + index, *from);
      }
    } else {
      struct unfinished {
        T* begin;
        T* end;
        ~unfinished() { std::destroy(begin, end); }
      } made{to, to};
      for (; count > 0; --count, ++from, ++made.end) std::construct_at(made.end, *from);
      made.begin = made.end;
    }
  }

  [[gnu::noinline]] void grow_by(T&& event) {
    grow_to(size_ + 1);
    std::construct_at(data_ + size_, std::move(event));
    ++size_;
  }
  void grow_to(std::size_t wanted) {
    batch grown;  // Nothing leaks if an event cannot be moved.
    const std::size_t larger = std::max({wanted, capacity_ * 2, std::size_t{4}});
    grown.data_ = std::allocator<T>{}.allocate(larger);
    grown.capacity_ = larger;
    std::uninitialized_move_n(data_, size_, grown.data_);
    grown.size_ = size_;
    *this = std::move(grown);
  }

  T* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

/// Where a callback puts the events that it emits.
///
/// Lifetime: valid while the callback runs, suspensions included.
/// Cost: appending a range or filling a span is about twice as fast as emitting one by one when the
/// stage does little else.
template <class T>
class output {
 public:
  explicit output(batch<T>& events) noexcept : events_{&events} {}
  output(const output&) = delete;
  output& operator=(const output&) = delete;

  template <std::ranges::input_range Range>
    requires std::constructible_from<T, std::ranges::range_reference_t<Range>>
  void append(Range&& range) {
    events_->append(std::forward<Range>(range));
  }
  /// Space for `count` events, which the caller assigns.
  [[nodiscard]] std::span<T> append(std::size_t count)
    requires std::default_initializable<T>
  {
    return events_->append(count);
  }
  // By reference, since a compiler copies a large parameter even where it inlines the call.
  void emit(T&& event) { events_->emplace(std::move(event)); }
  void emit(const T& event)
    requires std::copy_constructible<T>
  {
    events_->emplace(event);
  }
  [[nodiscard]] std::size_t size() const noexcept { return events_->size(); }

  /// What the callback emits belongs to this trace, under this span. A producer_consumer need not
  /// say it of what comes of the batch that it handles.
  /// Cost: the context is allocated for each batch that has one.
  void trace(const trace_context& under) {
    notes_ = std::make_unique<batch_notes>(batch_notes{.trace = under});
  }

 private:
  template <class, class>
  friend class producer_side;
  batch<T>* events_;
  std::unique_ptr<batch_notes> notes_;
};

}  // namespace genstage::inline v0
