#pragma once

#include <cstddef>
#include <genstage/stage/range_process.hpp>
#include <genstage/stage/spawn.hpp>
#include <genstage/task/async_generator.hpp>
#include <genstage/task/sync_wait.hpp>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace genstage::inline v0 {

/// The consumer behind an iteration over stages' events, for references to it.
template <class T>
struct range_consumer {
  using input_event = T;
};

namespace detail {

/// One iteration: its process, and where that hands over events. Leaves when it is destroyed.
template <class T>
class range_reading {
 public:
  range_reading(runtime& where, range_plans plans)
      : process_{*where.spawn(std::make_unique<range_process<T>>(exchange_, std::move(plans)))} {}
  range_reading(const range_reading&) = delete;
  range_reading& operator=(const range_reading&) = delete;
  ~range_reading() { process_.post(std::make_unique<typename range_process<T>::close_message>()); }

  task<bool> next(std::vector<T>& into) { return exchange_->next(into, process_); }
  [[nodiscard]] std::shared_ptr<range_exchange<T>> exchange() const { return exchange_; }
  [[nodiscard]] const process_ref& process() const noexcept { return process_; }

 private:
  std::shared_ptr<range_exchange<T>> exchange_ = std::make_shared<range_exchange<T>>();
  process_ref process_;
};

/// Options as they were checked. Throws std::invalid_argument.
[[nodiscard]] subscription_plan range_plan(std::string name, process_ref producer,
                                           const subscription_options& options);
/// Ends the program if a process runs on this thread: it would hold a worker.
void must_be_outside_of_processes();

}  // namespace detail

/// A sequence of stages' events for a coroutine, in a process or anywhere.
///
/// Threads: one at a time. Cancel: if it is destroyed it cancels its subscriptions, and does not
/// wait for that. Failure: `next` throws range_failed, as a stage_range does.
template <class T>
class [[nodiscard]] stage_sequence {
 public:
  explicit stage_sequence(std::shared_ptr<detail::range_reading<T>> begun)
      : reading_{std::move(begun)}, events_{read(reading_)} {}

  /// The next event to come; none at the end. To be awaited before another one is asked for.
  typename async_generator<T>::next_element next() noexcept { return events_.next(); }
  /// For `gs::subscribe`, while reading: further producers, whose events are merged.
  [[nodiscard]] ref<range_consumer<T>> consumer() const {
    return ref<range_consumer<T>>{reading_->process()};
  }

 private:
  static async_generator<T> read(std::shared_ptr<detail::range_reading<T>> reading) {
    std::vector<T> batch;
    for (;;) {
      task<bool> asking = reading->next(batch);
      const bool has_more = co_await std::move(asking);
      if (!has_more) co_return;
      for (T& event : batch) co_yield std::move(event);
    }
  }

  std::shared_ptr<detail::range_reading<T>> reading_;
  async_generator<T> events_;
};

/// The events of one or several stages as an input range.
///
///     for (const auto& hit : gs::as_range(home, hits, {.max_demand = 10}) | std::views::take(20))
///       print(hit);
///
/// Nothing happens before the iteration begins; each one subscribes afresh. It asks as any consumer
/// does; the ask for a batch is sent when the element after it is wanted. It ends when all
/// subscriptions have ended, so a finite producer is best subscribed to as `transient`.
///
/// Lifetime: a value; the runtime outlives its iterations.
/// Threads: an iteration blocks its thread, so it belongs on one outside of the pool; a callback
/// takes `generate()` instead.
/// Ordering: producers that are added while iterating are subscribed to at once, even while the
/// reader is busy with a batch.
/// Cancel: an iteration that is left early cancels its subscriptions and waits until each producer
/// has confirmed. The producers live on.
/// Failure: `range_failed` is thrown when a producer ends whose `cancel` does not allow that, after
/// the others were let go. `std::invalid_argument` at once for options out of bounds.
/// Source: G-346 to G-368.
template <class T>
class stage_range {
 public:
  explicit stage_range(runtime& where) noexcept : where_{&where} {}

