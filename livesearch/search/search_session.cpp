#include "livesearch/search/search_session.hpp"

#include <fmt/format.h>

#include <utility>

#include "livesearch/query/site_translation.hpp"
#include "livesearch/search/lane.hpp"

namespace livesearch {

std::string_view to_string(search_end reason) noexcept {
  return reason == search_end::complete ? "complete" : "stopping";
}

search_session::search_session(std::shared_ptr<search_wish> wish) : wish_{std::move(wish)} {}

void search_session::init() {
  begun_ = now();
  parts_ = std::vector<part>(wish_->plan.sites.size());
  summary_.sites = parts_.size();
  wish_->listener->started(wish_->plan);
  for (std::size_t index = 0; index < parts_.size(); ++index) send_job(index);
  const genstage::ref<search_session> here{self()};
  leaves_.emplace(wish_->searcher, [here] { genstage::cast(here, searcher_left{}); });
  if (parts_.empty()) end(search_end::complete);
}

void search_session::send_job(std::size_t index) {
  const planned_site& planned = wish_->plan.sites[index];
  const site_definition& site = planned.site->definition;
  const genstage::ref<search_session> here{self()};
  search_job job{planned.asked, begun_ + planned.limit, parts_[index].wanted.get_token(),
                 answer_duty{[here, index](site_answer given) {
                   genstage::cast(here, site_answered{index, std::move(given)});
                 }}};
  parts_[index].limit = genstage::cast_after(planned.limit, here, limit_reached{index});
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
  settle(told.site,
         {site_outcome::timed_out, fmt::format("No answer within {} ms.", limit.count()), {}});
}

void search_session::handle_cast(searcher_left) {
  for (part& each : parts_) {
    each.wanted.request_stop();
    home().scheduler().disarm(each.limit);
  }
  is_over_ = true;
  stop(genstage::exit_reason::normal());
}

void search_session::handle_call(program_stops) {
  const site_answer cancelled{site_outcome::skipped, "The program stops.", {}};
  for (std::size_t index = 0; index < parts_.size(); ++index) {
    if (!parts_[index].is_over) {
      summary_.reason = search_end::stopping;
      settle(index, cancelled);
    }
  }
}

void search_session::settle(std::size_t index, const site_answer& answer) {
  part& settled = parts_[index];
  if (is_over_ || std::exchange(settled.is_over, true)) return;
  // Whatever still works on it can stop: after an answer nothing does, after a time-out the fetch.
  settled.wanted.request_stop();
  home().scheduler().disarm(settled.limit);
  summary_.results += answer.hits.size();
  ++(is_answer(answer.outcome) ? summary_.answered : summary_.failed);
  wish_->listener->answered(*wish_->plan.sites[index].site, answer, elapsed());
  if (summary_.answered + summary_.failed == summary_.sites) end(summary_.reason);
}

void search_session::end(search_end reason) {
  is_over_ = true;
  summary_.reason = reason;
  summary_.elapsed = elapsed();
  wish_->listener->ended(summary_);
  stop(genstage::exit_reason::normal());
}

}  // namespace livesearch
