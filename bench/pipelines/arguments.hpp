#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

/// What one run of a pipeline is to do, as all programs that compare.py starts understand it:
/// `key=value ...`. Plain C++17, since peers are built as that.
struct arguments {
  std::int64_t stages = 2;  ///< The counter, the adder, and doubling stages between.
  std::int64_t max = 1000;  ///< max_demand; min_demand is half of it.
  std::int64_t events = 1'000'000;
  std::int64_t workers = 1;
  std::int64_t consumers = 4;  ///< Of one to many.
  std::string how = "bulk";    ///< A variant that only this program knows.
  std::string event = "int";   ///< Or 16, 256, string, move_only: see events.hpp.
  std::int64_t counted = 0;    ///< 1 if instructions are counted, and time means nothing.

  arguments(int count, char** given) {
    for (int index = 1; index < count; ++index) take(given[index]);
  }

  [[nodiscard]] std::int64_t min() const { return max / 2; }
  /// What one callback gets in the steady state.
  [[nodiscard]] std::int64_t batch() const { return max - min(); }

 private:
  void take(const std::string& pair) {
    const auto equals = pair.find('=');
    const std::string key = pair.substr(0, equals);
    const std::string value = equals == std::string::npos ? "" : pair.substr(equals + 1);
    if (key == "stages") {
      stages = std::atoll(value.c_str());
    } else if (key == "max") {
      max = std::atoll(value.c_str());
    } else if (key == "events") {
      events = std::atoll(value.c_str());
    } else if (key == "workers") {
      workers = std::atoll(value.c_str());
    } else if (key == "consumers") {
      consumers = std::atoll(value.c_str());
    } else if (key == "how") {
      how = value;
    } else if (key == "event") {
      event = value;
    } else if (key == "counted") {
      counted = std::atoll(value.c_str());
    } else {
      std::fprintf(stderr,
                   "%s: known are stages, max, events, workers, consumers, how, event, counted\n",
                   pair.c_str());
      std::exit(2);
    }
  }
};

/// How many there are where it is many.
constexpr std::int64_t pipeline_count = 10'000;

using bench_clock = std::chrono::steady_clock;

/// Prints what compare.py reads: how many events arrived, and how many seconds it took.
inline void report(std::int64_t events, bench_clock::time_point begun) {
  const std::chrono::duration<double> taken = bench_clock::now() - begun;
  std::printf("%lld %.9f\n", static_cast<long long>(events), taken.count());
}

/// What the adder of a pipeline must have got from 0, 1, 2 ... after so many doubling stages.
inline void check_sum(std::int64_t events, std::int64_t doublings, std::int64_t sum) {
  const std::uint64_t count = static_cast<std::uint64_t>(events);
  const std::uint64_t halves = count % 2 == 0 ? count / 2 * (count - 1) : (count - 1) / 2 * count;
  const std::uint64_t expected = halves << static_cast<unsigned>(doublings);
  if (static_cast<std::uint64_t>(sum) == expected) return;
  std::fprintf(stderr, "the sum of %lld events is wrong\n", static_cast<long long>(events));
  std::exit(1);
}
