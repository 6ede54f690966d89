#include "crowd.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <utility>

namespace bench {

namespace {

using json = nlohmann::ordered_json;
using clock = event_loop::clock;

clock::duration seconds(double count) {
  return std::chrono::duration_cast<clock::duration>(std::chrono::duration<double>{count});
}

double milliseconds(clock::duration span) {
  return std::chrono::duration<double, std::milli>{span}.count();
}

json summary_of(std::vector<double> values) {
  if (values.empty()) return nullptr;
  std::ranges::sort(values);
  const auto at = [&](double part) {
    const double rank = std::max(1.0, std::ceil(part * static_cast<double>(values.size())));
    return std::round(values[static_cast<std::size_t>(rank) - 1] * 1000) / 1000;
  };
  return {{"p50", at(0.50)}, {"p95", at(0.95)}, {"p99", at(0.99)}, {"most", at(1)}};
}

}  // namespace

void add_crowd_options(CLI::App& to, crowd_options& read) {
  to.add_option("--clients", read.clients, "How many search, each one search after the other");
  to.add_option("--spread", read.spread_s, "Seconds in which they come");
  to.add_option("--seconds", read.seconds, "After which nobody begins another search");
  to.add_option("--searches", read.searches, "Of each client at most; 0 for any number");
  to.add_option("--rate", read.rate, "Open loop: searches begun each second, whatever runs");
  to.add_option("--leave-every", read.leave_every, "One search in so many is given up");
  to.add_option("--leave-after-ms", read.leave_after_ms, "When it is given up");
}

crowd::crowd(event_loop& loop, const crowd_options& options, maker make)
    : loop_{loop},
      options_{options},
      make_{std::move(make)},
      run_{fmt::format("r{}t{}", ::getpid(), clock::now().time_since_epoch().count() % 1'000'000)} {
}

void crowd::run() {
  raise_descriptor_limit();
  started_ = clock::now();
  loop_.at(started_ + seconds(options_.seconds), [this] { finish_if_over(); });
  if (options_.rate > 0) {
    is_everybody_there_ = true;
    begin_at_rate(0);
  } else {
    arrive(0);
  }
  loop_.run();
  print();
}

/// The clients from this one on, each at its time.
void crowd::arrive(std::uint32_t count) {
  const auto one = seconds(options_.spread_s / std::max(options_.clients, 1U));
  for (; count < options_.clients; ++count) {
    const auto when = started_ + count * one;
    if (when > clock::now()) {
      loop_.at(when, [this, count] { arrive(count); });
      return;
    }
    members_.push_back(std::make_unique<member>(make_()));
    begin(*members_.back());
  }
  is_everybody_there_ = true;
}

void crowd::begin_at_rate(std::uint64_t number) {
  const auto one = seconds(1 / options_.rate);
  for (; !is_over(); ++number) {
    const auto when = started_ + number * one;
    if (when > clock::now()) {
      loop_.at(when, [this, number] { begin_at_rate(number); });
      return;
    }
    if (idle_.empty()) {
      members_.push_back(std::make_unique<member>(make_()));
      idle_.push_back(members_.back().get());
    }
    member& next = *std::exchange(idle_.back(), nullptr);
    idle_.pop_back();
    begin(next);
  }
}

void crowd::begin(member& who) {
  ++who.searched;
  who.is_searching = true;
  most_open_ = std::max(most_open_, ++open_);
  const std::uint64_t number = begun_++;
  who.client->search(fmt::format("{}n{}", run_, number),
                     [this, &who](const search_times& times) { end(who, times); });
  if (options_.leave_every == 0 || number % options_.leave_every != 0) return;
  loop_.at(clock::now() + seconds(options_.leave_after_ms / 1000), [&who, searched = who.searched] {
    if (who.is_searching && who.searched == searched) who.client->leave();
  });
}

void crowd::end(member& who, const search_times& times) {
  --open_;
  who.is_searching = false;
  ++ends_[static_cast<std::size_t>(times.how)];
  if (times.how == search_times::end::complete) {
    all_ms_.push_back(milliseconds(times.all));
    with_results_ += times.with_results;
    for (const auto each : times.first) first_ms_.push_back(milliseconds(each));
    for (const auto each : times.others) others_ms_.push_back(milliseconds(each));
    if (!is_over()) ++complete_in_time_;
  }
  const bool has_more = options_.searches == 0 || who.searched < options_.searches;
  if (options_.rate > 0) {
    idle_.push_back(&who);
  } else if (has_more && !is_over()) {
    // One that was refused comes back after a moment, as a person would.
    const bool was_refused = times.how == search_times::end::refused;
    if (!was_refused) return begin(who);
    loop_.at(clock::now() + seconds(0.1), [this, &who] { begin(who); });
    return;
  }
  finish_if_over();
}

bool crowd::is_over() const {
  return clock::now() - started_ >= seconds(options_.seconds);
}

void crowd::finish_if_over() {
  const bool is_done = options_.searches > 0 && options_.rate == 0;
  if (open_ == 0 && is_everybody_there_ && (is_over() || is_done)) loop_.stop();
}

void crowd::print() const {
  const double lasted = std::chrono::duration<double>{clock::now() - started_}.count();
  using end = search_times::end;
  const auto count = [&](end how) { return ends_[static_cast<std::size_t>(how)]; };
  const auto complete = static_cast<double>(count(end::complete));
  const json told{
      {"searches", count(end::complete)},
      {"refused", count(end::refused)},
      {"broken", count(end::broken)},
      {"left", count(end::left)},
      {"seconds", lasted},
      {"per_second", options_.searches > 0
                         ? complete / lasted
                         : static_cast<double>(complete_in_time_) / options_.seconds},
      {"most_open", most_open_},
      {"sites_with_results", complete > 0 ? static_cast<double>(with_results_) / complete : 0},
      {"first_ms", summary_of(first_ms_)},
      {"others_ms", summary_of(others_ms_)},
      {"all_ms", summary_of(all_ms_)}};
  fmt::print("{}\n", told.dump());
}

}  // namespace bench
