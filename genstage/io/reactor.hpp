#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace genstage::inline v0 {

/// One thread that waits for sockets and timers, and runs short handlers when they are ready.
///
/// The HTTP client and the HTTP server share one reactor. A handler must not block: whatever takes
/// time belongs to a process, to which a handler only sends a message.
///
/// Lifetime: the thread runs from construction to destruction. Whatever uses the reactor must be
/// destroyed first. The destructor runs what was posted before it, destroys what still waits
/// without running it, and joins the thread; it must not run on the reactor's own thread. Threads:
/// every member may be called from any thread. Failure: an exception that leaves a handler is a
/// bug; the program is terminated with a message that names the reactor and the exception.
class reactor {
 public:
  explicit reactor(std::string name = "io");
  ~reactor();

  reactor(const reactor&) = delete;
  reactor& operator=(const reactor&) = delete;

  /// Runs `work` on the reactor's thread, never inside this call.
  ///
  /// Ordering: work posted by one thread runs in the order of its posts.
  void post(std::move_only_function<void()> work);

  [[nodiscard]] bool in_reactor_thread() const noexcept;
  [[nodiscard]] std::string_view name() const noexcept;

  /// What the io and http layers attach to; defined in detail/reactor_context.hpp, no interface.
  struct context;
  [[nodiscard]] context& attachment() noexcept;

 private:
  std::unique_ptr<context> context_;
};

}  // namespace genstage::inline v0
