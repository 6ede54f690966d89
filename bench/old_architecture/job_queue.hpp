#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <genstage/core/error.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bench/old_architecture/job.hpp"
#include "bench/old_architecture/redis.hpp"

namespace old_architecture {

/// How much there is to do.
struct queue_state {
  std::size_t waiting = 0;
  std::chrono::milliseconds oldest{0};  ///< age of the job whose turn is next; 0 if none waits
  std::size_t running = 0;
  std::size_t retrying = 0;
};

/// What a searcher who polls gets.
struct search_progress {
  std::size_t expected = 0;            ///< how many answers there will be in the end
  std::size_t there = 0;               ///< how many there are
  std::vector<std::string> answers{};  ///< those not seen yet, as they were given to `finish`
};

/// The jobs and the answers in Redis. The queue has no bound, as usual in such systems.
///
/// A job is always in one place: the list `queue` (left end last), the list `processing:<worker>`
/// of the worker that took it, or the sorted set `retry` by the time when it is due. It moves
/// between these in one step, so that no program that is killed can lose it.
///
/// Lifetime: the connection outlives the queue. Threads: one at a time.
/// Failure: as `redis::run`, of every operation.
class job_queue {
 public:
  explicit job_queue(redis& store) noexcept : store_{store} {}

  /// Makes a search's id and pushes a job for each site.
  [[nodiscard]] genstage::result<std::string> begin_search(const std::string& query,
                                                           std::span<const std::string> sites,
                                                           wall_time now);
  /// Puts jobs at the queue's end, the first first.
  [[nodiscard]] genstage::result<void> push(std::span<const job> jobs);

  /// The answers of a search but the first `after`; nothing for an unknown or forgotten search.
  [[nodiscard]] genstage::result<std::optional<search_progress>> answers(const std::string& search,
                                                                         std::size_t after);

  /// Waits for a job and keeps it safe for this worker, which ends it with `finish` or
  /// `retry` before it takes another. Nothing if none came in time.
  /// Failure: `bad_answer` for something in the queue that is no job; it is dropped.
  [[nodiscard]] genstage::result<std::optional<job>> take(int worker,
                                                          std::chrono::milliseconds wait);
  /// Ends the worker's job with an answer for the searcher.
  [[nodiscard]] genstage::result<void> finish(int worker, const job& taken,
                                              const std::string& answer);
  /// Ends the worker's job for now; its next attempt is due at `due`.
  [[nodiscard]] genstage::result<void> retry(int worker, const job& taken, wall_time due);

  /// Puts what a worker had taken back to the head of the queue, whose turn it is next.
  [[nodiscard]] genstage::result<void> requeue(int worker);
  /// Moves the retries that are due to the queue's end.
  [[nodiscard]] genstage::result<std::size_t> move_due(wall_time now);

  /// Makes a worker known, so that its job is counted and can be requeued by a later master.
  [[nodiscard]] genstage::result<void> enlist(int worker);
  [[nodiscard]] genstage::result<void> dismiss(int worker);
  [[nodiscard]] genstage::result<std::vector<int>> enlisted();

  [[nodiscard]] genstage::result<queue_state> state(wall_time now);

 private:
  genstage::result<void> drop(int worker, const std::string& taken);

  redis& store_;
};

}  // namespace old_architecture
