#pragma once

#include <genstage/core/error.hpp>
#include <memory>
#include <string_view>
#include <vector>

#include "livesearch/site/definition.hpp"
#include "livesearch/site/hit.hpp"

namespace livesearch {

/// What a site answered, as far as reading it needs to know.
struct answer_body {
  std::string_view body{};
  std::string_view content_type{};  ///< the header's value; empty if there was none
  std::string_view final_url{};     ///< after redirects; relative URLs are resolved against it
};

/// Reads a site's answers, with its selectors and paths checked and translated once.
///
/// Hits come in the answer's order, at most `limits.results`. Those without a title or without an
/// http or https URL are left out. Titles have at most 300 characters, snippets 1000.
///
/// Threads: constant once made; any number of threads may read answers at the same time, and
/// copies share what was prepared.
class extractor {
 public:
  /// Failure: `invalid_argument` for a rule that is wrong, which a loaded definition never has.
  [[nodiscard]] static genstage::result<extractor> make(const site_definition& site);

  /// Failure: `bad_answer` for a content type that the format does not allow, a body that cannot
  /// be parsed, and results of which none can be used.
  /// Cost: HTML needs memory of about ten times the body while it is read. Bounded in time: no
  /// entity is expanded, nothing is fetched, and XPath evaluation has a budget of steps.
  [[nodiscard]] genstage::result<std::vector<hit>> extract(const answer_body& answer) const;

 private:
  struct plan;

  explicit extractor(std::shared_ptr<const plan> made) : plan_{std::move(made)} {}

  std::shared_ptr<const plan> plan_;
};

/// As `extractor`, for one answer.
[[nodiscard]] genstage::result<std::vector<hit>> extract(const site_definition& site,
                                                         const answer_body& answer);

}  // namespace livesearch
