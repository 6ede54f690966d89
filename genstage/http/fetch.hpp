#pragma once

#include <atomic>
#include <cstdint>
#include <genstage/http/client.hpp>
#include <genstage/task/operation.hpp>
#include <memory>
#include <stop_token>
#include <utility>

namespace genstage::inline v0::http {

/// Begins a transfer as an operation that a callback can await.
///
///     auto asked = http::fetch(client, std::move(request), token);
///     const auto response = co_await std::move(asked);
///
/// Cancel: destroying the frame that waits, or stopping `token`, aborts the transfer at once and
/// closes its connection. Failure: as `http_client::start`; cancelled when the token was stopped.
/// Lifetime: the client outlives the operation.
[[nodiscard]] inline operation<http_response> fetch(http_client& client, http_request request,
                                                    const std::stop_token& token = {}) {
  auto [far, near] = make_operation<http_response>();
  // Set before the transfer begins, since it may complete on the reactor at once.
  auto transfer = std::make_shared<std::atomic<std::uint64_t>>(0);
  far.on_cancel([&client, transfer]() noexcept { client.cancel(transfer_id{transfer->load()}); });
  const transfer_id started = client.start(
      std::move(request),
      [told = far](result<http_response> outcome) { told.complete(std::move(outcome)); });
  transfer->store(static_cast<std::uint64_t>(started));
  far.stop_with(token);
  return std::move(near);
}

}  // namespace genstage::inline v0::http
