#include <genstage/io/detail/reactor_context.hpp>
#include <genstage/io/reactor.hpp>

#include <fmt/core.h>
#include <signal.h>

#include <boost/asio/post.hpp>
#include <cstdio>
#include <exception>
#include <utility>

namespace genstage::inline v0 {

namespace {

[[noreturn]] void give_up(std::string_view name, std::string_view seen) noexcept {
  try {
    fmt::print(stderr, "reactor \"{}\": {}; this is a bug, the program is terminated\n", name,
               seen);
    std::fflush(stderr);
  } catch (...) {  // Nothing is left to be said: standard error is gone too.
  }
  std::terminate();
}

// OpenSSL writes to sockets without MSG_NOSIGNAL, and libcurl leaves the signal to its user.
// Blocked here, a write to a peer that has gone is an error of that connection and nothing more.
void block_broken_pipe_signal() noexcept {
  sigset_t broken_pipe;
  sigemptyset(&broken_pipe);
  sigaddset(&broken_pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
}

void run(reactor::context& self) noexcept {
  block_broken_pipe_signal();
  try {
    self.io.run();
  } catch (const std::exception& seen) {
    give_up(self.name, fmt::format("a handler threw \"{}\", handlers must not throw", seen.what()));
  } catch (...) {
    give_up(self.name, "a handler threw something unknown, handlers must not throw");
  }
}

}  // namespace

reactor::reactor(std::string name) : context_{std::make_unique<context>(std::move(name))} {
  context_->thread = std::thread{[self = context_.get()] { run(*self); }};
}

reactor::~reactor() {
  if (in_reactor_thread()) give_up(context_->name, "destroyed on its own thread");
  // Stopping through the queue lets everything posted before it run.
  boost::asio::post(context_->io, [self = context_.get()] { self->io.stop(); });
  context_->thread.join();
}

void reactor::post(std::move_only_function<void()> work) {
  boost::asio::post(context_->io, [work = std::move(work)]() mutable { work(); });
}

bool reactor::in_reactor_thread() const noexcept {
  return std::this_thread::get_id() == context_->thread.get_id();
}

std::string_view reactor::name() const noexcept {
  return context_->name;
}

reactor::context& reactor::attachment() noexcept {
  return *context_;
}

}  // namespace genstage::inline v0
