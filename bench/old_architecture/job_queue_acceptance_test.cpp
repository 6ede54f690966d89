#include "bench/old_architecture/job_queue.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "bench/old_architecture/worker.hpp"

// Against a Redis server that each test starts for itself on a free port.
namespace old_architecture {
namespace {

using namespace std::chrono_literals;

std::uint16_t free_port() {
  const int probe = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  EXPECT_EQ(bind(probe, any, size), 0);
  EXPECT_EQ(getsockname(probe, any, &size), 0);
  close(probe);
  return ntohs(address.sin_port);
}

class own_redis {
 public:
  own_redis() {
    folder_ = std::filesystem::temp_directory_path() / fmt::format("old_architecture_{}", port);
    std::filesystem::create_directories(folder_);
    start();
  }
  ~own_redis() {
    stop();
    std::filesystem::remove_all(folder_);
  }

  void start() {
    const std::string number = fmt::format("{}", port);
    pid_ = fork();
    if (pid_ == 0) {
      execlp("redis-server", "redis-server", "--port", number.c_str(), "--bind", "127.0.0.1",
             "--save", "", "--appendonly", "yes", "--appendfsync", "always", "--dir",
             folder_.c_str(), "--logfile", "redis.log", nullptr);
      _exit(127);
    }
    redis probe{port};
    for (int tries = 0; tries < 1000 && !probe.run({"PING"}); ++tries) {
      std::this_thread::sleep_for(10ms);
    }
  }
  void stop() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }

  const std::uint16_t port = free_port();

 private:
  std::filesystem::path folder_;
  pid_t pid_ = 0;
};

class job_queue_acceptance_test : public ::testing::Test {
 protected:
  static constexpr wall_time start{1'000'000ms};

  static job a_job(std::string site, wall_time enqueued = start) {
    return {.search = "1", .site = std::move(site), .query = "stage", .enqueued = enqueued};
  }
  void push(std::vector<job> what) { ASSERT_TRUE(jobs.push(what)); }
  /// The next job for a worker, or one without a site.
  job take(int worker = 0) {
    auto taken = jobs.take(worker, 10ms);
    return taken ? taken->value_or(job{}) : job{};
  }

