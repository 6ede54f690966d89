#pragma once

#include <cstdint>
#include <genstage/core/instant.hpp>
#include <genstage/telemetry/trace_context.hpp>
#include <optional>
#include <stop_token>
#include <string>

#include "livesearch/fetch/duty.hpp"
#include "livesearch/fetch/outcome.hpp"
#include "livesearch/site/site_query.hpp"

namespace livesearch {

/// Whether an answer that was given before will do.
enum class cache_use : std::uint8_t { allowed, bypassed };

/// One search's part for one site.
struct search_job {
  site_query query;
  /// Not fetched after this, and aborted if in flight.
  genstage::instant deadline;
  /// Stopped when nobody waits for the answer any more.
  std::stop_token wanted;
  duty<site_answer> answer;
  /// Searchers have their turns in a site's queue whatever number of jobs they have in it.
  std::string searcher{};
  cache_use cache = cache_use::allowed;
  /// Its span in the trace of the search; the site is told it if its definition allows that.
  std::optional<genstage::trace_context> trace{};
};

}  // namespace livesearch
