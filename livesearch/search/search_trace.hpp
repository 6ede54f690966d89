#pragma once

#include <cstddef>
#include <genstage/process/scoped_span.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "livesearch/fetch/outcome.hpp"
#include "livesearch/search/listener.hpp"

namespace livesearch {

/// A search as spans of a distributed trace, if somebody is attached to them: one for the search,
/// and beneath it one for each site that is asked. What is searched for is in none of them.
///
/// Whoever sampled the trace decides: spans are made for the searchers who want theirs to be, and
/// for those who have none.
/// Lifetime: the runtime outlives it. What is open when it goes is told then.
class search_trace {
 public:
  /// Under the searcher's own span, if it told one.
  search_trace(genstage::runtime& home, std::optional<genstage::trace_context> searcher,
               std::size_t sites);

  /// A site is asked from now on. Returns what the request belongs to: the site's span, or if none
  /// are made the searcher's.
  [[nodiscard]] std::optional<genstage::trace_context> ask(std::size_t site, const std::string& id);
  /// A site's part is over. One that was not asked has no span.
  void settle(std::size_t site, const site_answer& answer);
  void end(const search_summary& summary);
  /// The searcher has left.
  void leave();

 private:
  genstage::runtime& home_;
  std::optional<genstage::trace_context> searcher_;
  std::optional<genstage::scoped_span> search_;                ///< None if no spans are made.
  std::vector<std::unique_ptr<genstage::scoped_span>> sites_;  ///< Those that are open.
};

}  // namespace livesearch
