#pragma once

#include <deque>
#include <genstage/genstage.hpp>
#include <memory>
#include <string>

#include "livesearch/search/catalog.hpp"
#include "livesearch/search/job.hpp"
#include "livesearch/search/token_bucket.hpp"

namespace livesearch {

/// The producer of a lane: routes one site's jobs to its fetchers.
///
/// Its demand is twofold: the fetchers ask as they have hands free, and the clock lets through as
/// many requests a second as the site's rate. A job goes when both agree. Jobs wait in a bounded
/// queue; one that comes to a full queue is answered `busy`, one whose turn would come after its
/// deadline `over_rate`, both at once.
class job_router final : public genstage::producer<search_job> {
 public:
  static constexpr std::size_t queue_capacity = 256;

  struct submit {
    search_job job;
  };
  struct rate_allows {};

  explicit job_router(site_ptr site);

  void handle_demand(genstage::demand asked, genstage::output<search_job>& out) override;
  void handle_cast(submit submitted, genstage::output<search_job>& out);
  void handle_cast(rate_allows, genstage::output<search_job>& out);

 private:
  void release(genstage::output<search_job>& out);

  site_ptr site_;
  token_bucket rate_;
  genstage::demand hands_free_{};
  std::deque<search_job> queue_;
  bool waits_for_rate_ = false;
};

}  // namespace livesearch
