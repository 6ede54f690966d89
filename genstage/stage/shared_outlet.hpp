#pragma once

#include <algorithm>
#include <concepts>
#include <genstage/dispatch/broadcast_dispatcher.hpp>
#include <genstage/stage/event_sender.hpp>
#include <genstage/stage/output_buffer.hpp>
#include <memory>
#include <utility>
#include <vector>

namespace genstage::inline v0 {

/// Gives each event to all consumers: those that read share one batch, the others get copies.
template <class T>
class shared_outlet {
 public:
  using node = typename event_sender<T>::node;

  shared_outlet(event_sender<T>& sender, broadcast_dispatcher dispatcher,
                const buffer_options& kept)
      : sender_{sender}, dispatcher_{std::move(dispatcher)}, buffer_{kept.size, kept.keep} {}

  [[nodiscard]] broadcast_dispatcher& dispatcher() noexcept { return dispatcher_; }
  [[nodiscard]] const broadcast_dispatcher& dispatcher() const noexcept { return dispatcher_; }
  [[nodiscard]] demand room() const noexcept { return dispatcher_.deliverable(); }
  [[nodiscard]] std::size_t buffered() const noexcept { return buffer_.size(); }
  [[nodiscard]] bool has_buffered() const noexcept { return !buffer_.is_empty(); }
  [[nodiscard]] std::optional<std::size_t> capacity() const noexcept { return buffer_.capacity(); }

  void place(node& made) {
    const std::size_t now =
        buffer_.is_empty()
            ? std::min<std::size_t>(made->events.size(), dispatcher_.deliverable().count())
            : 0;
    if (now < made->events.size()) {
      keep(made->events, now);
      made->events.truncate(now);
    }
    if (now > 0) distribute(made);
  }

  void hold(node& made) { keep(made->events, 0); }
  bool mark(const detail::held_mark& added) {
    if (buffer_.is_empty()) return false;
    buffer_.mark(added);
    return true;
  }

  /// Events that selectors hold back cost no demand, so there may be more to send after each step.
  void drain() {
    while (!buffer_.is_empty() && !dispatcher_.deliverable().is_zero()) {
      node taken = sender_.taken_from(
          buffer_, std::min<std::size_t>(buffer_.size(), dispatcher_.deliverable().count()));
      distribute(taken);
      sender_.give_back(std::move(taken));
      release_marks();
    }
  }

  void digest(state_digest& into) const {
    dispatcher_.digest(into);
    buffer_.digest(into);
  }

 private:
  using consumer = typename event_sender<T>::consumer;

  void keep(batch<T>& events, std::size_t from) {
    sender_.note_buffered(events.size() - from);
    sender_.discarded(buffer_.store(events, from, sender_.measured_now()));
    release_marks();
  }
  void release_marks() {
    while (auto due = buffer_.take_mark()) sender_.release(std::move(*due));
  }

  void distribute(node& made) {
    const std::uint64_t count = made->events.size();
    dispatcher_.dispatch(count);
    sender_.count_placed(count);
    auto& consumers = sender_.consumers();
    if (consumers.size() == 1 && !consumers.front().selector) {
      sender_.send(std::move(made), consumers.front());
      return;
    }
    shared_batch<T> all = recycled();
    std::swap(all.writable(), made->events);
    const std::unique_ptr<batch_notes> notes = std::exchange(made->notes, nullptr);
    notes_ = notes.get();
    for (consumer& each : consumers) {
      if (each.selector) {
        dispatcher_.withhold(each.who.tag, count - send_selected(each, all));
      } else if (each.use == batch_use::reads) {
        send_run(each, all, 0, count);
      } else {
        send_copies(each, all, [](std::size_t) { return true; });
      }
    }
  }

  /// Returns how many were sent.
  /// A reader that wants neighbouring events gets them where they are. Others get copies, because a
  /// batch is contiguous; if there can be none, one message for each run of neighbours.
  std::uint64_t send_selected(consumer& to, const shared_batch<T>& all) {
    to.selector.template rule<T>().mark(all.events(), wanted_);
    const auto count = static_cast<std::uint64_t>(std::ranges::count(wanted_, 1));
    if (count == 0) return 0;
    const auto first = static_cast<std::size_t>(std::ranges::find(wanted_, 1) - wanted_.begin());
    const bool is_one_run =
        std::all_of(wanted_.begin() + static_cast<std::ptrdiff_t>(first),
                    wanted_.begin() + static_cast<std::ptrdiff_t>(first + count),
                    [](std::uint8_t marked) { return marked == 1; });
    if (to.use == batch_use::reads && is_one_run) {
      send_run(to, all, first, count);
    } else if constexpr (std::copy_constructible<T>) {
      send_copies(to, all, [&](std::size_t index) { return wanted_[index] == 1; });
    } else {
      send_runs(to, all);
    }
    return count;
  }

  void send_run(consumer& to, const shared_batch<T>& all, std::size_t first, std::size_t count) {
    node part = sender_.spare(notes_);
    part->share(all, first, count);
    sender_.send(std::move(part), to);
  }

  void send_runs(consumer& to, const shared_batch<T>& all) {
    std::size_t index = 0;
    while (index < wanted_.size()) {
      const std::size_t first = index;
      while (index < wanted_.size() && wanted_[index] == 1) ++index;
      if (index > first) send_run(to, all, first, index - first);
      while (index < wanted_.size() && wanted_[index] == 0) ++index;
    }
  }

  template <class Wanted>
  void send_copies(consumer& to, const shared_batch<T>& all, Wanted wanted) {
    if constexpr (std::copy_constructible<T>) {
      node part = sender_.spare(notes_);
      part->events.reserve(all.events().size());
      for (std::size_t index = 0; index < all.events().size(); ++index) {
        if (wanted(index)) part->events.emplace(all.events()[index]);
      }
      sender_.note(record_kind::copied, to.who.tag, part->events.size());
      sender_.send(std::move(part), to);
    }
  }

  /// A batch that all have read, to be filled again.
  [[nodiscard]] shared_batch<T> recycled() {
    for (shared_batch<T>& each : pool_) {
      if (!each.is_sole()) continue;
      each.writable().clear();
      return each;
    }
    if (pool_.size() < pool_limit) return pool_.emplace_back(shared_batch<T>::make());
    return shared_batch<T>::make();
  }

  static constexpr std::size_t pool_limit = 16;

  event_sender<T>& sender_;
  broadcast_dispatcher dispatcher_;
  output_buffer<T, detail::held_mark> buffer_;
  std::vector<shared_batch<T>> pool_;
  std::vector<std::uint8_t> wanted_;    // Of the consumer in hand.
  const batch_notes* notes_ = nullptr;  // Of the batch in hand.
};

}  // namespace genstage::inline v0
