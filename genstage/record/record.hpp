#pragma once

#include <cstdint>

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
  /// When, in nanoseconds of a Lamport clock that follows the time: what a process notes is later
  /// than all that it noted before, on whichever thread. Ties between processes mean nothing.
  std::uint64_t order = 0;
  std::uint64_t subscription = 0;  ///< The tag; 0 where there is none.
  std::uint64_t count = 0;
  std::uint32_t process = 0;  ///< Index of the process that acted.
  record_kind kind{};
  std::uint8_t ring = 0;  ///< Of the thread that noted it.
};
static_assert(sizeof(record) == 32);

}  // namespace genstage::inline v0
