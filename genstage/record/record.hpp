#pragma once

#include <cstdint>
#include <string_view>

namespace genstage::inline v0 {

/// What happened, and what `subscription` and `count` of its record are; a pid is given as the word
/// that `as_word` makes of it, a text as its number in the recorder's name table.
enum class record_kind : std::uint8_t {
  ask,         ///< a consumer asked for `count` events
  delivery,    ///< a producer sent `count` events
  subscribed,  ///< a producer accepted a subscription; `count` is the consumer's pid
  cancelled,   ///< a subscription ended at its producer; `count` is the consumer's pid
  buffered,    ///< nobody had asked for `count` events, which wait
  discarded,   ///< a buffer dropped `count` events
  lost,        ///< `count` events reached nobody
  copied,      ///< `count` events were copied for a consumer that owns them, in a broadcast
  spawned,     ///< a process began; `subscription` is its parent's pid, `count` its name
  ended,       ///< a process ended; `subscription` is the exit_kind, `count` its name
  restarted,   ///< a supervisor started a child anew: the pid in `subscription`, the id in `count`
  timer,       ///< a process armed a timer that fires in `count` ns
};
inline constexpr std::uint8_t record_kinds = 12;

[[nodiscard]] std::string_view to_string(record_kind kind) noexcept;

/// One line of the demand conversation, or of the life of those who hold it.
struct record {
  /// When, in nanoseconds of a Lamport clock that follows the time: what a process notes is later
  /// than all that it noted before, on whichever thread. Ties between processes mean nothing.
  std::uint64_t order = 0;
  std::uint64_t subscription = 0;  ///< The tag, or what the kind says; 0 where there is none.
  std::uint64_t count = 0;
  std::uint32_t process = 0;  ///< Index of the process that acted.
  record_kind kind{};
  std::uint8_t ring = 0;   ///< Of the thread that noted it.
  std::uint16_t life = 0;  ///< The lower bits of the process's generation.

  friend bool operator==(const record&, const record&) = default;
};
static_assert(sizeof(record) == 32);

/// Up to where the records of one thread were read. Whoever keeps it can say at the next reading
/// what is new, and how much was overwritten in between.
struct ring_mark {
  std::uint8_t ring = 0;
  std::uint64_t noted = 0;  ///< How many the thread had noted with the last one that was read.
  std::uint64_t order = 0;  ///< Of that one.

  friend bool operator==(const ring_mark&, const ring_mark&) = default;
};

}  // namespace genstage::inline v0
