#include "livesearch/cli/signal_watch.hpp"

#include <pthread.h>

#include <utility>

namespace livesearch {

signal_watch::signal_watch() {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGINT);
  sigaddset(&signals_, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals_, &before_);
}

void signal_watch::begin(std::function<void()> before_the_end) {
  thread_ = std::thread{[this, work = std::move(before_the_end)] { watch(work); }};
}

signal_watch::~signal_watch() {
  {
    const std::scoped_lock lock{mutex_};
    is_over_ = true;
  }
  if (thread_.joinable()) {
    pthread_kill(thread_.native_handle(), SIGTERM);
    thread_.join();
  }
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void signal_watch::watch(const std::function<void()>& before_the_end) {
  int signal = 0;
  sigwait(&signals_, &signal);
  {
    const std::scoped_lock lock{mutex_};
    if (is_over_) return;
  }
  // From here on they do what they do by themselves, in this thread.
  pthread_sigmask(SIG_UNBLOCK, &signals_, nullptr);
  before_the_end();
  raise(signal);
}

}  // namespace livesearch
