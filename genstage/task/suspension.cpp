#include <genstage/task/suspension.hpp>
#include <utility>

namespace genstage::inline v0 {

namespace {

thread_local suspension* current = nullptr;

}  // namespace

[[gnu::noinline]] suspension* current_suspension() noexcept {
  return current;
}

[[gnu::noinline]] suspension_scope::suspension_scope(suspension* next) noexcept
    : before_{std::exchange(current, next)} {}

[[gnu::noinline]] suspension_scope::~suspension_scope() {
  current = before_;
}

}  // namespace genstage::inline v0
