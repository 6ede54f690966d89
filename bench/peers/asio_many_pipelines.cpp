// 10,000 pipelines of a counter and an adder, as in many_pipelines.cpp, with channels of Boost.Asio
// on one thread; a channel holds max_demand events.
#include <algorithm>
#include <cstdint>
#include <deque>

#include "asio_channels.hpp"

int main(int argument_count, char** given) {
  const arguments wanted{argument_count, given};
  const std::int64_t events = std::max<std::int64_t>(1, wanted.events / pipeline_count);
  asio::io_context home{1};
  std::deque<channel<std::int64_t>> all;
  std::deque<std::int64_t> sums(pipeline_count);
  for (std::int64_t& sum : sums) {
    channel<std::int64_t>& between =
        all.emplace_back(home.get_executor(), static_cast<std::size_t>(wanted.max));
    asio::co_spawn(home, count(between, events), asio::detached);
    asio::co_spawn(home, add(between, events, sum), asio::detached);
  }
  const auto begun = bench_clock::now();
  home.run();
  report(events * pipeline_count, begun);
  for (const std::int64_t sum : sums) check_sum(events, 0, sum);
}
