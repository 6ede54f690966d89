#pragma once

#include <algorithm>
#include <deque>
#include <genstage/supervision/task_supervisor.hpp>
#include <map>
#include <thread>
#include <vector>

namespace genstage::inline v0 {

enum class stream_order : std::uint8_t { ordered, unordered };

/// What a task that takes too long means for its stream.
enum class on_timeout : std::uint8_t {
  end_stream,  ///< it is the last item, and all other tasks are ended
  kill_task,   ///< it is an item like any other
};

struct stream_options {
  /// Tasks that run at once; 0 means one for each processor.
  std::size_t max_concurrency = 0;
  stream_order order = stream_order::ordered;
  duration timeout = std::chrono::seconds{5};  ///< Of each task.
  on_timeout late = on_timeout::end_stream;
  task_link link = task_link::linked;
};

/// The outcome for one input.
template <class T>
struct stream_item {
  std::size_t index;  ///< Of the input.
  result<T> outcome;
};

/// Outcomes of a function for many inputs, in tasks of which only some run at once.
///
///     auto sizes = gs::async_stream(tasks, urls, measure, {.max_concurrency = 4});
///     for (;;) {
///       auto asking = sizes.next();
///       auto item = co_await std::move(asking);
///       if (!item) break;
///     }
///
/// Nothing runs before the first `next`, and tasks are started only by it: who does not ask, gets
/// no more started. Lifetime: destroying it ends the tasks that run.
/// Threads: one at a time. Cost: outcomes that wait for their turn are kept.
template <class Input, class F>
class task_stream {
 public:
  using value = typename detail::work_value<std::invoke_result_t<F&, Input&>>::type;
  using item = stream_item<value>;

  task_stream(ref<dynamic_supervisor> tasks, std::vector<Input> inputs, F work,
              stream_options options)
      : tasks_{std::move(tasks)},
        inputs_(std::move(inputs)),  // Braces would make a list of one of what takes anything.
        work_{std::make_shared<F>(std::move(work))},
        options_{options} {
    const std::size_t cores = std::thread::hardware_concurrency();
    if (options_.max_concurrency == 0) options_.max_concurrency = std::max<std::size_t>(1, cores);
  }
  task_stream(task_stream&&) noexcept = default;
  task_stream& operator=(task_stream&&) = delete;
  ~task_stream() { end_all(); }

  /// The next outcome; none at the end. Source: A61.
  [[nodiscard]] task<std::optional<item>> next() {
    for (;;) {
      start_more();
      if (std::optional<item> found = take()) co_return found;
      if (running_.empty()) co_return std::nullopt;
      operation<void> waiting = arrivals_->wait();
      (void)co_await std::move(waiting);
      for (item& each : arrivals_->drain()) arrived(std::move(each));
    }
  }

 private:
  /// Where tasks leave their outcomes. Threads: any leave, one waits.
  class arrivals {
   public:
    void leave(item left) {
      std::unique_lock lock{mutex_};
      items_.push_back(std::move(left));
      auto waiting = std::exchange(waiting_, std::nullopt);
      lock.unlock();
      if (waiting) waiting->complete(result<void>{});
    }
    operation<void> wait() {
      auto [far, near] = make_operation<void>();
      std::unique_lock lock{mutex_};
      if (items_.empty()) {
        waiting_ = far;
      } else {
        lock.unlock();
        far.complete(result<void>{});
      }
      return std::move(near);
    }
    std::deque<item> drain() {
      const std::scoped_lock lock{mutex_};
      return std::exchange(items_, {});
    }

   private:
    std::mutex mutex_;
    std::deque<item> items_;
    std::optional<completion<void>> waiting_;
  };

  struct one_task {
    std::shared_ptr<detail::task_state<value>> state;
    timer_id timer;
  };

  [[nodiscard]] driver& scheduler() const { return tasks_.process().cell()->owner().scheduler(); }

  void start_more() {
    while (!is_over_ && running_.size() < options_.max_concurrency && started_ < inputs_.size()) {
      const std::size_t index = started_++;
      auto state = std::make_shared<detail::task_state<value>>(
          detail::caller_for(options_.link), [to = arrivals_, index](result<value> outcome) {
            to->leave(item{index, std::move(outcome)});
          });
      auto input = std::make_shared<Input>(std::move(inputs_[index]));
      detail::start_task<value>(
          tasks_, state, [work = work_, input] { return (*work)(*input); },
          std::chrono::seconds{5});
      const timer_id timer =
          scheduler().arm(scheduler().now() + options_.timeout, [state]() noexcept {
            state->set(fail(errc::timed_out, "task: no result within the limit; killed"));
            state->slot.stop(exit_reason::kill());
          });
      running_.emplace(index, one_task{std::move(state), timer});
    }
  }

  void arrived(item each) {
    const auto known = running_.find(each.index);
    if (known == running_.end()) return;
    scheduler().disarm(known->second.timer);
    running_.erase(known);
    const bool is_late = !each.outcome && each.outcome.error().code == errc::timed_out;
    if (is_late && options_.late == on_timeout::end_stream && !is_over_) {
      is_over_ = true;
      end_all();
      // What came before stays; this is the last.
      std::erase_if(ready_, [&](const item& other) { return other.index > each.index; });
    }
    ready_.push_back(std::move(each));
  }

  std::optional<item> take() {
    if (ready_.empty()) return std::nullopt;
    auto chosen = ready_.begin();
    if (options_.order == stream_order::ordered) {
      chosen = std::ranges::min_element(ready_, {}, &item::index);
      if (chosen->index != delivered_ && !is_over_) return std::nullopt;
    }
    ++delivered_;
    item taken = std::move(*chosen);
    ready_.erase(chosen);
    return taken;
  }

  void end_all() {
    for (auto& [index, each] : running_) {
      scheduler().disarm(each.timer);
      each.state->slot.stop(exit_reason::kill());
    }
    running_.clear();
  }

  ref<dynamic_supervisor> tasks_;
  std::vector<Input> inputs_;
  std::shared_ptr<F> work_;
  stream_options options_;
  std::shared_ptr<arrivals> arrivals_ = std::make_shared<arrivals>();
  std::size_t started_ = 0;
  std::size_t delivered_ = 0;
  bool is_over_ = false;
  std::map<std::size_t, one_task> running_;
  std::deque<item> ready_;  ///< As they arrived.
};

template <class Input, class F>
[[nodiscard]] task_stream<Input, F> async_stream(ref<dynamic_supervisor> tasks,
                                                 std::vector<Input> inputs, F work,
                                                 stream_options options = {}) {
  return task_stream<Input, F>{std::move(tasks), std::move(inputs), std::move(work), options};
}

}  // namespace genstage::inline v0
