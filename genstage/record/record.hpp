#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

namespace genstage::inline v0 {

enum class record_kind : std::uint8_t {
  ask,         ///< a consumer asked for `count` events
  delivery,    ///< a producer sent `count` events
  subscribed,  ///< a producer accepted a subscription
  cancelled,   ///< a subscription ended at its producer
  discarded,   ///< a buffer dropped `count` events
  lost,        ///< `count` events reached nobody
  copied,      ///< `count` events were copied for a consumer that owns them, in a broadcast
};

/// One line of the demand conversation.
struct record {
  std::uint64_t order = 0;         ///< Position among all records, from 1.
  std::uint64_t subscription = 0;  ///< The tag; 0 where there is none.
  std::uint64_t count = 0;
  std::uint32_t process = 0;  ///< Index of the process that acted.
  record_kind kind{};
};
static_assert(sizeof(record) == 32);

/// Keeps the last records of a program, oldest overwritten first.
///
/// Threads: `note` from any; `read` while nobody notes, or it may miss what is being written.
/// Cost: one atomic addition and 32 bytes a record; no allocation after construction.
class recorder {
 public:
  /// `capacity` is rounded up to a power of two.
  explicit recorder(std::size_t capacity);

  void note(record_kind kind, std::uint32_t process, std::uint64_t subscription,
            std::uint64_t count) noexcept;
  /// What is kept, in order.
  [[nodiscard]] std::vector<record> read() const;

 private:
  struct entry {
    std::atomic<std::uint64_t> order{0};  ///< 0 while it is empty or being written.
    record value;
  };

  std::size_t mask_;
  std::unique_ptr<entry[]> ring_;
  std::atomic<std::uint64_t> noted_{0};
};

}  // namespace genstage::inline v0
