#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <future>
#include <random>
#include <thread>

#include "livesearch/store/sqlite_memory.hpp"

namespace livesearch {
namespace {

using namespace std::chrono_literals;

constexpr wall_time noon = std::chrono::sys_days{std::chrono::year{2026} / 11 / 27} + 12h;

/// The child: writes without an end, and says of each number when it is committed.
[[noreturn]] void write_and_acknowledge(const std::filesystem::path& file, std::uint64_t first,
                                        int acknowledgements) {
  auto memory = sqlite_memory::open(file);
  if (!memory) _exit(1);
  for (std::uint64_t number = first;; ++number) {
    const std::string text = std::to_string(number);
    (*memory)->keep("wiki", text, {{{text, "https://example.org/", text}}, noon}, noon + 24h);
    (*memory)->note("wiki", {.spent = number});
    if (!(*memory)->commit()) _exit(2);
    if (::write(acknowledgements, &number, sizeof number) != sizeof number) _exit(3);
  }
}

/// Starts the child, kills it after a while, and gives the last number it acknowledged.
std::uint64_t last_before_kill(const std::filesystem::path& file, std::uint64_t first,
                               std::chrono::milliseconds after) {
  int pipe_ends[2];
  if (pipe(pipe_ends) != 0) return 0;
  const pid_t child = fork();
  if (child == 0) write_and_acknowledge(file, first, pipe_ends[1]);
  ::close(pipe_ends[1]);
  std::uint64_t last = 0;
  // It has begun to write before the clock of its end runs.
  if (::read(pipe_ends[0], &last, sizeof last) != sizeof last) last = 0;
  std::thread killer{[&] {
    std::this_thread::sleep_for(after);
    ::kill(child, SIGKILL);
  }};
  std::uint64_t next = 0;
  while (::read(pipe_ends[0], &next, sizeof next) == sizeof next) last = next;
  killer.join();
  int status = 0;
  waitpid(child, &status, 0);
  ::close(pipe_ends[0]);
  EXPECT_TRUE(WIFSIGNALED(status)) << status;
  return last;
}

TEST(sudden_end_acceptance_test, kill_9_while_it_writes_loses_nothing_that_was_acknowledged) {
  const auto folder =
      std::filesystem::temp_directory_path() / ("livesearch_kill_" + std::to_string(getpid()));
  const auto file = folder / "lanes.sqlite";
  std::mt19937 random{11};
  std::uint64_t last = 0;

  for (int round = 0; round < 12; ++round) {
    const std::uint64_t before = last;
    last = last_before_kill(file, before + 1, std::chrono::milliseconds{1 + random() % 60});
    ASSERT_GT(last, before);

    auto memory = sqlite_memory::open(file);
    ASSERT_TRUE(memory) << memory.error().message;
    EXPECT_GE((*memory)->recall("wiki")->spent, last);
    for (std::uint64_t number = 1; number <= last; ++number) {
      std::promise<std::optional<kept_answer>> told;
      (*memory)->find("wiki", std::to_string(number), noon,
                      [&](auto found) { told.set_value(std::move(found)); });
      const auto found = told.get_future().get();
      ASSERT_TRUE(found) << number << " of " << last;
      EXPECT_EQ(found->hits.at(0).title, std::to_string(number));
    }
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace livesearch
