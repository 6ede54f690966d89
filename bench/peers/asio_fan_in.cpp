// Four counters and one that adds up, as in fan_in.cpp, with channels of Boost.Asio on one thread:
// all counters send into one.
#include <algorithm>
#include <cstdint>

#include "asio_channels.hpp"

int main(int count, char** given) {
  constexpr std::int64_t producer_count = 4;
  const arguments wanted{count, given};
  const std::int64_t each = std::max<std::int64_t>(1, wanted.events / producer_count);
  asio::io_context home{1};
  batch_link<std::int64_t> between{home, producer_count};
  std::int64_t sum = 0;
  for (std::int64_t index = 0; index < producer_count; ++index) {
    asio::co_spawn(home, count_batches(between, wanted.batch(), each), asio::detached);
  }
  asio::co_spawn(home, add_batches(between, each * producer_count, sum), asio::detached);
  const auto begun = bench_clock::now();
  home.run();
  report(each * producer_count, begun);
  check_sum(each, 0, sum / producer_count);
}
