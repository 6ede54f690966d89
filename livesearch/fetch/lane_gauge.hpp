#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <genstage/core/instant.hpp>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>

#include "livesearch/fetch/latency_window.hpp"
#include "livesearch/fetch/outcome.hpp"
#include "livesearch/site/catalog.hpp"

namespace livesearch {

/// How a lane is doing at one moment.
struct lane_state {
  std::size_t waiting = 0;            ///< jobs in the queue
  std::size_t resting = 0;            ///< jobs between two of their requests
  std::size_t running = 0;            ///< requests under way
  std::size_t demand = 0;             ///< fetchers that have asked and have nothing to do
  std::size_t searchers = 0;          ///< whose jobs wait
  genstage::duration oldest_wait{0};  ///< of these jobs
  bool is_full = false;               ///< one job more would be answered `busy`
  genstage::duration retry_after{0};  ///< if it is full: until it is likely to have room
  bool is_open = false;               ///< the breaker keeps searchers away
  std::uint32_t breaker_level = 0;
  bool is_limited = false;  ///< the site has asked not to be asked
};

/// What has been counted since the program began.
struct lane_counts {
  std::array<std::uint64_t, std::size(all_outcomes)> outcomes{};
  std::uint64_t requests = 0;
  std::uint64_t retries = 0;
  std::uint64_t redirects = 0;
  std::uint64_t probes = 0;
  std::uint64_t shared = 0;  ///< answers to a request that another search had begun
  std::uint64_t from_cache = 0;
  std::uint64_t not_in_cache = 0;
};

/// Where a lane shows how it is doing, and where searches count what came of it.
///
/// Threads: any.
class lane_gauge {
 public:
  void show(const lane_state& state) {
    const std::scoped_lock lock{mutex_};
    state_ = state;
  }
  [[nodiscard]] lane_state state() const {
    const std::scoped_lock lock{mutex_};
    return state_;
  }

  /// Whether the site was asked before, if perhaps by a router that has crashed.
  [[nodiscard]] bool has_run() const {
    const std::scoped_lock lock{mutex_};
    return counts_.requests > 0;
  }

  /// A site's part of a search has ended.
  void count(const site_answer& answer, genstage::duration elapsed, genstage::instant now);
  /// Something else was counted: `gauge.count(&lane_counts::retries)`.
  void count(std::uint64_t lane_counts::* which) {
    const std::scoped_lock lock{mutex_};
    ++(counts_.*which);
  }

  struct reading {
    lane_state state{};
    lane_counts counts{};
    /// Of the answers of the last minutes.
    genstage::duration p50{0};
    genstage::duration p95{0};
    genstage::duration p99{0};
    genstage::duration answer_time{0};  ///< of all answers that could be used, together

    [[nodiscard]] std::uint64_t answered() const;
  };
  [[nodiscard]] reading read(genstage::instant now);

 private:
  mutable std::mutex mutex_;  // Guards what follows.
  lane_state state_;
  lane_counts counts_;
  latency_window times_;
  genstage::duration answer_time_{0};
};

/// The gauges of all lanes. Threads: constant once made; gauges as above.
class lane_board {
 public:
  explicit lane_board(const site_catalog& sites) {
    for (const site_ptr& each : sites.all()) gauges_.try_emplace(each->definition.id);
  }
  /// Nothing for a site that is not in the catalogue.
  [[nodiscard]] lane_gauge* find(const std::string& site) noexcept {
    const auto found = gauges_.find(site);
    return found == gauges_.end() ? nullptr : &found->second;
  }
  [[nodiscard]] std::map<std::string, lane_gauge>& all() noexcept { return gauges_; }

 private:
  std::map<std::string, lane_gauge> gauges_;
};

/// How long to wait before a search of these sites has a chance, if the lanes of all are full;
/// nothing if one is not.
[[nodiscard]] std::optional<genstage::duration> all_full(lane_board& board,
                                                         std::span<const site_ptr> sites);

}  // namespace livesearch
