// The pipelines of pipelines.cpp with channels of Boost.Asio on one thread. Below a max_demand of
// 100 a channel holds events, from there on batches of half of it.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "asio_channels.hpp"

namespace {

using numbers = batch<std::int64_t>;
using number_link = batch_link<std::int64_t>;

asio::awaitable<void> double_batches(number_link& from, number_link& to, std::int64_t wanted) {
  for (std::int64_t left = wanted; left > 0;) {
    auto taken = co_await receive<numbers>(from.forth);
    auto made = co_await receive<numbers>(to.back);
    made.resize(taken.size());
    std::ranges::transform(taken, made.begin(), [](std::int64_t event) { return 2 * event; });
    left -= std::ssize(taken);
    co_await send(to.forth, std::move(made));
    co_await send(from.back, std::move(taken));
  }
}

void run_items(asio::io_context& home, const arguments& wanted, std::int64_t& sum) {
  channel<std::int64_t> between{home.get_executor(), static_cast<std::size_t>(wanted.max)};
  asio::co_spawn(home, count(between, wanted.events), asio::detached);
  asio::co_spawn(home, add(between, wanted.events, sum), asio::detached);
  home.run();
}

template <class Event>
void run_batches(asio::io_context& home, const arguments& wanted, std::int64_t& sum) {
  std::vector<std::unique_ptr<batch_link<Event>>> links;
  for (std::int64_t stage = 1; stage < wanted.stages; ++stage) {
    links.push_back(std::make_unique<batch_link<Event>>(home));
  }
  asio::co_spawn(home, count_batches(*links.front(), wanted.batch(), wanted.events),
                 asio::detached);
  if constexpr (std::is_same_v<Event, std::int64_t>) {
    for (std::size_t index = 1; index < links.size(); ++index) {
      asio::co_spawn(home, double_batches(*links[index - 1], *links[index], wanted.events),
                     asio::detached);
    }
  }
  asio::co_spawn(home, add_batches(*links.back(), wanted.events, sum), asio::detached);
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
    with_event_type(wanted, [&](auto event) {
      run_batches<typename decltype(event)::type>(home, wanted, sum);
    });
  }
  report(wanted.events, begun);
  check_numbers(wanted, sum);
}
