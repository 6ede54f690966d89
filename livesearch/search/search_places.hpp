#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "livesearch/search/search_plan.hpp"

namespace livesearch {

/// The sites of a search, by the numbers that votes have for them, and the ranks of its page.
class search_places {
 public:
  search_places() = default;
  explicit search_places(const search_plan& plan);

  /// Nothing for a site that is not asked.
  [[nodiscard]] std::optional<std::size_t> number_of(const searchable_site& site) const;
  [[nodiscard]] const site_definition& site(std::size_t number) const {
    return sites_[number]->definition;
  }
  [[nodiscard]] std::vector<double> weights() const;
  /// The rank of a site's first result on the page that is asked for.
  [[nodiscard]] std::uint32_t first_rank(const site_definition& site) const;

 private:
  std::vector<site_ptr> sites_;
  std::uint32_t page_ = 1;
};

}  // namespace livesearch
