#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string_view>

#include "livesearch/fetch/outcome.hpp"
#include "livesearch/search/search_plan.hpp"
#include "livesearch/site/catalog.hpp"

namespace livesearch {

/// Why a search is over.
enum class search_end : std::uint8_t {
  complete,    ///< each site has ended in one outcome
  superseded,  ///< the same searcher has begun another search
  stopping,    ///< the program stops
};

[[nodiscard]] std::string_view to_string(search_end reason) noexcept;

struct search_summary {
  search_end reason = search_end::complete;
  std::chrono::nanoseconds elapsed{0};
  std::size_t results = 0;
  std::size_t sites = 0;
  std::size_t answered = 0;
  std::size_t failed = 0;
};

/// Whoever wants to know how a search goes: a stream to a browser, a terminal, a test.
///
/// Threads: called by the search's process, one call at a time; a call must not block.
/// Ordering: `started`, then `answered` once for each site, then `ended`, exactly once, unless the
/// searcher leaves first.
class search_listener {
 public:
  virtual ~search_listener() = default;
  virtual void started(const search_plan& plan) = 0;
  virtual void answered(const searchable_site& site, const site_answer& answer,
                        std::chrono::nanoseconds elapsed) = 0;
  virtual void ended(const search_summary& summary) = 0;

  /// Bytes of what it was told that its reader has not taken yet. With too many the search asks no
  /// further site: what the reader can take is a part of the demand.
  [[nodiscard]] virtual std::size_t untaken() const { return 0; }
  /// Has `notice` called, on any thread, each time that the reader has taken something after it
  /// was slow. Called once, before `started`.
  virtual void when_taken(std::function<void()> /*notice*/) {}
};

}  // namespace livesearch
