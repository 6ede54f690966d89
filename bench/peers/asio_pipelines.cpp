// The pipelines of pipelines.cpp with channels of Boost.Asio on one thread: a coroutine for each
// stage. Below a max_demand of 100 a channel holds events, from there on batches of half of it,
// whose storage goes back over a second channel. There is no demand in it: a channel bounds what is
// between two coroutines, and that is all.
#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "../pipelines/arguments.hpp"

namespace {

namespace asio = boost::asio;
using boost::system::error_code;
const error_code no_error;
using batch = std::vector<std::int64_t>;

template <class T>
using channel = asio::experimental::channel<asio::io_context::executor_type, void(error_code, T)>;

asio::awaitable<void> send(channel<batch>& to, batch value) {
  // What would be done without a wait is tried first; it costs a tenth.
  if (to.try_send(no_error, value)) co_return;
  co_await to.async_send(no_error, std::move(value), asio::use_awaitable);
}

asio::awaitable<batch> receive(channel<batch>& from) {
  batch taken;
  if (from.try_receive([&](error_code, batch value) { taken = std::move(value); })) co_return taken;
  co_return co_await from.async_receive(asio::use_awaitable);
}

/// A way for batches, and one back for their storage.
struct batch_link {
  explicit batch_link(asio::io_context& home)
      : forth{home.get_executor(), 1}, back{home.get_executor(), 4} {}
  channel<batch> forth;
  channel<batch> back;
};

asio::awaitable<void> count_batches(batch_link& to, const arguments wanted) {
  for (std::int64_t next = 0; next < wanted.events;) {
    batch events = co_await receive(to.back);
    events.resize(static_cast<std::size_t>(std::min(wanted.batch(), wanted.events - next)));
    for (std::int64_t& event : events) event = next++;
    co_await send(to.forth, std::move(events));
  }
}

asio::awaitable<void> double_batches(batch_link& from, batch_link& to, const arguments wanted) {
  for (std::int64_t left = wanted.events; left > 0;) {
    batch taken = co_await receive(from.forth);
    batch made = co_await receive(to.back);
    made.resize(taken.size());
    std::ranges::transform(taken, made.begin(), [](std::int64_t event) { return 2 * event; });
    left -= std::ssize(taken);
    co_await send(to.forth, std::move(made));
    co_await send(from.back, std::move(taken));
  }
}

asio::awaitable<void> add_batches(batch_link& from, const arguments wanted, std::int64_t& sum) {
  for (std::int64_t left = wanted.events; left > 0;) {
    batch taken = co_await receive(from.forth);
    std::int64_t part = 0;
    for (const std::int64_t event : taken) part += event;
    sum += part;
    left -= std::ssize(taken);
    co_await send(from.back, std::move(taken));
  }
}

asio::awaitable<void> count(channel<std::int64_t>& to, const arguments wanted) {
  for (std::int64_t next = 0; next < wanted.events; ++next) {
    if (to.try_send(no_error, next)) continue;
    co_await to.async_send(no_error, next, asio::use_awaitable);
  }
}

asio::awaitable<void> add(channel<std::int64_t>& from, const arguments wanted, std::int64_t& sum) {
  for (std::int64_t left = wanted.events; left > 0; --left) {
    std::int64_t event = 0;
    if (!from.try_receive([&](error_code, std::int64_t value) { event = value; })) {
      event = co_await from.async_receive(asio::use_awaitable);
    }
    sum += event;
  }
}

void run_items(asio::io_context& home, const arguments& wanted, std::int64_t& sum) {
  channel<std::int64_t> between{home.get_executor(), static_cast<std::size_t>(wanted.max)};
  asio::co_spawn(home, count(between, wanted), asio::detached);
  asio::co_spawn(home, add(between, wanted, sum), asio::detached);
  home.run();
}

void run_batches(asio::io_context& home, const arguments& wanted, std::int64_t& sum) {
  std::vector<std::unique_ptr<batch_link>> links;
  for (std::int64_t stage = 1; stage < wanted.stages; ++stage) {
    links.push_back(std::make_unique<batch_link>(home));
    for (int spare = 0; spare < 3; ++spare) links.back()->back.try_send(no_error, batch{});
  }
  asio::co_spawn(home, count_batches(*links.front(), wanted), asio::detached);
  for (std::size_t index = 1; index < links.size(); ++index) {
    asio::co_spawn(home, double_batches(*links[index - 1], *links[index], wanted), asio::detached);
  }
  asio::co_spawn(home, add_batches(*links.back(), wanted, sum), asio::detached);
  home.run();
}

}  // namespace

int main(int count, char** given) {
  const arguments wanted{count, given};
  asio::io_context home{1};
  std::int64_t sum = 0;
  const auto begun = bench_clock::now();
  if (wanted.max < 100 && wanted.stages == 2) {
    run_items(home, wanted, sum);
  } else {
    run_batches(home, wanted, sum);
  }
  report(wanted.events, begun);
  check_sum(wanted.events, wanted.stages - 2, sum);
}