  /// Another producer of the same events; one of other events does not compile.
  template <class P>
  stage_range subscribe_to(const ref<P>& producer, subscription_options options = {}) && {
    detail::check_wiring<range_consumer<T>, P>();
    return std::move(*this).add(detail::range_plan({}, producer.process(), options));
  }
  template <class P>
  stage_range subscribe_to(name<P> producer, subscription_options options = {}) && {
    detail::check_wiring<range_consumer<T>, P>();
    return std::move(*this).subscribe_to(producer.text(), options);
  }
  /// For a wiring known only when the program runs: checked when the iteration begins.
  stage_range subscribe_to(std::string_view producer, subscription_options options = {}) && {
    return std::move(*this).add(detail::range_plan(std::string{producer}, {}, options));
  }

  /// Once all subscriptions are out, each producer is told this mode; `forward` unless this is
  /// called, so that producers that accumulate until their readers are there begin.
  stage_range then_set_demand(demand_mode mode) && {
    plans_.mode = mode;
    return std::move(*this);
  }
  /// The mode is told to these stages instead; to none if there are none. Of use if the producers
  /// that accumulate stand behind the ones that are read. Source: G-352.
  template <emitting... S>
  stage_range then_set_demand_of(demand_mode mode, const ref<S>&... stages) && {
    plans_.mode = mode;
    plans_.told_mode = std::vector<process_ref>{stages.process()...};
    return std::move(*this);
  }

  class iterator {
   public:
    using value_type = T;
    using difference_type = std::ptrdiff_t;

    [[nodiscard]] T& operator*() const { return cursor_->current(); }
    iterator& operator++() {
      cursor_->advance();
      return *this;
    }
    void operator++(int) { ++*this; }
    [[nodiscard]] friend bool operator==(const iterator& left, std::default_sentinel_t) {
      return left.cursor_->is_at_end();
    }
    /// For `gs::subscribe`, while iterating: further producers, whose events are merged.
    [[nodiscard]] ref<range_consumer<T>> consumer() const {
      return ref<range_consumer<T>>{cursor_->process()};
    }

   private:
    friend stage_range;
    class cursor;
    explicit iterator(std::unique_ptr<cursor> begun) : cursor_{std::move(begun)} {}
    std::unique_ptr<cursor> cursor_;
  };

  /// Begins an iteration.
  [[nodiscard]] iterator begin() const {
    detail::must_be_outside_of_processes();
    return iterator{std::make_unique<typename iterator::cursor>(*where_, plans_)};
  }
  [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

  /// Begins to read the same events in a coroutine, for which nothing blocks.
  stage_sequence<T> generate() const {
    return stage_sequence<T>{std::make_shared<detail::range_reading<T>>(*where_, plans_)};
  }

 private:
  stage_range add(subscription_plan plan) && {
    plans_.subscribe_to.push_back(std::move(plan));
    return std::move(*this);
  }

  runtime* where_;
  detail::range_plans plans_;
};

/// Fetches only when somebody looks, so that who takes ten elements does not wait for an eleventh.
template <class T>
class stage_range<T>::iterator::cursor {
 public:
  cursor(runtime& where, detail::range_plans plans) { reading_.emplace(where, std::move(plans)); }
  cursor(const cursor&) = delete;
  cursor& operator=(const cursor&) = delete;
  ~cursor() {
    const auto exchange = reading_->exchange();
    reading_.reset();
    (void)sync_wait(exchange->ended());
  }

  [[nodiscard]] T& current() {
    (void)is_at_end();
    return batch_[index_];
  }
  void advance() noexcept { ++index_; }
  [[nodiscard]] bool is_at_end() {
    if (index_ < batch_.size()) return false;
    index_ = 0;
    if (!is_over_) is_over_ = !sync_wait(reading_->next(batch_));
    return is_over_;
  }
  [[nodiscard]] const process_ref& process() const noexcept { return reading_->process(); }

 private:
  std::optional<detail::range_reading<T>> reading_;
  std::vector<T> batch_;
  std::size_t index_ = 0;
  bool is_over_ = false;
};

/// The events of a producer; more producers are added with `subscribe_to`.
template <class P>
[[nodiscard]] auto as_range(runtime& where, const ref<P>& producer,
                            subscription_options options = {}) {
  return stage_range<typename P::output_event>{where}.subscribe_to(producer, options);
}
template <class P>
[[nodiscard]] auto as_range(runtime& where, name<P> producer, subscription_options options = {}) {
  return stage_range<typename P::output_event>{where}.subscribe_to(producer, options);
}

}  // namespace genstage::inline v0
