#pragma once

#include <genstage/core/error.hpp>
#include <genstage/task/operation.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace genstage::inline v0 {

/// The answer to a call that comes later, while the server goes on with other requests. What OTP
/// does with `from` and `reply`.
///
///     gs::later_reply<int> handle_call(get_sum) { return waiting_.emplace_back(); }
///     void handle_cast(sum_is asked) {
///       for (const auto& each : std::exchange(waiting_, {})) each.complete(asked.sum);
///     }
///
/// Lifetime: copies are the same answer. When the last one goes without having answered, for
/// instance because the process has ended, the caller gets process_ended.
/// Threads: any; the first answer wins. Source: A16.
template <class R>
class later_reply {
 public:
  later_reply() : shared_{std::make_shared<shared>()} {}

  void complete(result<R> answer) const { shared_->complete(std::move(answer)); }
  /// For the library: where the answer goes. Called once, when the handler has returned.
  void connect(completion<R> caller) const { shared_->connect(std::move(caller)); }

 private:
  class shared {
   public:
    shared() = default;
    shared(const shared&) = delete;
    shared& operator=(const shared&) = delete;
    ~shared() {
      if (!caller_) return;
      caller_->complete(
          fail(errc::process_ended, "call: whoever was to answer it is gone; no reply"));
    }

    void complete(result<R> answer) {
      std::unique_lock lock{mutex_};
      if (!caller_) {
        if (!early_) early_.emplace(std::move(answer));
        return;
      }
      const completion<R> caller = *caller_;
      lock.unlock();
      caller.complete(std::move(answer));
    }
    void connect(completion<R> caller) {
      std::unique_lock lock{mutex_};
      caller_.emplace(std::move(caller));
      if (!early_) return;
      lock.unlock();
      caller_->complete(std::move(*early_));
    }

   private:
    std::mutex mutex_;
    std::optional<completion<R>> caller_;
    std::optional<result<R>> early_;  ///< Given before the handler had returned.
  };

  std::shared_ptr<shared> shared_;
};

template <class T>
inline constexpr bool is_later_reply = false;
template <class R>
inline constexpr bool is_later_reply<later_reply<R>> = true;

}  // namespace genstage::inline v0
