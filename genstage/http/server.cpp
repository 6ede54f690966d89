#include <genstage/http/detail/request_tape.hpp>
#include <genstage/http/detail/server_core.hpp>
#include <genstage/http/server.hpp>

#include <cstdio>
#include <exception>
#include <future>
#include <utility>

namespace genstage::inline v0::http {

result<std::unique_ptr<http_server>> http_server::listen(reactor& driver, server_options options,
                                                         handler on_request) {
  std::shared_ptr<detail::request_tape> tape;
  if (options.log != nullptr) {
    tape = std::make_shared<detail::request_tape>(options);
    on_request = tape->before(std::move(on_request));
  }
  const bool plays = tape && tape->plays();
  auto core =
      std::make_shared<detail::server_core>(driver, std::move(options), std::move(on_request));
  result<void> bound = plays ? result<void>{} : core->bind();
  if (tape) {
    const result<std::uint16_t> port = tape->listening(bound, core->port());
    if (!port) return std::unexpected{port.error()};
    if (plays) bound = core->stand_for(*port);
  }
  if (!bound) return std::unexpected{std::move(bound.error())};
  if (!plays) driver.post([core] { core->accept(); });
  return std::unique_ptr<http_server>{new http_server{std::move(core), std::move(tape)}};
}

http_server::http_server(std::shared_ptr<detail::server_core> core,
                         std::shared_ptr<detail::request_tape> tape) noexcept
    : core_{std::move(core)}, tape_{std::move(tape)} {}

http_server::~http_server() {
  if (core_->home().in_reactor_thread()) {
    std::fputs("http server: destroyed on the reactor's thread; this is a bug\n", stderr);
    std::terminate();
  }
  if (tape_) tape_->end();
  std::promise<void> closed;
  core_->home().post([&] {
    core_->close();
    closed.set_value();
  });
  closed.get_future().wait();
}

void http_server::stop(std::chrono::milliseconds grace,
                       std::move_only_function<void()> on_stopped) {
  if (tape_ && tape_->plays()) return tape_->when_stopped(std::move(on_stopped));
  if (tape_) {
    on_stopped = [tape = tape_, told = std::move(on_stopped)]() mutable {
      tape->stopped(std::move(told));
    };
  }
  core_->home().post([core = core_, grace, on_stopped = std::move(on_stopped)]() mutable {
    core->stop(grace, std::move(on_stopped));
  });
}

std::uint16_t http_server::port() const noexcept {
  return core_->port();
}

std::string http_server::url() const {
  return core_->url();
}

server_counters http_server::counters() const noexcept {
  return core_->counters();
}

}  // namespace genstage::inline v0::http
