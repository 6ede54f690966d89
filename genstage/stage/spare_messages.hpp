#pragma once

#include <cstddef>
#include <memory>
#include <utility>

namespace genstage::inline v0 {

template <class T>
struct batch_message;

/// Messages that have been handled, kept to be filled again: empty, with the storage of their
/// batches. Few, since each may hold much.
template <class T>
class spare_messages {
 public:
  using node = std::unique_ptr<batch_message<T>>;

  spare_messages() noexcept = default;
  spare_messages(spare_messages&& other) noexcept
      : newest_{std::exchange(other.newest_, nullptr)}, size_{std::exchange(other.size_, 0)} {}
  spare_messages& operator=(spare_messages&& other) noexcept {
    std::swap(newest_, other.newest_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~spare_messages() { clear(); }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// One too many is freed.
  [[gnu::always_inline]] void put(node&& spent) noexcept {
    if (size_ == limit) [[unlikely]]
      return spent.reset();
    spent->next = newest_;
    newest_ = spent.release();
    ++size_;
  }
  /// The one that came last, which is likely to be in the cache; null if there is none.
  [[nodiscard, gnu::always_inline]] node take() noexcept {
    batch_message<T>* const taken = newest_;
    if (taken == nullptr) [[unlikely]]
      return nullptr;
    newest_ = static_cast<batch_message<T>*>(taken->next);
    --size_;
    return node{taken};
  }
  void clear() noexcept {
    while (size_ > 0) static_cast<void>(take());
  }

 private:
  /// What four partitions have on the way at the same time; with 16 they still allocated at times.
  static constexpr std::size_t limit = 32;

  /// Owned, linked by `next`.
  batch_message<T>* newest_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace genstage::inline v0
