#include "livesearch/search/job_router.hpp"

#include <fmt/format.h>

#include <utility>

namespace livesearch {

job_router::job_router(site_ptr site)
    : site_{std::move(site)}, rate_{site_->definition.limits.rate.count} {}

void job_router::handle_demand(genstage::demand asked, genstage::output<search_job>& out) {
  hands_free_ += asked;
  release(out);
}

void job_router::handle_cast(submit submitted, genstage::output<search_job>& out) {
  search_job& job = submitted.job;
  std::erase_if(queue_, [](const search_job& each) { return each.wanted.stop_requested(); });
  if (queue_.size() >= queue_capacity) {
    job.duty.answer(
        {site_outcome::busy,
         fmt::format("{} searches already wait for this site; try again shortly.", queue_.size()),
         {}});
    return;
  }
  const genstage::instant turn = rate_.after(queue_.size() + 1, now());
  if (turn >= job.deadline) {
    const auto wait = std::chrono::duration<double>(turn - now()).count();
    job.duty.answer({site_outcome::over_rate,
                     fmt::format("At most {:g} requests a second are sent to this site; the next "
                                 "free turn is in {:.1f} s.",
                                 site_->definition.limits.rate.count, wait),
                     {}});
    return;
  }
  queue_.push_back(std::move(job));
  release(out);
}

void job_router::handle_cast(rate_allows, genstage::output<search_job>& out) {
  waits_for_rate_ = false;
  release(out);
}

void job_router::release(genstage::output<search_job>& out) {
  while (!hands_free_.is_zero() && !queue_.empty()) {
    search_job& first = queue_.front();
    if (first.wanted.stop_requested() || first.deadline <= now()) {
      first.duty.answer({site_outcome::timed_out, "Its turn did not come in time.", {}});
      queue_.pop_front();
      continue;
    }
    const genstage::instant turn = rate_.next(now());
    if (turn > now()) {
      if (!std::exchange(waits_for_rate_, true)) {
        genstage::cast_after(turn - now(), genstage::ref<job_router>{self()}, rate_allows{});
      }
      return;
    }
    rate_.take(now());
    hands_free_ -= genstage::demand{1};
    out.emit(std::move(first));
    queue_.pop_front();
  }
}

}  // namespace livesearch
