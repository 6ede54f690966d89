#pragma once

#include <algorithm>
#include <genstage/dispatch/demand_dispatcher.hpp>
#include <genstage/stage/event_sender.hpp>
#include <genstage/stage/output_buffer.hpp>
#include <iterator>
#include <utility>
#include <vector>

namespace genstage::inline v0 {

/// Places events as a dispatcher decides that gives each to one consumer, and buffers the rest.
template <class T, class D>
class direct_outlet {
 public:
  using node = typename event_sender<T>::node;

  direct_outlet(event_sender<T>& sender, D dispatcher, const buffer_options& kept)
      : sender_{sender}, dispatcher_{std::move(dispatcher)}, buffer_{kept.size, kept.keep} {}

  [[nodiscard]] D& dispatcher() noexcept { return dispatcher_; }
  [[nodiscard]] const D& dispatcher() const noexcept { return dispatcher_; }
  /// How many events may be made now.
  [[nodiscard]] demand room() const noexcept { return dispatcher_.deliverable(); }
  [[nodiscard]] std::size_t buffered() const noexcept { return buffer_.size(); }
  [[nodiscard]] bool has_buffered() const noexcept { return !buffer_.is_empty(); }
  [[nodiscard]] std::optional<std::size_t> capacity() const noexcept { return buffer_.capacity(); }

  [[gnu::always_inline]] void place(node& made) {
    if (!buffer_.is_empty()) {
      keep(made->events, 0);
      return;
    }
    distribute(made, where_left::at_the_back);
  }

  /// Buffers events, whoever has asked for them.
  void hold(node& made) { keep(made->events, 0); }
  /// Has the mark released when what is buffered has left; false if nothing is.
  bool mark(const detail::held_mark& added) {
    if (buffer_.is_empty()) return false;
    buffer_.mark(added);
    return true;
  }

  void drain() {
    while (!buffer_.is_empty() && !dispatcher_.deliverable().is_zero()) {
      node taken = sender_.taken_from(
          buffer_, std::min<std::size_t>(buffer_.size(), dispatcher_.deliverable().count()));
      const bool is_stuck = !distribute(taken, where_left::at_the_front);
      sender_.give_back(std::move(taken));
      release_marks();
      if (is_stuck) return;
    }
  }

  void digest(state_digest& into) const {
    if constexpr (digestible_dispatcher<D>) {
      dispatcher_.digest(into);
    } else {
      into.give_up();
    }
    buffer_.digest(into);
  }

 private:
  enum class where_left : std::uint8_t { at_the_back, at_the_front };

  /// False if some events could not be placed.
  [[gnu::always_inline]] bool distribute(node& made, where_left left) {
    const std::size_t count = made->events.size();
    const std::span<const delivery> decided = decide(made->events);
    if constexpr (counting_dispatcher<D>) {
      if (decided.size() == 1 && decided.front().count == count) [[likely]] {
        sender_.carry_out(made, decided);
        return true;
      }
    }
    return carry_out_in_part(made, decided, left);
  }

  [[gnu::noinline]] bool carry_out_in_part(node& made, std::span<const delivery> decided,
                                           where_left left) {
    const std::size_t count = made->events.size();
    std::uint64_t covered = 0;
    for (const delivery& each : decided) covered += each.count;
    if (covered < count) {
      if (left == where_left::at_the_back) {
        keep(made->events, covered);
      } else {
        buffer_.put_back(made->events, covered);
      }
      made->events.truncate(covered);
    }
    if constexpr (counting_dispatcher<D>) {
      sender_.carry_out(made, decided);
    } else {
      carry_out_merged(made, decided);
    }
    return covered == count;
  }

  [[gnu::always_inline]] std::span<const delivery> decide(batch<T>& events) {
    if constexpr (counting_dispatcher<D>) {
      return dispatcher_.dispatch(events.size());
    } else {
      return dispatcher_.dispatch(events.events());
    }
  }

  /// What goes to the same consumer travels together.
  void carry_out_merged(node& made, std::span<const delivery> decided) {
    sender_.count_placed(made->events.size());
    std::size_t offset = 0;
    for (const delivery& each : decided) {
      auto part = std::ranges::find(parts_, each.to, &std::pair<unique_id, node>::first);
      if (part == parts_.end()) {
        parts_.emplace_back(each.to, sender_.spare(made->notes.get()));
        part = std::prev(parts_.end());
      }
      part->second->events.take_from(made->events, offset, each.count);
      offset += each.count;
    }
    made->clear();
    for (auto& [to, part] : parts_) sender_.send(std::move(part), to);
    parts_.clear();
  }

  void keep(batch<T>& events, std::size_t from) {
    sender_.note_buffered(events.size() - from);
    sender_.discarded(buffer_.store(events, from, sender_.measured_now()));
    release_marks();
  }
  void release_marks() {
    while (auto due = buffer_.take_mark()) sender_.release(std::move(*due));
  }

  event_sender<T>& sender_;
  D dispatcher_;
  output_buffer<T, detail::held_mark> buffer_;
  std::vector<std::pair<unique_id, node>> parts_;  // Used by `carry_out_merged` alone.
};

}  // namespace genstage::inline v0
