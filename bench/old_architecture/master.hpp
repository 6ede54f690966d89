#pragma once

#include <sys/types.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <string>
#include <vector>

#include "bench/old_architecture/job_queue.hpp"
#include "bench/old_architecture/worker.hpp"
#include "livesearch/site/catalog.hpp"

namespace old_architecture {

struct master_options {
  std::uint16_t redis_port = 6379;
  int count = 16;
  job_rules rules{};
};

/// The parent of the worker processes: starts them, starts another at once for one that died and
/// puts its job back, and brings retries that are due back to the queue.
///
/// Lifetime: the sites outlive the master. Threads: none but main's, since it forks, so that the
/// workers share its memory until they write to it.
class master {
 public:
  master(master_options options, const livesearch::site_catalog& sites);

  /// Works until SIGTERM or SIGINT; the program's exit status. Workers that have not finished their
  /// job four seconds later are killed, and their jobs wait in the queue for the next start.
  [[nodiscard]] int run();

 private:
  using clock = std::chrono::steady_clock;
  struct slot {
    pid_t pid = 0;  ///< 0 if there is no process now
    clock::time_point started{};
  };

  genstage::result<void> take_over();
  void fill();
  void start(std::size_t number);
  [[noreturn]] void be_worker(std::size_t number, pid_t parent);
  void reap();
  void put_back(std::size_t number);
  void move_due();
  void announce();
  void stop();
  [[nodiscard]] bool has_children() const;

  master_options options_;
  const livesearch::site_catalog& sites_;
  redis store_;
  job_queue jobs_{store_};
  std::vector<slot> slots_;
  sigset_t watched_{};
  sigset_t unblocked_{};
  enum class readiness : std::uint8_t { starting, announced } readiness_ = readiness::starting;
  enum class store_health : std::uint8_t { good, lost } health_ = store_health::good;
};

}  // namespace old_architecture
