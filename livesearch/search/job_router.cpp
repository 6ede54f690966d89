#include "livesearch/search/job_router.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace livesearch {

job_router::job_router(site_ptr site)
    : site_{std::move(site)},
      rate_{site_->definition.limits.rate.count},
      delay_{site_->definition.limits.time} {}

void job_router::handle_demand(genstage::demand asked, genstage::output<search_job>& out) {
  hands_free_ += asked;
  release(out);
}

void job_router::handle_cast(submit submitted, genstage::output<search_job>& out) {
  search_job& job = submitted.job;
  std::erase_if(queue_, [](const waiting_job& each) { return each.job.wanted.stop_requested(); });
  delay_.observe(is_saturated(), now());
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
    job.duty.answer({site_outcome::rate_limited,
                     fmt::format("At most {:g} requests a second are sent to this site; the next "
                                 "free turn is in {:.1f} s.",
                                 site_->definition.limits.rate.count, wait),
                     {}});
    return;
  }
  queue_.push_back({std::move(job), now()});
  release(out);
}

void job_router::handle_cast(look_again, genstage::output<search_job>& out) {
  next_look_.reset();
  release(out);
}

job_router::lane_state job_router::handle_call(report) {
  const auto hands = static_cast<std::uint64_t>(site_->definition.limits.concurrency);
  return {.waiting = queue_.size(),
          .oldest_wait = queue_.empty() ? genstage::duration{0} : now() - queue_.front().arrived,
          .running = hands - std::min(hands, hands_free_.count())};
}

void job_router::release(genstage::output<search_job>& out) {
  turn_away_the_late();
  while (!hands_free_.is_zero() && !queue_.empty()) {
    const genstage::instant turn = rate_.next(now());
    if (turn > now()) {
      look_again_at(turn);
      break;
    }
    rate_.take(now());
    hands_free_ -= genstage::demand{1};
    out.emit(take_next().job);
  }
  delay_.observe(is_saturated(), now());
  if (is_saturated()) look_again_at(delay_.turned_away_at(queue_.front().arrived));
}

/// Answers those whose turn did not come in time, and in an overload those that waited for long.
void job_router::turn_away_the_late() {
  std::erase_if(queue_, [](waiting_job& each) {
    if (!each.job.wanted.stop_requested() && each.job.deadline > now()) return false;
    each.job.duty.answer({site_outcome::timed_out, "Its turn did not come in time.", {}});
    return true;
  });
  while (!queue_.empty() && delay_.is_overloaded(now()) &&
         delay_.turned_away_at(queue_.front().arrived) <= now()) {
    queue_.front().job.duty.answer(
        {site_outcome::busy, "More searches come than this site can take; try again shortly.", {}});
    queue_.pop_front();
  }
}

job_router::waiting_job job_router::take_next() {
  const bool newest_first = delay_.is_overloaded(now());
  waiting_job next = std::move(newest_first ? queue_.back() : queue_.front());
  newest_first ? queue_.pop_back() : queue_.pop_front();
  return next;
}

void job_router::look_again_at(genstage::instant when) {
  if (next_look_ && next_look_->when <= when) return;
  if (next_look_) home().scheduler().disarm(next_look_->timer);
  const genstage::ref<job_router> here{self()};
  next_look_ = {genstage::cast_after(when - now(), here, look_again{}), when};
}

}  // namespace livesearch
