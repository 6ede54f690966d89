#pragma once

#include <genstage/core/error.hpp>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "livesearch/site/definition.hpp"
#include "livesearch/site/extraction.hpp"
#include "livesearch/site/request.hpp"

namespace livesearch {

/// A site that can be asked: its definition, and what was made of it once, to ask and to read.
struct searchable_site {
  /// Failure: invalid_argument for a definition whose rules are wrong.
  [[nodiscard]] static genstage::result<searchable_site> make(site_definition site);

  site_definition definition;
  request_form request;
  extractor reader;
};

using site_ptr = std::shared_ptr<const searchable_site>;

/// The sites of this program, in a fixed order.
///
/// Threads: constant once made.
class site_catalog {
 public:
  /// Definitions that are not enabled are listed and not asked.
  /// Failure: invalid_argument for a definition whose rules are wrong.
  [[nodiscard]] static genstage::result<site_catalog> make(std::vector<site_definition> sites);

  [[nodiscard]] std::span<const site_ptr> all() const noexcept { return sites_; }
  [[nodiscard]] site_ptr find(std::string_view id) const noexcept;

  /// The enabled sites, or those named. Failure: not_found for an unknown one, refused for one
  /// that is not enabled, in words for the searcher.
  [[nodiscard]] genstage::result<std::vector<site_ptr>> select(
      std::span<const std::string> ids) const;

 private:
  std::vector<site_ptr> sites_;
};

}  // namespace livesearch
