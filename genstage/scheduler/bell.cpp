#include <semaphore.h>

#include <cerrno>
#include <chrono>
#include <ctime>
#include <genstage/scheduler/bell.hpp>

namespace genstage::inline v0 {

// The system's semaphore: that of libstdc++ 12 can miss what it waits for.
struct bell::counted_rings {
  counted_rings() noexcept { ::sem_init(&count, 0, 0); }
  ~counted_rings() { ::sem_destroy(&count); }
  counted_rings(const counted_rings&) = delete;
  counted_rings& operator=(const counted_rings&) = delete;

  ::sem_t count;
};

bell::bell() : rings_{std::make_unique<counted_rings>()} {}

bell::~bell() = default;

void bell::ring() noexcept {
  ::sem_post(&rings_->count);
}

void bell::wait() noexcept {
  while (::sem_wait(&rings_->count) != 0) {  // A signal was handled meanwhile.
  }
}

bool bell::wait_for(duration at_most) noexcept {
  const auto end = std::chrono::steady_clock::now().time_since_epoch() + at_most;
  const auto seconds = std::chrono::floor<std::chrono::seconds>(end);
  const std::timespec until{.tv_sec = seconds.count(), .tv_nsec = (end - seconds).count()};
  while (::sem_clockwait(&rings_->count, CLOCK_MONOTONIC, &until) != 0) {
    if (errno != EINTR) return false;
  }
  return true;
}

}  // namespace genstage::inline v0
