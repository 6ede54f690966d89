#include <genstage/task/suspension.hpp>

namespace genstage::inline v0 {

constinit thread_local suspension* detail::this_threads_suspension = nullptr;

[[gnu::noinline]] suspension* current_suspension() noexcept {
  return detail::this_threads_suspension;
}

}  // namespace genstage::inline v0
