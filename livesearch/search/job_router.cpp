#include "livesearch/search/job_router.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace livesearch {

using genstage::instant;
using phase = flight::phase;

namespace {

const site_answer nobody_waits{site_outcome::skipped, "Nobody waits for the answer any more."};
const site_answer too_late{site_outcome::timed_out, "Its turn did not come in time."};

/// What is said to wait at least, so that nobody is asked to come back at once.
constexpr std::chrono::milliseconds least_wait{200};

constexpr std::chrono::seconds statistics_pause{1};

/// A request may take longer than the search that began it, if others have joined it meanwhile.
constexpr int longest_request = 2;

/// Equal for equal requests alone: only the first part may have a line break, and it comes last.
std::string cache_key(const site_query& query) {
  return fmt::format("{}\n{}\n{}\n{}\n{}", query.page, query.language, query.newer,
                     query.age.count(), query.text);
}

}  // namespace

job_router::job_router(site_ptr site, lane_services services)
    : site_{std::move(site)},
      services_{services},
      gauge_{services.board->find(site_->definition.id)},
      pace_{site_->definition.limits},
      delay_{site_->definition.limits.time},
      queue_{site_->definition.limits.queue} {}

void job_router::init() {
  look_at_clock();
  recall();
  // After a crash nobody knows when the last requests left.
  if (gauge_->has_run()) pace_.assume_spent(now());
  plan_next_look();
}

void job_router::terminate(const genstage::exit_reason&) {
  look_at_clock();
  statistics_at_ = now();
  note();
}

void job_router::handle_demand(genstage::demand asked, genstage::output<fetch_order>& out) {
  look_at_clock();
  hands_free_ += asked;
  go_on(out);
}

void job_router::handle_cast(submit submitted, genstage::output<fetch_order>& out) {
  look_at_clock();
  search_job& job = submitted.job;
  if (job.wanted.stop_requested()) return job.answer.tell(nobody_waits);
  if (const auto under_way = flight_to_join(job)) {
    return board(*under_way, flights_.at(*under_way), std::move(job));
  }
  const bool may_be_kept = job.cache == cache_use::allowed;
  const std::uint64_t id = ++last_id_;
  flight& made = flights_[id];
  made.query = job.query;
  made.arrived = now();
  if (services_.shares_requests) by_query_.insert_or_assign(job.query, id);
  board(id, made, std::move(job));
  if (may_be_kept && services_.memory != nullptr && limits().cache.count() > 0) {
    look_into_cache(id);
  } else {
    admit(id);
  }
  go_on(out);
}

void job_router::handle_cast(looked_up told, genstage::output<fetch_order>& out) {
  look_at_clock();
  const auto found = flights_.find(told.flight);
  if (found == flights_.end()) return;
  gauge_->count(told.found ? &lane_counts::from_cache : &lane_counts::not_in_cache);
  if (told.found) {
    site_answer kept{told.found->hits.empty() ? site_outcome::no_results : site_outcome::results};
    if (told.found->hits.empty()) kept.message = "The site had nothing for this query.";
    kept.hits = std::move(told.found->hits);
    kept.age = std::max(services_.times.at(now()) - told.found->at, std::chrono::milliseconds{0});
    finish(told.flight, std::move(kept));
  } else {
    admit(told.flight);
  }
  go_on(out);
}

void job_router::handle_cast(passenger_left told, genstage::output<fetch_order>& out) {
  look_at_clock();
  const auto found = flights_.find(told.flight);
  if (found == flights_.end()) return;
  flight& left = found->second;
  const auto passenger = left.let_off(told.passenger);
  if (!passenger || left.is_wanted()) return;
  if (left.is == phase::running) {
    // It was not given up for want of patience: the site did not answer within its limit.
    // A searcher's own limit may be too short for any site.
    const bool had_its_time = now() - left.begun >= limits().time / 2;
    if (passenger->job.deadline <= now() && had_its_time) {
      health_.learn_timeout(now(), home().scheduler().random());
    }
    close_to_others(told.flight, left);
    left.wanted.request_stop();  // The fetcher reports that it has let go.
  } else {
    remove(told.flight);
  }
  go_on(out);
}

void job_router::handle_cast(fetched told, genstage::output<fetch_order>& out) {
  look_at_clock();
  --running_;
  const auto found = flights_.find(told.flight);
  flight& landed = found->second;
  if (!landed.is_wanted()) {
    remove(told.flight);
  } else if (told.report.onward) {
    send_on(told.flight, landed, std::move(*told.report.onward));
  } else {
    conclude(told.flight, landed, told.report);
  }
  go_on(out);
}

void job_router::handle_cast(look_again, genstage::output<fetch_order>& out) {
  look_at_clock();
  next_look_.reset();
  go_on(out);
}

