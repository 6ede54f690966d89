// A counter and two that work about 1 us for each event, as in shared_work.cpp, with a channel of
// Boost.Asio that any thread may use, on as many threads as there are workers. Below a max_demand
// of 100 it holds events, from there on batches of half of it, whose storage is not recycled.
#include <algorithm>
#include <boost/asio/experimental/concurrent_channel.hpp>
#include <cstdint>
#include <thread>
#include <utility>
#include <vector>

#include "../pipelines/work.hpp"
#include "asio_channels.hpp"

namespace {

constexpr int consumer_count = 2;

template <class T>
using shared_channel =
    asio::experimental::concurrent_channel<asio::io_context::executor_type, void(error_code, T)>;
using numbers = batch<std::int64_t>;

/// An empty batch for each consumer is the end.
asio::awaitable<void> count_batches(shared_channel<numbers>& to, const arguments wanted) {
  for (std::int64_t next = 0; next < wanted.events;) {
    numbers events;
    refill(events, std::min(wanted.batch(), wanted.events - next), next);
    co_await send(to, std::move(events));
  }
  for (int index = 0; index < consumer_count; ++index) {
    numbers end;
    co_await send(to, std::move(end));
  }
}

asio::awaitable<void> work_on_batches(shared_channel<numbers>& from) {
  std::uint64_t result = 0;
  for (;;) {
    const auto events = co_await receive<numbers>(from);
    if (events.empty()) co_return;
    for (const std::int64_t event : events) result += work(static_cast<std::uint64_t>(event));
    keep_result(result);
  }
}

/// -1 for each consumer is the end.
asio::awaitable<void> count_items(shared_channel<std::int64_t>& to, const arguments wanted) {
  for (std::int64_t next = 0; next < wanted.events; ++next) co_await send(to, next);
  const std::int64_t end = -1;
  for (int index = 0; index < consumer_count; ++index) co_await send(to, end);
}

asio::awaitable<void> work_on_items(shared_channel<std::int64_t>& from) {
  std::uint64_t result = 0;
  for (;;) {
    const auto event = co_await receive<std::int64_t>(from);
    if (event < 0) co_return;
    result += work(static_cast<std::uint64_t>(event));
    keep_result(result);
  }
}

}  // namespace

int main(int count, char** given) {
  const arguments wanted{count, given};
  asio::io_context home{static_cast<int>(wanted.workers)};
  shared_channel<numbers> batches{home.get_executor(), 2 * consumer_count};
  shared_channel<std::int64_t> items{home.get_executor(), static_cast<std::size_t>(wanted.max)};
  const bool is_small = wanted.max < 100;
  asio::co_spawn(home, is_small ? count_items(items, wanted) : count_batches(batches, wanted),
                 asio::detached);
  for (int index = 0; index < consumer_count; ++index) {
    asio::co_spawn(home, is_small ? work_on_items(items) : work_on_batches(batches),
                   asio::detached);
  }
  const auto begun = bench_clock::now();
  {
    std::vector<std::jthread> threads;
    for (std::int64_t index = 1; index < wanted.workers; ++index) {
      threads.emplace_back([&home] { home.run(); });
    }
    home.run();
  }
  report(wanted.events, begun);
}
