#include "livesearch/fetch/request_pace.hpp"

#include <algorithm>

namespace livesearch {

using genstage::instant;

request_pace::request_pace(const site_limits& limits)
    : burst_{std::max<std::size_t>(1, static_cast<std::size_t>(limits.rate.count))},
      span_{static_cast<std::int64_t>(1e9 * static_cast<double>(burst_) / limits.rate.count)},
      distance_{limits.delay},
      per_day_{limits.per_day} {}

instant request_pace::next(instant now) const noexcept {
  return after(1, now);
}

instant request_pace::after(std::size_t count, instant now) const noexcept {
  // Each may leave one span after the one that is `burst_` before it, which has left already or is
  // itself to come. So all of one round are found by steps, and further rounds follow by spans.
  const std::size_t rounds = (count - 1) / burst_;
  const std::size_t place = (count - 1) % burst_;
  const std::size_t missing = burst_ - left_.size();
  const bool is_spaced = distance_ > std::chrono::nanoseconds{0};
  const instant first = is_spaced && !left_.empty() ? std::max(now, left_.back() + distance_) : now;
  instant turn = first;
  for (std::size_t at = is_spaced ? 0 : place; at <= place; ++at) {
    if (at > 0) turn += distance_;
    if (at >= missing) turn = std::max(turn, left_[at - missing] + span_);
  }
  turn += static_cast<std::int64_t>(rounds) * span_;
  turn = std::max(turn, first + static_cast<std::int64_t>(count - 1) * distance_);
  return std::max(turn, next_day_turn(count, now));
}

void request_pace::take(instant now) {
  if (left_.size() == burst_) left_.pop_front();
  left_.push_back(now);
  if (per_day_ == 0) return;
  forget(now);
  if (parts_.empty() || now - parts_.back().since >= part_length) parts_.push_back({now, 0});
  ++parts_.back().requests;
  ++today_;
}

bool request_pace::is_day_spent(instant now) const noexcept {
  return next_day_turn(1, now) > now;
}

std::optional<request_pace::spent> request_pace::whole_day() const noexcept {
  if (parts_.empty()) return std::nullopt;
  return spent{parts_.back().since, today_};
}

void request_pace::restore(spent before) {
  if (per_day_ == 0) return;
  today_ += before.requests;
  parts_.push_back(before);
}

void request_pace::forget(instant now) {
  while (!parts_.empty() && now - parts_.front().since >= std::chrono::days{1} + part_length) {
    today_ -= parts_.front().requests;
    parts_.pop_front();
  }
}

/// When the day has room for `count` more.
instant request_pace::next_day_turn(std::uint64_t count, instant now) const noexcept {
  if (per_day_ == 0) return now;
  std::uint64_t used = today_;
  instant turn = now;
  for (const spent& each : parts_) {
    const instant over = each.since + part_length + std::chrono::days{1};
    const bool has_room = used + std::min(count, per_day_) <= per_day_;
    if (over > now && has_room) break;
    turn = std::max(turn, over);
    used -= each.requests;
  }
  return turn;
}

}  // namespace livesearch