/// A request that has run for long is not joined: it may well end in nothing. Nor is one whose
/// answer may come from the cache, if that is not wanted.
std::optional<std::uint64_t> job_router::flight_to_join(const search_job& job) const {
  const auto known = by_query_.find(job.query);
  if (known == by_query_.end()) return std::nullopt;
  const flight& found = flights_.at(known->second);
  const bool is_old = found.is == phase::running && now() - found.begun >= limits().time / 2;
  const bool may_be_kept = found.is == phase::looking && job.cache == cache_use::bypassed;
  return is_old || may_be_kept ? std::nullopt : std::optional{known->second};
}

void job_router::board(std::uint64_t id, flight& boarded, search_job job) {
  auto made =
      std::make_unique<flight_passenger>(++last_id_, std::move(job), !boarded.passengers.empty());
  boarded.deadline = std::max(boarded.deadline, made->job.deadline);
  const genstage::ref<job_router> here{self()};
  made->leaves.emplace(made->job.wanted, [here, id, passenger = made->id] {
    genstage::cast(here, passenger_left{id, passenger});
  });
  boarded.passengers.push_back(std::move(made));
}

void job_router::look_into_cache(std::uint64_t id) {
  flight& asked = flights_.at(id);
  asked.is = phase::looking;
  const genstage::ref<job_router> here{self()};
  services_.memory->find(site_->definition.id, cache_key(asked.query), services_.times.at(now()),
                         [here, id](std::optional<kept_answer> found) {
                           genstage::cast(here, looked_up{id, std::move(found)});
                         });
}

/// Lets a flight wait for its turn, or answers why it will have none.
void job_router::admit(std::uint64_t id) {
  flight& asked = flights_.at(id);
  asked.is = phase::waiting;
  if (const auto refusal = no_turn_for(asked)) return finish(id, *refusal);
  delay_.observe(is_saturated(), now());
  const std::string& searcher = asked.passengers.front()->job.searcher;
  const auto turned_away = queue_.push(searcher, {id, asked.arrived});
  if (!turned_away) return;
  finish(turned_away->flight,
         busy(fmt::format("{} searches already wait for this site; try again shortly.",
                          queue_.size())));
}

std::optional<site_answer> job_router::no_turn_for(const flight& asked) const {
  if (auto refusal = health_.refusal(now())) return refusal;
  const instant turn = pace_.after(unserved() + 1, now());
  return turn < asked.deadline ? std::nullopt : std::optional{no_turn_before(turn)};
}

site_answer job_router::no_turn_before(instant turn) const {
  site_answer limited{site_outcome::rate_limited};
  limited.message =
      pace_.is_day_spent(now())
          ? fmt::format("At most {} requests a day are sent to this site.", limits().per_day)
          : fmt::format(
                "At most {:g} requests a second are sent to this site; the next free "
                "turn is in {:.1f} s.",
                limits().rate.count, std::chrono::duration<double>(turn - now()).count());
  limited.retry_after = turn - now();
  return limited;
}

site_answer job_router::busy(std::string message) const {
  site_answer made{site_outcome::busy, std::move(message)};
  made.retry_after = state().retry_after;
  return made;
}

/// Has a request that the site sent on wait for a turn again, before all others; each hop counts.
void job_router::send_on(std::uint64_t id, flight& sent, detour onward) {
  const instant turn = pace_.after(resting_.size() + 1, now());
  if (turn >= sent.deadline && !sent.is_probe) return finish(id, no_turn_before(turn));
  sent.onward = std::move(onward);
  sent.is = phase::resting;
  resting_.emplace(now(), id);
  gauge_->count(&lane_counts::redirects);
}

void job_router::conclude(std::uint64_t id, flight& landed, fetch_report& told) {
  site_answer& answer = told.answer;
  if (is_answer(answer.outcome)) usual_.learn(told.taken);
  learn(landed.query, answer);
  if (tries_again(id, landed, told)) return;
  if (is_answer(answer.outcome) && services_.memory != nullptr && limits().cache.count() > 0) {
    const wall_time at = services_.times.at(now());
    services_.memory->keep(site_->definition.id, cache_key(landed.query), {answer.hits, at},
                           at + limits().cache);
  }
  finish(id, std::move(answer));
}

/// Whether the flight rests for another attempt instead of ending with this report.
bool job_router::tries_again(std::uint64_t id, flight& failed, const fetch_report& told) {
  if (told.is != fetch_report::kind::may_pass || failed.is_probe || health_.refusal(now())) {
    return false;
  }
  if (resting_.size() >= limits().queue) return false;
  const auto again = retries_.withdraw({.attempts = failed.attempts,
                                        .most_retries = limits().retries,
                                        .usual = usual_.usual(),
                                        .deadline = failed.deadline},
                                       now(), home().scheduler().random());
  if (!again) return false;
  failed.onward.reset();
  failed.is = phase::resting;
  resting_.emplace(*again, id);
  gauge_->count(&lane_counts::retries);
  return true;
}

