#include <genstage/http/curl_client.hpp>
#include <genstage/http/detail/curl_multi_driver.hpp>
#include <genstage/http/detail/curl_transfer.hpp>
#include <genstage/http/detail/receive_buffer.hpp>
#include <genstage/io/detail/reactor_context.hpp>

#include <fmt/core.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <exception>
#include <future>
#include <mutex>
#include <unordered_map>
#include <utility>

namespace genstage::inline v0::http {

namespace {

namespace asio = boost::asio;

void initialise_curl() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

}  // namespace

/// What the client runs on the reactor's thread.
class curl_client::engine : public std::enable_shared_from_this<engine> {
 public:
  engine(reactor& driver, address_guard& guard, curl_client_options options)
      : reactor_{driver}, guard_{guard}, options_{std::move(options)} {}

  transfer_id start(http_request request, completion on_done) {
    const auto id = transfer_id{next_id_.fetch_add(1, std::memory_order_relaxed)};
    // The count bounds what is queued and is a gauge; it publishes nothing.
    const bool over = count_.fetch_add(1, std::memory_order_relaxed) >= options_.max_transfers;
    reactor_.post([self = shared_from_this(), id, over, request = std::move(request),
                   on_done = std::move(on_done)]() mutable {
      if (over) {
        self->hand_over(on_done, self->over_capacity(request));
      } else {
        self->begin(id, std::move(request), std::move(on_done));
      }
    });
    return id;
  }

  void cancel(transfer_id id) {
    reactor_.post([self = shared_from_this(), id] {
      const auto found = self->running_.find(id);
      if (found == self->running_.end()) return;
      self->complete(id, std::unexpected{found->second->transfer.cancelled()});
    });
  }

  void close() {
    closed_ = true;
    while (!running_.empty()) {
      const auto& [id, first] = *running_.begin();
      complete(id, std::unexpected{first->transfer.cancelled()});
    }
    for (auto& driver : drivers_) driver.reset();
  }

  [[nodiscard]] reactor& home() noexcept { return reactor_; }
  [[nodiscard]] std::size_t count() const noexcept {
    return count_.load(std::memory_order_relaxed);
  }

 private:
  struct running {
    running(asio::io_context& io, transfer_id id, http_request request, completion done,
            engine& owner)
        : transfer{id,           std::move(request), owner.options_,
                   owner.guard_, owner.handles_,     detail::receive_buffer(owner.count())},
          on_done{std::move(done)},
          deadline{io} {}

    detail::curl_transfer transfer;
    completion on_done;
    asio::steady_timer deadline;
    std::chrono::steady_clock::time_point begun{};
    std::shared_ptr<detail::curl_multi_driver> driver;
  };

  void begin(transfer_id id, http_request request, completion on_done) {
    auto& io = genstage::detail::io_context_of(reactor_);
    auto made = std::make_unique<running>(io, id, std::move(request), std::move(on_done), *this);
    if (closed_) return hand_over(made->on_done, std::unexpected{made->transfer.cancelled()});
    made->driver = driver_of(made->transfer.request().scope);
    if (auto prepared = made->transfer.prepare(*made->driver); !prepared) {
      return hand_over(made->on_done, std::unexpected{std::move(prepared.error())});
    }
    auto& added = *made;
    running_.emplace(id, std::move(made));
    added.begun = std::chrono::steady_clock::now();
    const auto first = added.transfer.request().first_byte_limit;
    const auto total = added.transfer.request().total_limit;
    watch(added, id, first.count() > 0 && first < total ? first : total);
    if (added.driver->add(added.transfer.handle()) != CURLM_OK) {
      complete(id, fail(errc::unavailable, "http client: libcurl takes no more; nothing sent"));
    }
  }

