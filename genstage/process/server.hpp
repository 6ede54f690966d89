#pragma once

#include <genstage/process/user_process.hpp>

namespace genstage::inline v0 {

/// A process that answers requests: what OTP calls a generic server.
///
/// A class derives from it and has any of `init()`, `handle_continue()`, `handle_call(M)`,
/// `handle_cast(M)`, `handle_down(const down&)`, `handle_exit(const exit_signal&)` and
/// `terminate(const exit_reason&)`, each plain or as a coroutine that returns `gs::task<>`.
/// `handle_continue` runs once after `init`, before any message, and nobody waits for its end: a
/// start can be fast although a warm-up is slow. A call can be answered later, see later_reply.hpp.
///
///     struct get_count {};
///     class counter : public gs::server {
///      public:
///       int handle_call(get_count) { return ++count_; }
///      private:
///       int count_ = 0;
///     };
class server : public process_services {
 protected:
  ~server() = default;
};

namespace detail {

template <class S>
class server_process final : public user_process<S> {
 public:
  using user_process<S>::user_process;

 protected:
  void start() override {
    this->make_user();
    this->init_user();
  }
  void continue_start() override {
    if constexpr (requires(S& made) { made.handle_continue(); }) {
      this->run("handle_continue", [&] { return this->object().handle_continue(); });
    }
  }
  void receive(message_ptr received) override {
    if (!this->receive_for_user(received)) {
      this->log(log_level::error, "is a server and received a message of a stage; ignored");
    }
  }
};

}  // namespace detail

/// Starts a server. Its object is made inside the new process, from copies of the arguments.
template <std::derived_from<server> S, class... Arguments>
result<ref<S>> spawn(runtime& where, spawn_options options, Arguments... arguments) {
  auto make = [... kept = std::move(arguments)]() mutable {
    return std::make_unique<S>(std::move(kept)...);
  };
  auto spawned =
      where.spawn(std::make_unique<detail::server_process<S>>(std::move(make)), std::move(options));
  if (!spawned) return std::unexpected{std::move(spawned.error())};
  return ref<S>{std::move(*spawned)};
}

}  // namespace genstage::inline v0
