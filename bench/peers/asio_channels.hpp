#pragma once

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdint>
#include <utility>
#include <vector>

#include "../pipelines/arguments.hpp"
#include "../pipelines/events.hpp"

// Coroutines with channels of Boost.Asio: one for each stage. There is no demand in it: a channel
// bounds what is between two coroutines, and that is all.

namespace asio = boost::asio;
using boost::system::error_code;
inline const error_code no_error;

template <class T>
using channel = asio::experimental::channel<asio::io_context::executor_type, void(error_code, T)>;
template <class Event>
using batch = std::vector<Event>;

/// What can be done without a wait is tried first; it costs a tenth.
template <class Channel, class T>
asio::awaitable<void> send(Channel& to, T value) {
  if (to.try_send(no_error, std::move(value))) co_return;  // Else it is where it was.
  co_await to.async_send(no_error, std::move(value), asio::use_awaitable);
}

template <class T, class Channel>
asio::awaitable<T> receive(Channel& from) {
  T taken{};
  if (from.try_receive([&](error_code, T value) { taken = std::move(value); })) co_return taken;
  co_return co_await from.async_receive(asio::use_awaitable);
}

/// A way for batches, and one back for their storage.
template <class Event>
struct batch_link {
  explicit batch_link(asio::io_context& home, std::size_t senders = 1)
      : forth{home.get_executor(), senders}, back{home.get_executor(), 4 * senders} {
    for (std::size_t spare = 0; spare < 3 * senders; ++spare) {
      back.try_send(no_error, batch<Event>{});
    }
  }
  channel<batch<Event>> forth;
  channel<batch<Event>> back;
};

template <class Event>
asio::awaitable<void> count_batches(batch_link<Event>& to, std::int64_t size, std::int64_t wanted) {
  for (std::int64_t next = 0; next < wanted;) {
    auto events = co_await receive<batch<Event>>(to.back);
    refill(events, std::min(size, wanted - next), next);
    co_await send(to.forth, std::move(events));
  }
}

template <class Event>
asio::awaitable<void> add_batches(batch_link<Event>& from, std::int64_t wanted, std::int64_t& sum) {
  for (std::int64_t left = wanted; left > 0;) {
    auto taken = co_await receive<batch<Event>>(from.forth);
    sum += sum_of(taken.data(), taken.size());
    left -= std::ssize(taken);
    co_await send(from.back, std::move(taken));
  }
}

// One by one; what awaits is written out, since a coroutine for each event would cost more.

inline asio::awaitable<void> count(channel<std::int64_t>& to, std::int64_t wanted) {
  for (std::int64_t next = 0; next < wanted; ++next) {
    if (to.try_send(no_error, next)) continue;
    co_await to.async_send(no_error, next, asio::use_awaitable);
  }
}

inline asio::awaitable<void> add(channel<std::int64_t>& from, std::int64_t wanted,
                                 std::int64_t& sum) {
  for (std::int64_t left = wanted; left > 0; --left) {
    std::int64_t event = 0;
    if (!from.try_receive([&](error_code, std::int64_t value) { event = value; })) {
      event = co_await from.async_receive(asio::use_awaitable);
    }
    sum += event;
  }
}
