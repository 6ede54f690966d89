#pragma once

#include <genstage/genstage.hpp>
#include <genstage/http/client.hpp>
#include <span>

#include "livesearch/fetch/job.hpp"
#include "livesearch/site/catalog.hpp"

namespace livesearch {

/// A consumer of a lane: processes one job at a time. It asks the site, reads the answer and
/// answers the search. As many of these as the site's concurrency make a lane.
class site_fetcher final : public genstage::async_consumer<search_job> {
 public:
  /// Lifetime: the client outlives the fetcher.
  site_fetcher(site_ptr site, genstage::http::http_client* client) noexcept
      : site_{std::move(site)}, client_{client} {}

  genstage::task<> handle_events(std::span<search_job> jobs) override;

 private:
  genstage::task<site_answer> ask(const search_job& job) const;

  site_ptr site_;
  genstage::http::http_client* client_;
};

/// What a site's answer means for a search. A pure function.
[[nodiscard]] site_answer read_answer(const searchable_site& site,
                                      const genstage::http::http_response& response);
/// What a failed request means for a search.
[[nodiscard]] site_answer read_failure(const searchable_site& site, const genstage::error& failure);

}  // namespace livesearch