void job_router::finish(std::uint64_t id, site_answer answer) {
  flights_.at(id).land(std::move(answer));
  remove(id);
}

void job_router::close_to_others(std::uint64_t id, const flight& closed) {
  const auto known = by_query_.find(closed.query);
  if (known != by_query_.end() && known->second == id) by_query_.erase(known);
}

/// Forgets a flight that is in no fetcher's hands.
void job_router::remove(std::uint64_t id) {
  const auto gone = flights_.find(id);
  close_to_others(id, gone->second);
  if (gone->second.is == phase::waiting) {
    queue_.take_out([id](const waiting& each) { return each.flight == id; }, [](waiting) {});
  }
  if (gone->second.is == phase::resting) {
    std::erase_if(resting_, [id](const auto& each) { return each.second == id; });
  }
  if (probe_ == id) probe_.reset();
  flights_.erase(gone);
}

void job_router::learn(const site_query& query, site_answer& answer) {
  if (query.page > 1 && answer.outcome == site_outcome::no_results) {
    health_.breaker().succeeded();  // Every list has an end: that is not suspicious.
  } else {
    health_.learn(answer, now(), home().scheduler().random());
  }
  // Nobody waits for a site that does not work, not even those who came before it was known.
  if (const auto refusal = health_.refusal(now())) turn_away_all(*refusal);
  note();
}

void job_router::go_on(genstage::output<fetch_order>& out) {
  probe_if_due();
  turn_away_the_late();
  while (!hands_free_.is_zero() && pace_.has_turn(now())) {
    const auto next = take_next();
    if (!next) break;
    send(*next, out);
  }
  delay_.observe(is_saturated(), now());
  plan_next_look();
  gauge_->show(state());
}

/// The breaker's own request: it goes before all others, and belongs to nobody.
void job_router::probe_if_due() {
  if (probe_) {
    flight& late = flights_.at(*probe_);
    if (late.deadline > now()) return;
    health_.learn_timeout(now(), home().scheduler().random());
    late.is_probe = false;
    late.wanted.request_stop();
    if (late.is != phase::running) return remove(*probe_);
    probe_.reset();
    note();
  }
  if (health_.limited_until(now()) || !health_.breaker().begin_probe(now())) return;
  probe_ = ++last_id_;
  flight& made = flights_[*probe_];
  made.query.text = probe_query;
  made.is_probe = true;
  made.arrived = now();
  made.deadline = now() + limits().time;
  made.is = phase::resting;
  resting_.emplace(instant::min(), *probe_);
  gauge_->count(&lane_counts::probes);
}

/// Answers those whose turn did not come in time, and in an overload those that waited for long.
void job_router::turn_away_the_late() {
  std::vector<std::uint64_t> late;
  std::vector<std::uint64_t> long_waiting;
  const bool is_overloaded = !queue_.empty() && delay_.is_overloaded(now());
  queue_.for_each([&](const waiting& each) {
    if (flights_.at(each.flight).deadline <= now()) {
      late.push_back(each.flight);
    } else if (is_overloaded && delay_.turned_away_at(each.arrived) <= now()) {
      long_waiting.push_back(each.flight);
    }
  });
  for (const auto& [when, id] : resting_) {
    const flight& each = flights_.at(id);
    if (!each.is_probe && each.deadline <= now()) late.push_back(id);
  }
  for (const std::uint64_t id : late) finish(id, too_late);
  for (const std::uint64_t id : long_waiting) {
    finish(id, busy("More searches come than this site can take; try again shortly."));
  }
}

void job_router::turn_away_all(const site_answer& answer) {
  std::vector<std::uint64_t> all;
  queue_.for_each([&](const waiting& each) { all.push_back(each.flight); });
  for (const auto& [when, id] : resting_) {
    if (!flights_.at(id).is_probe) all.push_back(id);
  }
  for (const std::uint64_t id : all) finish(id, answer);
}

std::optional<std::uint64_t> job_router::take_next() {
  if (!resting_.empty() && resting_.begin()->first <= now()) {
    return resting_.extract(resting_.begin()).mapped();
  }
  const auto next = queue_.pop(delay_.is_overloaded(now()) ? serving_order::newest_first
                                                           : serving_order::oldest_first);
  return next ? std::optional{next->flight} : std::nullopt;
}

