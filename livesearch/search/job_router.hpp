#pragma once

#include <genstage/genstage.hpp>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "livesearch/fetch/controlled_delay.hpp"
#include "livesearch/fetch/fair_queue.hpp"
#include "livesearch/fetch/fetch_order.hpp"
#include "livesearch/fetch/job.hpp"
#include "livesearch/fetch/lane_services.hpp"
#include "livesearch/fetch/request_pace.hpp"
#include "livesearch/fetch/retry_budget.hpp"
#include "livesearch/fetch/service_time.hpp"
#include "livesearch/fetch/site_health.hpp"
#include "livesearch/search/flight.hpp"
#include "livesearch/site/catalog.hpp"

namespace livesearch {

/// The producer of a lane: routes one site's jobs to its fetchers.
///
/// Its demand is twofold: the fetchers ask as they have hands free, and the clock lets through as
/// many requests as the site's rate, day and distance allow. A request goes when both agree. What
/// waits does so in a bounded queue that is fair between searchers. A job that cannot be served is
/// answered at once: `busy`, `rate_limited` or `skipped`, with the time after which it may be worth
/// another try. When more comes than the fetchers can take for long, the newest job goes first and
/// the rest is answered `busy` after a short wait; see `controlled_delay`.
///
/// Jobs that ask the same share one flight; what decides about retries, the breaker and suspicion
/// are values of the folder fetch, which this process only carries out.
class job_router final : public genstage::producer<fetch_order> {
 public:
  /// What the breaker's probe asks for; no searcher's words are used for it.
  static constexpr std::string_view probe_query = "test";

  struct submit {
    search_job job;
  };
  struct looked_up {
    std::uint64_t flight;
    std::optional<kept_answer> found;
  };
  struct passenger_left {
    std::uint64_t flight;
    std::uint64_t passenger;
  };
  struct fetched {
    std::uint64_t flight;
    fetch_report report;
  };
  struct look_again {};
  /// How the lane is doing at this moment.
  struct report {};

  job_router(site_ptr site, lane_services services);

  void init();
  void handle_demand(genstage::demand asked, genstage::output<fetch_order>& out) override;
  void handle_cast(submit submitted, genstage::output<fetch_order>& out);
  void handle_cast(looked_up told, genstage::output<fetch_order>& out);
  void handle_cast(passenger_left told, genstage::output<fetch_order>& out);
  void handle_cast(fetched told, genstage::output<fetch_order>& out);
  void handle_cast(look_again, genstage::output<fetch_order>& out);
  [[nodiscard]] lane_state handle_call(report) {
    look_at_clock();
    return state();
  }
  void terminate(const genstage::exit_reason& reason) override;

 private:
  struct waiting {
    std::uint64_t flight;
    genstage::instant arrived;
  };
  struct look {
    genstage::timer_id timer;
    genstage::instant when;
  };
  using flights = std::unordered_map<std::uint64_t, flight>;

  /// When the callback began that runs: what one does happens at one time.
  [[nodiscard]] genstage::instant now() const noexcept { return present_; }
  void look_at_clock() { present_ = producer::now(); }
  [[nodiscard]] const site_limits& limits() const noexcept { return site_->definition.limits; }
  [[nodiscard]] std::size_t unserved() const noexcept { return queue_.size() + resting_.size(); }
  [[nodiscard]] bool is_saturated() const noexcept {
    return hands_free_.is_zero() && !queue_.empty();
  }

  // A flight's life.
  [[nodiscard]] std::optional<std::uint64_t> flight_to_join(const search_job& job) const;
  void board(std::uint64_t id, flight& boarded, search_job job);
  void look_into_cache(std::uint64_t id);
  void admit(std::uint64_t id);
  [[nodiscard]] std::optional<site_answer> no_turn_for(const flight& asked) const;
  [[nodiscard]] site_answer no_turn_before(genstage::instant turn) const;
  [[nodiscard]] site_answer busy(std::string message) const;
  void send_on(std::uint64_t id, flight& sent, detour onward);
  void conclude(std::uint64_t id, flight& landed, fetch_report& told);
  [[nodiscard]] bool tries_again(std::uint64_t id, flight& failed, const fetch_report& told);
  void finish(std::uint64_t id, site_answer answer);
  void close_to_others(std::uint64_t id, const flight& closed);
  void remove(std::uint64_t id);
  void learn(const site_query& query, site_answer& answer);

  // What the lane does after each event.
  void go_on(genstage::output<fetch_order>& out);
  void probe_if_due();
  void turn_away_the_late();
  void turn_away_all(const site_answer& answer);
  [[nodiscard]] std::optional<std::uint64_t> take_next();
  void send(std::uint64_t id, genstage::output<fetch_order>& out);
  void plan_next_look();
  [[nodiscard]] lane_state state() const;

  void recall();
  void note();

  genstage::instant present_{};
  site_ptr site_;
  lane_services services_;
  lane_gauge* gauge_;
  request_pace pace_;
  controlled_delay delay_;
  site_health health_;
  retry_budget retries_;
  service_time usual_;
  genstage::demand hands_free_{};
  std::size_t running_ = 0;

  std::uint64_t last_id_ = 0;
  flights flights_;
  std::map<site_query, std::uint64_t> by_query_;  ///< those that may be joined
  fair_queue<waiting> queue_;
  std::multimap<genstage::instant, std::uint64_t> resting_;  ///< by when they may go on
  std::optional<std::uint64_t> probe_;
  std::optional<look> next_look_;
  std::optional<lane_condition> noted_;
  genstage::instant statistics_at_{};  ///< when they are noted again if nothing else changes
};

}  // namespace livesearch
