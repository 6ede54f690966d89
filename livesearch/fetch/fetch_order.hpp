#pragma once

#include <cstdint>
#include <genstage/core/instant.hpp>
#include <genstage/telemetry/trace_context.hpp>
#include <optional>
#include <stop_token>

#include "livesearch/fetch/detour.hpp"
#include "livesearch/fetch/duty.hpp"
#include "livesearch/fetch/outcome.hpp"
#include "livesearch/site/site_query.hpp"

namespace livesearch {

/// What a request to a site came to.
struct fetch_report {
  /// Whether another attempt may do better.
  enum class kind : std::uint8_t { final_word, may_pass };

  site_answer answer{};
  kind is = kind::final_word;
  genstage::duration taken{0};
  /// The site sends the request on: there is no answer yet.
  std::optional<detour> onward{};

  [[nodiscard]] static fetch_report dropped() { return {.answer = site_answer::dropped()}; }
};

/// One request that a lane has decided on.
struct fetch_order {
  site_query query;
  /// Aborted after this.
  genstage::instant deadline;
  /// Stopped when nobody waits for the answer any more.
  std::stop_token wanted;
  duty<fetch_report> report;
  /// 2 and more for another attempt, which does not use the connection of the one before.
  std::uint32_t attempt = 1;
  /// Where the request has been sent on to.
  std::optional<detour> onward{};
  /// The trace of the search that it is made for; of several, the first.
  std::optional<genstage::trace_context> trace{};
};

}  // namespace livesearch
