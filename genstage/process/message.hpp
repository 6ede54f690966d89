#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <genstage/record/coarse_clock.hpp>
#include <memory>

namespace genstage::inline v0 {

class state_digest;

/// What a message is, for the one switch that each process makes. The process layer handles the
/// kinds up to `user`; the others are the conversation of stages, which that layer only carries.
enum class message_kind : std::uint8_t {
  resume,     ///< an awaited operation has completed
  exit,       ///< an exit signal
  down,       ///< a watched process has ended
  link,       ///< the sender and the receiver are linked from now on
  unlink,     ///< and from now on not any more
  monitor,    ///< the sender wants to be told of the receiver's end
  demonitor,  ///< and now does not
  system,     ///< a request to inspect or control the process itself
  user,       ///< a cast or a call
  events,     ///< producer to consumer
  ask,        ///< consumer to producer
  subscribe,  ///< consumer to producer
  cancel,     ///< consumer to producer: please end it
  cancelled,  ///< producer to consumer: it has ended
  request,    ///< anybody to consumer: subscribe yourself
};

/// One entry of a mailbox. It is owned by whoever holds it: sender, mailbox, receiver in turn.
struct message {
  explicit message(message_kind what) noexcept : kind{what} {}
  message(const message&) = delete;
  message& operator=(const message&) = delete;
  virtual ~message() = default;

  /// What it says, for an exploration; gives up if that cannot be told.
  virtual void digest(state_digest& into) const;

  /// About how many bytes it holds, what it refers to left out.
  [[nodiscard]] virtual std::size_t footprint() const noexcept { return sizeof(message); }

  message* next = nullptr;  ///< Of the list that it is in.
  message_kind kind;
  /// When its receiver put it into the queue, for those that wait there.
  coarse_stamp queued_at{};
};

/// Destroys a message out of line: most pointers to messages are empty when they end, and then cost
/// a comparison.
struct message_deleter {
  message_deleter() = default;
  template <std::derived_from<message> Message>
  message_deleter(std::default_delete<Message>) noexcept {}  // NOLINT(google-explicit-constructor)
  [[gnu::noinline]] void operator()(message* gone) const noexcept { delete gone; }
};

using message_ptr = std::unique_ptr<message, message_deleter>;

/// First in, first out, of owned messages; used by one thread at a time.
class message_list {
 public:
  message_list() = default;
  message_list(const message_list&) = delete;
  message_list& operator=(const message_list&) = delete;
  ~message_list() {
    while (!is_empty()) pop();
  }

  [[nodiscard]] bool is_empty() const noexcept { return first_ == nullptr; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// The others follow by `next`.
  [[nodiscard]] const message* front() const noexcept { return first_; }

  void push(message_ptr added) noexcept {
    message* const raw = added.release();
    raw->next = nullptr;
    (last_ != nullptr ? last_->next : first_) = raw;
    last_ = raw;
    ++size_;
  }

  message_ptr pop() noexcept {
    message* const taken = first_;
    first_ = taken->next;
    if (first_ == nullptr) last_ = nullptr;
    --size_;
    return message_ptr{taken};
  }

 private:
  message* first_ = nullptr;
  message* last_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace genstage::inline v0