  own_redis server;
  redis store{server.port};
  job_queue jobs{store};
};

TEST_F(job_queue_acceptance_test, jobs_come_in_the_order_in_which_they_were_pushed) {
  push({a_job("handbook"), a_job("tracker")});
  push({a_job("journal")});

  EXPECT_EQ(take(0), a_job("handbook"));
  EXPECT_EQ(take(1), a_job("tracker"));
  EXPECT_EQ(take(2), a_job("journal"));
  EXPECT_EQ(take(3), job{});
}

TEST_F(job_queue_acceptance_test, a_job_of_a_worker_that_died_is_the_next_to_be_taken) {
  push({a_job("handbook"), a_job("tracker")});
  const job lost = take(0);

  ASSERT_TRUE(jobs.requeue(0));

  EXPECT_EQ(take(1), lost);
  EXPECT_EQ(take(1), a_job("tracker"));
}

TEST_F(job_queue_acceptance_test, a_finished_job_is_not_taken_again_and_has_its_answer) {
  const std::vector<std::string> sites{"handbook", "tracker"};
  const std::string search = *jobs.begin_search("stage", sites, start);
  const job taken = take();
  ASSERT_TRUE(jobs.finish(0, taken, R"({"id":"handbook"})"));
  ASSERT_TRUE(jobs.requeue(0));

  const auto progress = *jobs.answers(search, 0);

  EXPECT_EQ(progress->answers, std::vector<std::string>{R"({"id":"handbook"})"});
  EXPECT_EQ(progress->there, 1U);
  EXPECT_EQ(progress->expected, 2U);
  EXPECT_TRUE(jobs.answers(search, 1)->value().answers.empty());
  EXPECT_EQ(take().site, "tracker");
  EXPECT_EQ(take(), job{});
}

TEST_F(job_queue_acceptance_test, a_worker_that_was_taken_for_dead_gives_no_second_answer) {
  const std::vector<std::string> sites{"handbook"};
  const std::string search = *jobs.begin_search("stage", sites, start);
  const job taken = take(0);
  ASSERT_TRUE(jobs.requeue(0));
  ASSERT_EQ(take(1), taken);
  ASSERT_TRUE(jobs.finish(1, taken, "first"));

  ASSERT_TRUE(jobs.finish(0, taken, "second"));

  EXPECT_EQ((*jobs.answers(search, 0))->answers, std::vector<std::string>{"first"});
}

TEST_F(job_queue_acceptance_test, a_retry_comes_back_when_it_is_due_and_counts_its_attempt) {
  push({a_job("journal")});
  ASSERT_TRUE(jobs.retry(0, take(0), start + 500ms));

  EXPECT_EQ(jobs.move_due(start + 499ms).value(), 0U);
  EXPECT_EQ(take(), job{});
  EXPECT_EQ(jobs.move_due(start + 500ms).value(), 1U);

  job expected = a_job("journal");
  expected.attempt = 2;
  EXPECT_EQ(take(), expected);
}

TEST_F(job_queue_acceptance_test, the_state_counts_what_waits_runs_and_is_retried) {
  ASSERT_TRUE(jobs.enlist(0));
  ASSERT_TRUE(jobs.enlist(1));
  push({a_job("a"), a_job("b"), a_job("c", start + 10ms), a_job("d", start + 20ms)});
  ASSERT_TRUE(jobs.retry(0, take(0), start + 500ms));
  (void)take(1);

  const queue_state state = *jobs.state(start + 50ms);

  EXPECT_EQ(state.waiting, 2U);
  EXPECT_EQ(state.oldest, 40ms);
  EXPECT_EQ(state.running, 1U);
  EXPECT_EQ(state.retrying, 1U);
}

TEST_F(job_queue_acceptance_test, something_else_in_the_queue_is_named_and_dropped) {
  ASSERT_TRUE(store.run({"LPUSH", "queue", "hello"}));

  const auto taken = jobs.take(0, 10ms);

  ASSERT_FALSE(taken);
  EXPECT_TRUE(taken.error().message.starts_with("job: \"hello\" is no job ("))
      << taken.error().message;
  EXPECT_EQ(take(), job{});
}

TEST_F(job_queue_acceptance_test, an_unknown_search_has_no_progress) {
  EXPECT_EQ(jobs.answers("4711", 0)->has_value(), false);
}

TEST_F(job_queue_acceptance_test, a_lost_redis_is_told_and_jobs_outlive_it) {
  push({a_job("handbook")});
  server.stop();

  const auto failed = jobs.state(start);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, genstage::errc::unavailable);
  EXPECT_EQ(jobs.state(start).error().message,
            fmt::format("redis: no connection to 127.0.0.1:{} (Connection refused), a running "
                        "server is needed; gave up",
                        server.port));

  server.start();
  EXPECT_EQ(take(), a_job("handbook"));
}

TEST_F(job_queue_acceptance_test, a_command_that_redis_refuses_does_not_disturb_the_next) {
  const redis_command commands[] = {{"SET", "text", "x"}, {"LLEN", "text"}, {"GET", "text"}};

  const auto refused = store.run_all(commands);

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, genstage::errc::bad_answer);
  EXPECT_EQ(store.run({"GET", "text"})->text, "x");
}

TEST(back_off_acceptance_test, attempts_are_half_a_second_and_a_second_apart_and_then_end) {
  const job_rules rules{.attempts = 3};

  EXPECT_EQ(back_off(1, rules), 500ms);
  EXPECT_EQ(back_off(2, rules), 1000ms);
  EXPECT_EQ(back_off(3, rules), std::nullopt);
}

}  // namespace
}  // namespace old_architecture
