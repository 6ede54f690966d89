// The measurements of processes.cpp that Boost.Asio has something for: coroutines that spawn each
// other, or ask each other over channels, timers, and what is posted to a thread that waits.
#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <string_view>
#include <thread>
#include <vector>

#include "asio_channels.hpp"

namespace {

constexpr std::int64_t spawns = 1'000'000;
constexpr std::int64_t calls = 1'000'000;
constexpr std::int64_t timers = 1'000'000;
constexpr std::size_t wakes = 2'000;

double nanoseconds(bench_clock::time_point begun) {
  return std::chrono::duration<double, std::nano>(bench_clock::now() - begun).count();
}

void print_each(const char* what, bench_clock::time_point begun, std::int64_t count) {
  std::printf("%s %.1f ns\n", what, nanoseconds(begun) / static_cast<double>(count));
}

asio::awaitable<void> chain(std::int64_t left) {
  const auto home = co_await asio::this_coro::executor;
  co_await asio::post(home, asio::use_awaitable);  // Else they would nest.
  if (left > 0) asio::co_spawn(home, chain(left - 1), asio::detached);
}

void measure_spawn() {
  asio::io_context home{1};
  const auto begun = bench_clock::now();
  asio::co_spawn(home, chain(spawns), asio::detached);
  home.run();
  print_each("spawn_and_exit", begun, spawns);
}

asio::awaitable<void> answer(channel<std::int64_t>& asked, channel<std::int64_t>& answered) {
  for (std::int64_t left = calls; left > 0; --left) {
    const auto question = co_await receive<std::int64_t>(asked);
    co_await send(answered, question + 1);
  }
}

asio::awaitable<void> ask(channel<std::int64_t>& asked, channel<std::int64_t>& answered) {
  for (std::int64_t left = calls, last = 0; left > 0; --left) {
    co_await send(asked, last);
    last = co_await receive<std::int64_t>(answered);
  }
}

void measure_call() {
  asio::io_context home{1};
  channel<std::int64_t> asked{home.get_executor(), 1};
  channel<std::int64_t> answered{home.get_executor(), 1};
  const auto begun = bench_clock::now();
  asio::co_spawn(home, answer(asked, answered), asio::detached);
  asio::co_spawn(home, ask(asked, answered), asio::detached);
  home.run();
  print_each("call_and_reply", begun, calls);
}

void measure_timers() {
  asio::io_context home{1};
  std::deque<asio::steady_timer> armed;
  const auto begun = bench_clock::now();
  for (std::int64_t index = 0; index < timers; ++index) {
    const auto due = std::chrono::hours{1} + std::chrono::nanoseconds{index % 1000};
    armed.emplace_back(home, due).async_wait([](const error_code&) {});
  }
  for (asio::steady_timer& each : armed) each.cancel();
  home.run();  // Each learns that it was cancelled.
  print_each("timer", begun, timers);
}

void measure_wake() {
  asio::io_context home{1};
  auto stays = asio::make_work_guard(home);
  std::vector<double> seen;
  {
    std::jthread sleeper{[&home] { home.run(); }};
    for (std::size_t index = 0; index < wakes; ++index) {
      std::this_thread::sleep_for(std::chrono::microseconds{200});
      asio::post(home, [&seen, sent = bench_clock::now()] { seen.push_back(nanoseconds(sent)); });
    }
    stays.reset();
  }
  std::ranges::sort(seen);
  std::printf("wake_p50 %.1f ns\nwake_p99 %.1f ns\n", seen[wakes / 2], seen[wakes * 99 / 100]);
}

}  // namespace

int main(int count, char** given) {
  const std::string_view what = count > 1 ? given[1] : "";
  if (what == "spawn_and_exit") return measure_spawn(), 0;
  if (what == "call_and_reply") return measure_call(), 0;
  if (what == "timer") return measure_timers(), 0;
  if (what == "wake") return measure_wake(), 0;
  std::fprintf(stderr, "usage: asio_processes spawn_and_exit|call_and_reply|timer|wake\n");
  return 2;
}
