#pragma once

#include <atomic>
#include <chrono>
#include <genstage/core/error.hpp>
#include <genstage/http/curl_client.hpp>
#include <genstage/io/reactor.hpp>
#include <optional>
#include <string>

#include "bench/old_architecture/job_queue.hpp"
#include "livesearch/fetch/outcome.hpp"
#include "livesearch/site/catalog.hpp"

namespace old_architecture {

/// When a job is done again, and when it is not done at all.
struct job_rules {
  unsigned attempts = 3;
  std::chrono::milliseconds expire{5'000};  ///< since it was enqueued for the first time
};

/// What one attempt came to.
struct attempt_outcome {
  enum class verdict : std::uint8_t { final, may_be_retried };

  livesearch::site_answer answer{};
  verdict is = verdict::final;
};

/// How long to wait after a failed attempt, the first being 1; nothing if it was the last.
[[nodiscard]] std::optional<std::chrono::milliseconds> back_off(unsigned attempt,
                                                                const job_rules& rules);

/// Takes one job after the other and fetches it, with one connection to Redis and one HTTP client.
/// It starts a thread, so it is made after the fork.
///
/// Lifetime: the sites outlive the worker.
class worker {
 public:
  worker(int number, std::uint16_t redis_port, const livesearch::site_catalog& sites,
         job_rules rules);

  /// Works until it is asked to stop, which it looks for between two jobs.
  void run(const std::atomic<bool>& stopping);

 private:
  /// Makes itself known and works until the stop or a failure of Redis.
  genstage::result<void> serve(const std::atomic<bool>& stopping);
  genstage::result<void> work_on(const job& taken);
  attempt_outcome fetch(const job& taken);

  int number_;
  const livesearch::site_catalog& sites_;
  job_rules rules_;
  redis store_;
  job_queue jobs_{store_};
  genstage::reactor reactor_{"io"};
  genstage::http::address_guard guard_;
  genstage::http::curl_client client_;
};

}  // namespace old_architecture
