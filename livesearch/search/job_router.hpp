#pragma once

#include <deque>
#include <genstage/genstage.hpp>
#include <optional>

#include "livesearch/fetch/controlled_delay.hpp"
#include "livesearch/fetch/job.hpp"
#include "livesearch/fetch/token_bucket.hpp"
#include "livesearch/site/catalog.hpp"

namespace livesearch {

/// The producer of a lane: routes one site's jobs to its fetchers.
///
/// Its demand is twofold: the fetchers ask as they have hands free, and the clock lets through as
/// many requests a second as the site's rate. A job goes when both agree. Jobs wait in a bounded
/// queue; one that comes to a full queue is answered `busy`, one whose turn would come after its
/// deadline `rate_limited`, both at once. When more comes than the fetchers can take for long, the
/// newest job goes first and the rest is answered `busy` after a short wait; see
/// `controlled_delay`.
class job_router final : public genstage::producer<search_job> {
 public:
  static constexpr std::size_t queue_capacity = 256;

  struct submit {
    search_job job;
  };
  struct look_again {};
  /// How the lane is doing at this moment.
  struct report {};
  struct lane_state {
    std::size_t waiting = 0;            ///< jobs in the queue, at most `queue_capacity`
    genstage::duration oldest_wait{0};  ///< of these
    std::size_t running = 0;            ///< jobs in the fetchers' hands
  };

  explicit job_router(site_ptr site);

  void handle_demand(genstage::demand asked, genstage::output<search_job>& out) override;
  void handle_cast(submit submitted, genstage::output<search_job>& out);
  void handle_cast(look_again, genstage::output<search_job>& out);
  [[nodiscard]] lane_state handle_call(report);

 private:
  struct waiting_job {
    search_job job;
    genstage::instant arrived;
  };

  struct look {
    genstage::timer_id timer;
    genstage::instant when;
  };

  void release(genstage::output<search_job>& out);
  void turn_away_the_late();
  [[nodiscard]] waiting_job take_next();
  [[nodiscard]] bool is_saturated() const noexcept {
    return hands_free_.is_zero() && !queue_.empty();
  }
  void look_again_at(genstage::instant when);

  site_ptr site_;
  token_bucket rate_;
  controlled_delay delay_;
  genstage::demand hands_free_{};
  std::deque<waiting_job> queue_;  ///< in the order of arrival
  std::optional<look> next_look_;
};

}  // namespace livesearch
