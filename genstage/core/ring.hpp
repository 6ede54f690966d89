#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>

namespace genstage::inline v0 {

/// First in, first out, in one piece of memory that grows when it has to and is kept: what goes
/// through it in the steady state allocates nothing, as opposed to std::deque.
///
/// Cost: no memory before the first push. Growing moves all that is in it.
template <class T>
class ring {
 public:
  ring() noexcept = default;
  ring(const ring&) = delete;
  ring& operator=(const ring&) = delete;
  ~ring() {
    while (!is_empty()) drop_front();
    if (slots_ != nullptr) std::allocator<T>{}.deallocate(slots_, capacity_);
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool is_empty() const noexcept { return size_ == 0; }
  /// Counted from the oldest.
  [[nodiscard]] T& operator[](std::size_t index) noexcept { return *slot(index); }
  [[nodiscard]] const T& operator[](std::size_t index) const noexcept { return *slot(index); }
  [[nodiscard]] T& front() noexcept { return *slot(0); }
  [[nodiscard]] const T& front() const noexcept { return *slot(0); }

  /// From the oldest to the youngest, for range loops.
  [[nodiscard]] auto begin() const noexcept { return iterator{this, 0}; }
  [[nodiscard]] auto end() const noexcept { return iterator{this, size_}; }

  void push_back(T added) {
    if (size_ == capacity_) grow();
    std::construct_at(slot(size_), std::move(added));
    ++size_;
  }
  void push_front(T added) {
    if (size_ == capacity_) grow();
    std::construct_at(slot(capacity_ - 1), std::move(added));
    first_ = (first_ + capacity_ - 1) & (capacity_ - 1);
    ++size_;
  }
  /// Moves `added` to the end, in order.
  void append(std::span<T> added) {
    if (capacity_ - size_ < added.size()) grow(size_ + added.size());
    while (!added.empty()) {
      // As many as fit before the memory's end.
      const std::size_t to = (first_ + size_) & (capacity_ - 1);
      const auto piece = added.first(std::min(added.size(), capacity_ - to));
      std::uninitialized_move(piece.begin(), piece.end(), slots_ + to);
      size_ += piece.size();
      added = added.subspan(piece.size());
    }
  }
  /// The oldest, as many as lie side by side; empty only if there are none.
  [[nodiscard]] std::span<T> front_piece() noexcept {
    return {slots_ + first_, std::min(size_, capacity_ - first_)};
  }
  [[nodiscard]] T pop_front() {
    T taken = std::move(front());
    drop_front();
    return taken;
  }
  void drop_front() noexcept {
    std::destroy_at(slot(0));
    first_ = (first_ + 1) & (capacity_ - 1);
    --size_;
  }
  /// No more than there are in `front_piece`.
  void drop_front(std::size_t count) noexcept {
    std::destroy_n(slots_ + first_, count);
    first_ = (first_ + count) & (capacity_ - 1);
    size_ -= count;
  }

 private:
  struct iterator {
    const ring* of;
    std::size_t at;

    const T& operator*() const noexcept { return (*of)[at]; }
    iterator& operator++() noexcept {
      ++at;
      return *this;
    }
    bool operator==(const iterator&) const = default;
  };
  static constexpr std::size_t least = 4;

  [[nodiscard]] T* slot(std::size_t index) const noexcept {
    return slots_ + ((first_ + index) & (capacity_ - 1));
  }

  void grow(std::size_t wanted = 0) {
    const std::size_t larger = std::bit_ceil(std::max({least, capacity_ * 2, wanted}));
    T* const fresh = std::allocator<T>{}.allocate(larger);
    std::size_t moved = 0;
    try {
      for (; moved < size_; ++moved) std::construct_at(fresh + moved, std::move(*slot(moved)));
    } catch (...) {
      std::destroy_n(fresh, moved);
      std::allocator<T>{}.deallocate(fresh, larger);
      throw;
    }
    for (std::size_t index = 0; index < size_; ++index) std::destroy_at(slot(index));
    if (slots_ != nullptr) std::allocator<T>{}.deallocate(slots_, capacity_);
    slots_ = fresh;
    first_ = 0;
    capacity_ = larger;
  }

  T* slots_ = nullptr;
  std::size_t first_ = 0;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;  // A power of two, or none.
};

}  // namespace genstage::inline v0