void job_router::send(std::uint64_t id, genstage::output<fetch_order>& out) {
  flight& sent = flights_.at(id);
  pace_.take(now());
  hands_free_ -= genstage::demand{1};
  ++running_;
  sent.is = phase::running;
  if (!sent.onward) sent.begun = now();
  if (!sent.onward && ++sent.attempts == 1) retries_.deposit();
  gauge_->count(&lane_counts::requests);
  if (limits().per_day > 0) note();
  const genstage::ref<job_router> here{self()};
  const instant backstop = sent.is_probe ? sent.deadline : now() + longest_request * limits().time;
  out.emit(fetch_order{sent.query, backstop, sent.wanted.get_token(),
                       duty<fetch_report>{[here, id](fetch_report told) {
                         genstage::cast(here, fetched{id, std::move(told)});
                       }},
                       sent.attempts, sent.onward, sent.trace()});
}

/// Arms a timer for the first moment at which something changes by itself.
void job_router::plan_next_look() {
  std::optional<instant> first;
  const auto at = [&](instant when) { first = std::min(first.value_or(when), when); };
  if (!hands_free_.is_zero()) {
    if (!queue_.empty()) at(pace_.next(now()));
    if (!resting_.empty()) at(std::max(resting_.begin()->first, pace_.next(now())));
  }
  if (is_saturated()) {
    instant oldest = instant::max();
    queue_.for_each([&](const waiting& each) { oldest = std::min(oldest, each.arrived); });
    at(delay_.turned_away_at(oldest));
  }
  if (probe_) {
    at(flights_.at(*probe_).deadline);
  } else if (const auto probe = health_.breaker().probe_at()) {
    at(std::max(*probe, health_.limited_until(now()).value_or(*probe)));
  }
  if (!first) return;
  const instant present = now();
  const instant when = std::max(*first, present);
  if (next_look_ && next_look_->when <= when && next_look_->when > present) return;
  if (next_look_) home().scheduler().disarm(next_look_->timer);
  const genstage::ref<job_router> here{self()};
  next_look_ = {genstage::cast_after(when - present, here, look_again{}), when};
}

lane_state job_router::state() const {
  lane_state made{.waiting = queue_.size(),
                  .resting = resting_.size(),
                  .running = running_,
                  .demand = static_cast<std::size_t>(hands_free_.count()),
                  .searchers = queue_.searchers(),
                  .is_full = queue_.is_full(),
                  .is_open = health_.breaker().is() == circuit_breaker::state::open,
                  .breaker_level = health_.breaker().remembered().level,
                  .is_limited = health_.limited_until(now()).has_value()};
  instant oldest = now();
  queue_.for_each([&](const waiting& each) { oldest = std::min(oldest, each.arrived); });
  made.oldest_wait = now() - oldest;
  made.retry_after =
      std::max<genstage::duration>({least_wait, usual_.wait(unserved(), limits().concurrency),
                                    pace_.after(unserved() + 1, now()) - now()});
  return made;
}

void job_router::recall() {
  if (services_.memory == nullptr) return;
  noted_ = services_.memory->recall(site_->definition.id);
  if (!noted_) return;
  const calendar& times = services_.times;
  site_health::memory before{
      .breaker = {.level = noted_->breaker_level, .failures = noted_->failures},
      .drift = {noted_->with_results, noted_->answers, noted_->empty_in_a_row}};
  if (noted_->probe_at) before.breaker.probe_at = times.instant_of(*noted_->probe_at);
  if (noted_->limited_until) before.limited_until = times.instant_of(*noted_->limited_until);
  health_ = site_health{before};
  if (noted_->spent > 0) {
    pace_.restore({times.instant_of(noted_->spent_since), noted_->spent});
  }
}

/// Hands on what a restart must not forget, if it has changed. Statistics change with each answer,
/// and to lose those of a moment does no harm: by themselves they are handed on now and then.
void job_router::note() {
  if (services_.memory == nullptr) return;
  const calendar& times = services_.times;
  const site_health::memory known = health_.remembered();
  lane_condition now_known{.breaker_level = known.breaker.level,
                           .failures = known.breaker.failures,
                           .with_results = known.drift.with_results,
                           .answers = known.drift.answers,
                           .empty_in_a_row = known.drift.empty_in_a_row};
  if (known.breaker.probe_at) now_known.probe_at = times.at(*known.breaker.probe_at);
  if (known.limited_until) now_known.limited_until = times.at(*known.limited_until);
  if (const auto spent = pace_.whole_day()) {
    now_known.spent_since = times.at(spent->since);
    now_known.spent = spent->requests;
  }
  if (noted_) {
    lane_condition with_new_statistics = *noted_;
    with_new_statistics.with_results = now_known.with_results;
    with_new_statistics.answers = now_known.answers;
    with_new_statistics.empty_in_a_row = now_known.empty_in_a_row;
    const bool has_time = with_new_statistics == now_known && now() < statistics_at_;
    if (*noted_ == now_known || has_time) return;
  }
  statistics_at_ = now() + statistics_pause;
  noted_ = now_known;
  services_.memory->note(site_->definition.id, now_known);
}

}  // namespace livesearch
