#include "livesearch/fetch/lane_gauge.hpp"

#include <algorithm>

namespace livesearch {

void lane_gauge::count(const site_answer& answer, genstage::duration elapsed,
                       genstage::instant now) {
  const std::scoped_lock lock{mutex_};
  ++counts_.outcomes.at(static_cast<std::size_t>(answer.outcome));
  if (answer.is_shared) ++counts_.shared;
  if (!is_answer(answer.outcome)) return;
  times_.add(elapsed, now);
  answer_time_ += elapsed;
}

lane_gauge::reading lane_gauge::read(genstage::instant now) {
  const std::scoped_lock lock{mutex_};
  return {.state = state_,
          .counts = counts_,
          .p50 = times_.quantile(0.50, now),
          .p95 = times_.quantile(0.95, now),
          .p99 = times_.quantile(0.99, now),
          .answer_time = answer_time_};
}

std::uint64_t lane_gauge::reading::answered() const {
  std::uint64_t sum = 0;
  for (const site_outcome each : all_outcomes) {
    if (is_answer(each)) sum += counts.outcomes.at(static_cast<std::size_t>(each));
  }
  return sum;
}

std::optional<genstage::duration> all_full(lane_board& board, std::span<const site_ptr> sites) {
  std::optional<genstage::duration> soonest;
  for (const site_ptr& each : sites) {
    const lane_gauge* const gauge = board.find(each->definition.id);
    if (gauge == nullptr) return std::nullopt;
    const lane_state state = gauge->state();
    if (!state.is_full) return std::nullopt;
    soonest = std::min(soonest.value_or(state.retry_after), state.retry_after);
  }
  return soonest;
}

}  // namespace livesearch
