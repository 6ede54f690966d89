#include <algorithm>
#include <deque>
#include <genstage/observe/hop_times.hpp>
#include <optional>
#include <unordered_map>

namespace genstage::inline v0 {

namespace {

/// Events that began to wait together; nobody knows when, if that was before the first record.
struct portion {
  std::uint64_t count;
  std::optional<std::uint64_t> since;
};

/// First come, first served: `count` of those that wait have waited until `now`.
void serve(std::deque<portion>& waiting, std::uint64_t count, std::uint64_t now, histogram& into) {
  while (count > 0 && !waiting.empty()) {
    portion& first = waiting.front();
    const std::uint64_t served = std::min(count, first.count);
    if (first.since) into.add(duration{static_cast<std::int64_t>(now - *first.since)}, served);
    first.count -= served;
    count -= served;
    if (first.count == 0) waiting.pop_front();
  }
}

/// What one subscription asked for and was sent, record by record.
class conversation_clock {
 public:
  /// So much was asked for, and so much sent for which nothing has been asked anew.
  void begin(std::uint64_t asked, std::uint64_t sent) {
    if (asked > 0) asked_.push_back({asked, std::nullopt});
    if (sent > 0) sent_.push_back({sent, std::nullopt});
    has_begun_ = true;
  }

  void take(const record& next) {
    if (!first_) first_ = next.order;
    last_ = next.order;
    if (next.kind == record_kind::ask) {
      if (dry_since_) told_.without_demand += between(*dry_since_, next.order);
      dry_since_.reset();
      // The first ask opens the conversation, and is in no event's place.
      if (has_begun_) serve(sent_, next.count, next.order, told_.waited_for_ask);
      has_begun_ = true;
      asked_.push_back({next.count, next.order});
    } else if (next.kind == record_kind::delivery) {
      serve(asked_, next.count, next.order, told_.waited_for_events);
      sent_.push_back({next.count, next.order});
      if (asked_.empty()) dry_since_ = next.order;
    }
  }

  [[nodiscard]] hop_times told(unique_id tag) && {
    told_.tag = tag;
    if (first_) told_.seen = between(*first_, last_);
    return std::move(told_);
  }

 private:
  [[nodiscard]] static duration between(std::uint64_t from, std::uint64_t until) noexcept {
    return duration{static_cast<std::int64_t>(until - from)};
  }

  hop_times told_;
  std::deque<portion> asked_;
  std::deque<portion> sent_;
  bool has_begun_ = false;
  std::optional<std::uint64_t> dry_since_;
  std::optional<std::uint64_t> first_;
  std::uint64_t last_ = 0;
};

hop_times times_of(const std::vector<const record*>& records, const subscription_view& now) {
  std::uint64_t asked = 0;
  std::uint64_t sent = 0;
  bool is_whole = false;
  for (const record* each : records) {
    if (each->kind == record_kind::subscribed) is_whole = true;
    if (each->kind == record_kind::ask) asked += each->count;
    if (each->kind == record_kind::delivery) sent += each->count;
  }
  conversation_clock clock;
  if (!is_whole) {
    const std::uint64_t then = now.outstanding.count() + sent;
    const demand outstanding{then > asked ? then - asked : 0};
    clock.begin(outstanding.count(), (now.max_demand - outstanding).count());
  }
  for (const record* each : records) clock.take(*each);
  return std::move(clock).told(now.tag);
}

}  // namespace

std::vector<hop_times> hop_times_of(std::span<const record> records, const snapshot& now) {
  std::unordered_map<std::uint64_t, std::vector<const record*>> sorted;
  for (const record& each : records) {
    const bool is_talk = each.kind == record_kind::subscribed || each.kind == record_kind::ask ||
                         each.kind == record_kind::delivery;
    if (is_talk) sorted[each.subscription].push_back(&each);
  }
  std::vector<hop_times> all;
  for (const subscription_view& each : now.subscriptions) {
    const auto found = sorted.find(static_cast<std::uint64_t>(each.tag));
    if (found != sorted.end()) all.push_back(times_of(found->second, each));
  }
  return all;
}

}  // namespace genstage::inline v0
