#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <genstage/core/instant.hpp>
#include <memory>
#include <optional>
#include <stop_token>
#include <utility>
#include <vector>

#include "livesearch/fetch/job.hpp"

namespace livesearch {

/// A search that waits for a flight. It stays where it is in memory, because its notice refers to
/// it.
struct flight_passenger {
  using leave_notice = std::stop_callback<std::function<void()>>;

  std::uint64_t id;
  search_job job;
  bool has_joined;  ///< another search had begun the flight
  std::optional<leave_notice> leaves{};
};

/// One question to one site, for one search or for several that ask the same, from its arrival in
/// the lane to the answer.
struct flight {
  enum class phase : std::uint8_t {
    looking,  ///< in the cache
    waiting,  ///< in the queue
    resting,  ///< until another attempt
    running,  ///< in a fetcher's hands
  };

  site_query query{};
  genstage::instant arrived{};
  genstage::instant deadline{};  ///< the last one of its passengers, or the probe's
  phase is = phase::waiting;
  bool is_probe = false;  ///< asked by the breaker, for nobody
  std::uint32_t attempts = 0;
  std::optional<detour> onward{};  ///< where the attempt has been sent on to
  genstage::instant begun{};       ///< the attempt that is running
  std::stop_source wanted{};
  std::vector<std::unique_ptr<flight_passenger>> passengers{};

  [[nodiscard]] bool is_wanted() const noexcept { return is_probe || !passengers.empty(); }

  /// Of the first of those that wait for it.
  [[nodiscard]] std::optional<genstage::trace_context> trace() const {
    return passengers.empty() ? std::nullopt : passengers.front()->job.trace;
  }

  /// Takes the passenger off; nothing if it has left before.
  std::unique_ptr<flight_passenger> let_off(std::uint64_t id) {
    const auto found =
        std::ranges::find_if(passengers, [id](const auto& each) { return each->id == id; });
    if (found == passengers.end()) return nullptr;
    std::unique_ptr<flight_passenger> left = std::move(*found);
    passengers.erase(found);
    return left;
  }

  /// Gives the answer to all who wait for it.
  void land(site_answer answer) {
    const auto all = std::exchange(passengers, {});
    for (const auto& each : all) {
      each->leaves.reset();
      site_answer told = each == all.back() ? std::move(answer) : answer;
      told.is_shared = each->has_joined;
      each->job.answer.tell(std::move(told));
    }
  }
};

}  // namespace livesearch
