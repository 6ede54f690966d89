#pragma once

#include <functional>
#include <utility>

namespace livesearch {

/// The duty to tell something exactly once. A duty that is dropped, because a process died with it
/// in its hands, tells `Told::dropped()`.
///
/// Threads: any, one at a time.
template <class Told>
class duty {
 public:
  using receiver = std::move_only_function<void(Told)>;

  explicit duty(receiver tell) : tell_{std::move(tell)} {}
  duty(duty&& other) noexcept : tell_{std::exchange(other.tell_, nullptr)} {}
  duty& operator=(duty&& other) noexcept {
    std::swap(tell_, other.tell_);
    return *this;
  }
  ~duty() {
    if (tell_) tell(Told::dropped());
  }

  void tell(Told told) {
    if (auto receive = std::exchange(tell_, nullptr)) receive(std::move(told));
  }

 private:
  receiver tell_;
};

}  // namespace livesearch
