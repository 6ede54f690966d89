// What the fan-outs of fan_out.cpp and four counters before one stage cost without a library: one
// loop over batches with all the work in it. `how` is `demand`, `broadcast`, `partition`, or
// `fan_in`.
#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "arguments.hpp"
#include "events.hpp"

namespace {

using batch = std::vector<std::int64_t>;

constexpr std::size_t fan = 4;

void add(const batch& events, std::int64_t& sum) {
  sum += sum_of(events.data(), events.size());
  asm volatile("" : "+r,m"(sum) : : "memory");
}

std::int64_t total(const std::array<std::int64_t, fan>& sums) {
  return sums[0] + sums[1] + sums[2] + sums[3];
}

/// A batch after the other goes to the next one in turn, or to all.
std::int64_t run_whole(const arguments& wanted, bool to_all) {
  std::array<std::int64_t, fan> sums{};
  batch events;
  std::int64_t next = 0;
  for (std::size_t turn = 0; next < wanted.events; turn = (turn + 1) % fan) {
    refill(events, std::min(wanted.batch(), wanted.events - next), next);
    if (to_all) {
      for (std::int64_t& sum : sums) add(events, sum);
    } else {
      add(events, sums[turn]);
    }
  }
  return total(sums);
}

/// A batch is sorted into four, and these are added up when they are full.
std::int64_t run_partition(const arguments& wanted) {
  std::array<std::int64_t, fan> sums{};
  std::array<batch, fan> sorted;
  batch events;
  for (std::int64_t next = 0; next < wanted.events;) {
    refill(events, std::min(wanted.batch(), wanted.events - next), next);
    for (const std::int64_t event : events) {
      const auto to = static_cast<std::size_t>(event) % fan;
      sorted[to].push_back(event);
      if (std::ssize(sorted[to]) < wanted.batch()) continue;
      add(sorted[to], sums[to]);
      sorted[to].clear();
    }
  }
  for (std::size_t index = 0; index < fan; ++index) add(sorted[index], sums[index]);
  return total(sums);
}

std::int64_t run_fan_in(const arguments& wanted) {
  std::array<std::int64_t, fan> next{};
  std::array<batch, fan> made;
  std::int64_t sum = 0;
  for (std::int64_t left = wanted.events; left > 0;) {
    for (std::size_t from = 0; from < fan && left > 0; ++from) {
      const std::int64_t count = std::min(wanted.batch(), left);
      refill(made[from], count, next[from]);
      add(made[from], sum);
      left -= count;
    }
  }
  return sum;
}

}  // namespace

int main(int count, char** given) {
  const arguments wanted{count, given};
  const bool to_all = wanted.how == "broadcast";
  const std::int64_t copies = to_all ? static_cast<std::int64_t>(fan) : 1;
  const auto begun = bench_clock::now();
  const std::int64_t sum = wanted.how == "fan_in"      ? run_fan_in(wanted)
                           : wanted.how == "partition" ? run_partition(wanted)
                                                       : run_whole(wanted, to_all);
  report(wanted.events * copies, begun);
  if (wanted.how != "fan_in") check_sum(wanted.events, 0, sum / copies);
}
