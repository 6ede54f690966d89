#pragma once

#include <genstage/core/instant.hpp>
#include <memory>

namespace genstage::inline v0 {

/// What one idle thread waits for, and what others wake it by.
///
/// To wait and to ring take one call of the system each. A condition variable takes three for the
/// same, as glibc wakes once more when its mutex is given back.
///
/// Threads: one waits, any may ring. A ring that comes first is kept until the next wait.
/// Ordering: what happened before a ring is seen after the wait that it ends.
class bell {
 public:
  bell();
  ~bell();
  bell(const bell&) = delete;
  bell& operator=(const bell&) = delete;

  void ring() noexcept;
  void wait() noexcept;

  /// Whether it rang within this time.
  [[nodiscard]] bool wait_for(duration at_most) noexcept;

 private:
  struct counted_rings;
  std::unique_ptr<counted_rings> rings_;
};

}  // namespace genstage::inline v0
