#include <genstage/http/detail/server_core.hpp>
#include <genstage/http/server.hpp>

#include <cstdio>
#include <exception>
#include <future>
#include <utility>

namespace genstage::inline v0::http {

result<std::unique_ptr<http_server>> http_server::listen(reactor& driver, server_options options,
                                                         handler on_request) {
  auto core =
      std::make_shared<detail::server_core>(driver, std::move(options), std::move(on_request));
  if (auto bound = core->bind(); !bound) return std::unexpected{std::move(bound.error())};
  driver.post([core] { core->accept(); });
  return std::unique_ptr<http_server>{new http_server{std::move(core)}};
}

http_server::http_server(std::shared_ptr<detail::server_core> core) noexcept
    : core_{std::move(core)} {}

http_server::~http_server() {
  if (core_->home().in_reactor_thread()) {
    std::fputs("http server: destroyed on the reactor's thread; this is a bug\n", stderr);
    std::terminate();
  }
  std::promise<void> closed;
  core_->home().post([&] {
    core_->close();
    closed.set_value();
  });
  closed.get_future().wait();
}

void http_server::stop(std::chrono::milliseconds grace,
                       std::move_only_function<void()> on_stopped) {
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
