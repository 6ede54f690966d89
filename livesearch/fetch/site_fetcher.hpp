#pragma once

#include <genstage/genstage.hpp>
#include <genstage/http/client.hpp>
#include <span>

#include "livesearch/fetch/calendar.hpp"
#include "livesearch/fetch/fetch_order.hpp"
#include "livesearch/site/catalog.hpp"

namespace livesearch {

/// A consumer of a lane: processes one order at a time. It asks the site, reads the answer and
/// reports. As many of these as the site's concurrency make a lane.
class site_fetcher final : public genstage::async_consumer<fetch_order> {
 public:
  /// Lifetime: the client outlives the fetcher.
  site_fetcher(site_ptr site, genstage::http::http_client* client, calendar times) noexcept
      : site_{std::move(site)}, client_{client}, times_{times} {}

  genstage::task<> handle_events(std::span<fetch_order> orders) override;

 private:
  genstage::task<fetch_report> ask(const fetch_order& order) const;
  [[nodiscard]] fetch_report read(const fetch_order& order,
                                  const genstage::http::http_response& response) const;

  [[nodiscard]] std::chrono::sys_seconds today() const;

  site_ptr site_;
  genstage::http::http_client* client_;
  calendar times_;
};

/// What a site's answer, come at this time of day, means for a search. A pure function.
[[nodiscard]] fetch_report read_answer(const searchable_site& site,
                                       const genstage::http::http_response& response,
                                       std::chrono::sys_seconds now);
/// What a failed request means for a search.
[[nodiscard]] fetch_report read_failure(const searchable_site& site,
                                        const genstage::error& failure);

}  // namespace livesearch