  // A multi handle a scope: a pooled connection was judged by the rule of whoever reuses it.
  std::shared_ptr<detail::curl_multi_driver>& driver_of(network_scope scope) {
    auto& driver = drivers_.at(static_cast<std::size_t>(scope));
    if (driver) return driver;
    const detail::curl_multi_driver::limits limits{options_.max_connections,
                                                   options_.max_host_connections};
    // The engine owns the driver, so the plain pointer lives as long as the call.
    driver = std::make_shared<detail::curl_multi_driver>(
        genstage::detail::io_context_of(reactor_), limits,
        [this](CURL* easy, CURLcode code) { on_finished(easy, code); });
    return driver;
  }

  void on_finished(CURL* easy, CURLcode code) {
    char* owner = nullptr;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &owner);
    auto* const transfer = static_cast<detail::curl_transfer*>(static_cast<void*>(owner));
    complete(transfer->id(), transfer->outcome(code));
  }

  // One timer watches both limits, one after the other.
  void watch(running& transfer, transfer_id id, std::chrono::milliseconds limit) {
    transfer.deadline.expires_at(transfer.begun + limit);
    transfer.deadline.async_wait([self = weak_from_this(), id, limit](const auto& failed) {
      const auto owner = self.lock();
      if (owner && !failed) owner->on_limit(id, limit);
    });
  }

  void on_limit(transfer_id id, std::chrono::milliseconds limit) {
    const auto found = running_.find(id);
    if (found == running_.end()) return;
    running& late = *found->second;
    const auto total = late.transfer.request().total_limit;
    if (limit >= total) {
      complete(id, std::unexpected{late.transfer.timed_out()});
    } else if (!late.transfer.has_begun()) {
      complete(id, std::unexpected{late.transfer.slow_to_begin()});
    } else {
      watch(late, id, total);
    }
  }

  void complete(transfer_id id, result<http_response> outcome) {
    auto node = running_.extract(id);
    auto done = std::move(node.mapped()->on_done);
    if (node.mapped()->driver) node.mapped()->driver->remove(node.mapped()->transfer.handle());
    node.mapped().reset();  // Its memory is free before the callback takes the answer.
    hand_over(done, std::move(outcome));
  }

  void hand_over(completion& done, result<http_response> outcome) {
    count_.fetch_sub(1, std::memory_order_relaxed);
    done(std::move(outcome));
  }

  result<http_response> over_capacity(const http_request& request) const {
    return fail(errc::over_capacity,
                fmt::format("{}: {} transfers are running or waiting, no more are allowed; nothing "
                            "sent",
                            detail::origin_of(request.url), options_.max_transfers));
  }

  reactor& reactor_;
  address_guard& guard_;
  const curl_client_options options_;
  std::atomic<std::uint64_t> next_id_{1};
  std::atomic<std::size_t> count_{0};
  // Only the reactor's thread touches what follows.
  bool closed_{false};
  detail::curl_handles handles_{options_};
  std::array<std::shared_ptr<detail::curl_multi_driver>, 3> drivers_;
  std::unordered_map<transfer_id, std::unique_ptr<running>> running_;
};

curl_client::curl_client(reactor& driver, address_guard& guard, curl_client_options options) {
  initialise_curl();
  engine_ = std::make_shared<engine>(driver, guard, std::move(options));
}

curl_client::~curl_client() {
  if (engine_->home().in_reactor_thread()) {
    std::fputs("http client: destroyed on the reactor's thread; this is a bug\n", stderr);
    std::terminate();
  }
  // A callback may have started another transfer while it was told of the end, so look again.
  do {
    std::promise<void> closed;
    engine_->home().post([&] {
      engine_->close();
      closed.set_value();
    });
    closed.get_future().wait();
  } while (engine_->count() != 0);
}

transfer_id curl_client::start(http_request request, completion on_done) {
  return engine_->start(std::move(request), std::move(on_done));
}

void curl_client::cancel(transfer_id transfer) noexcept {
  engine_->cancel(transfer);
}

std::size_t curl_client::transfers() const noexcept {
  return engine_->count();
}

}  // namespace genstage::inline v0::http
