#include "livesearch/search/search_session.hpp"

#include <fmt/format.h>

#include <utility>

#include "livesearch/query/site_translation.hpp"
#include "livesearch/search/lane.hpp"

namespace livesearch {

namespace {

/// A hit with the longest title, URL and snippet that extraction lets through, as JSON.
constexpr std::size_t longest_hit = std::size_t{8} << 10U;

std::size_t longest_answer(const site_definition& site) noexcept {
  return site.limits.results * longest_hit;
}

}  // namespace

std::string_view to_string(search_end reason) noexcept {
  switch (reason) {
    case search_end::complete:
      return "complete";
    case search_end::superseded:
      return "superseded";
    case search_end::stopping:
      return "stopping";
  }
  return "unknown";
}

search_session::search_session(std::shared_ptr<search_wish> wish, lane_board* board)
    : wish_{std::move(wish)}, board_{board} {}

void search_session::init() {
  begun_ = now();
  const genstage::ref<search_session> here{self()};
  wish_->listener->when_taken([here] { genstage::cast(here, reader_took{}); });
  parts_ = std::vector<part>(wish_->plan.sites.size());
  summary_.sites = parts_.size();
  trace_.emplace(home(), wish_->trace, parts_.size());
  wish_->listener->started(wish_->plan);
  for (std::size_t index = 0; index < parts_.size(); ++index) {
    parts_[index].limit =
        genstage::cast_after(wish_->plan.sites[index].limit, here, limit_reached{index});
  }
  ask_what_fits();
  leaves_.emplace(wish_->searcher, [here] { genstage::cast(here, searcher_left{}); });
  if (parts_.empty()) end(search_end::complete);
}

void search_session::ask_what_fits() {
  if (summary_.reason != search_end::complete) return;  // It is being given up.
  for (; next_ < parts_.size() && !is_over_; ++next_) {
    // Of one whose limit is just passing its own notice tells, which is on its way.
    if (parts_[next_].is_over || elapsed() >= wish_->plan.sites[next_].limit) continue;
    const std::size_t held = reserved_ + wish_->listener->untaken();
    const std::size_t more = longest_answer(wish_->plan.sites[next_].site->definition);
    if (held > 0 && held + more > most_held) return;
    send_job(next_);
  }
}

void search_session::send_job(std::size_t index) {
  const planned_site& planned = wish_->plan.sites[index];
  const site_definition& site = planned.site->definition;
  const genstage::ref<search_session> here{self()};
  search_job job{planned.asked,
                 begun_ + planned.limit,
                 parts_[index].wanted.get_token(),
                 duty<site_answer>{[here, index](site_answer given) {
                   genstage::cast(here, site_answered{index, std::move(given)});
                 }},
                 wish_->name.text,
                 wish_->plan.cache,
                 trace_->ask(index, site.id)};
  parts_[index].is_asked = true;
  reserved_ += longest_answer(site);
  const std::string router = router_name(site);
  // A lane that is just being restarted has no router: the dropped job answers for it.
  (void)genstage::cast(home(), genstage::name<job_router>{router},
                       job_router::submit{std::move(job)});
}

void search_session::handle_cast(site_answered told) {
  site_answer& given = told.answer;
  const std::size_t found = given.hits.size();
  given.hits = wanted_hits(wish_->plan.query, std::move(given.hits));
  if (found > 0 && given.hits.empty()) {
    given.outcome = site_outcome::no_results;
    given.message = fmt::format("Its {} results were left out, as the query excludes them.", found);
  }
  settle(told.site, given);
}

void search_session::handle_cast(limit_reached told) {
  const auto limit = wish_->plan.sites[told.site].limit;
  if (!parts_[told.site].is_asked) {
    settle(told.site, {site_outcome::skipped,
                       "It was not asked, as the answers before it were not taken in time."});
    return;
  }
  settle(told.site,
         {site_outcome::timed_out, fmt::format("No answer within {} ms.", limit.count()), {}});
}

void search_session::handle_cast(searcher_left) {
  for (part& each : parts_) {
    each.wanted.request_stop();
    home().scheduler().disarm(each.limit);
  }
  is_over_ = true;
  trace_->leave();
  stop(genstage::exit_reason::normal());
}

void search_session::give_up(search_end reason, std::string why) {
  const site_answer given_up{site_outcome::skipped, std::move(why)};
  for (std::size_t index = 0; index < parts_.size(); ++index) {
    if (is_over_ || parts_[index].is_over) continue;
    summary_.reason = reason;
    settle(index, given_up);
  }
}

void search_session::settle(std::size_t index, const site_answer& answer) {
  part& settled = parts_[index];
  if (is_over_ || std::exchange(settled.is_over, true)) return;
  if (settled.is_asked) reserved_ -= longest_answer(wish_->plan.sites[index].site->definition);
  // Whatever still works on it can stop: after an answer nothing does, after a time-out the fetch.
  settled.wanted.request_stop();
  home().scheduler().disarm(settled.limit);
  if (lane_gauge* const gauge = board_->find(wish_->plan.sites[index].site->definition.id)) {
    gauge->count(answer, elapsed(), now());
  }
  trace_->settle(index, answer);
  summary_.results += answer.hits.size();
  ++(is_answer(answer.outcome) ? summary_.answered : summary_.failed);
  wish_->listener->answered(*wish_->plan.sites[index].site, answer, elapsed());
  if (summary_.answered + summary_.failed == summary_.sites) return end(summary_.reason);
  ask_what_fits();
}

void search_session::end(search_end reason) {
  is_over_ = true;
  summary_.reason = reason;
  summary_.elapsed = elapsed();
  trace_->end(summary_);
  wish_->listener->ended(summary_);
  stop(genstage::exit_reason::normal());
}

}  // namespace livesearch
