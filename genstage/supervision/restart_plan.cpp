#include <algorithm>
#include <genstage/supervision/restart_plan.hpp>
#include <ranges>

namespace genstage::inline v0 {

end_decision decide_end(restart_type type, const exit_reason& reason) {
  if (type == restart_type::permanent) {
    return {end_verdict::restart, end_report::child_terminated};
  }
  const bool is_transient = type == restart_type::transient;
  if (reason.is_orderly()) {
    return {is_transient ? end_verdict::keep : end_verdict::forget, end_report::none};
  }
  return {is_transient ? end_verdict::restart : end_verdict::forget, end_report::child_terminated};
}

bool is_unexpected(stop_request asked, restart_type type, const exit_reason& reason) {
  const exit_kind wanted = asked == stop_request::kill ? exit_kind::killed : exit_kind::shutdown;
  if (reason.kind() == wanted) return false;
  return type == restart_type::permanent || !reason.is_orderly();
}

bool is_unexpected_together(stop_request asked, restart_type type, const exit_reason& reason) {
  if (asked == stop_request::kill) return reason.kind() != exit_kind::killed;
  if (reason.kind() == exit_kind::normal) return type == restart_type::permanent;
  return !reason.is_orderly();
}

bool ends_supervisor(auto_shutdown ending, const child_spec& ended, const child_table& left) {
  if (ending == auto_shutdown::never || !ended.significant) return false;
  if (ending == auto_shutdown::any_significant) return true;
  return std::ranges::none_of(left.entries(), [](const child_entry& each) {
    return each.spec.significant && each.state != child_state::stopped;
  });
}

restart_plan plan_restart(restart_strategy strategy, const child_table& children,
                          std::string_view failed) {
  restart_plan plan;
  const auto& all = children.entries();
  const auto first =
      std::ranges::find_if(all, [&](const child_entry& each) { return each.spec.id == failed; });
  if (first == all.end()) return plan;
  if (strategy == restart_strategy::one_for_one) return {.start = {first->spec.id}};
  const auto begin = strategy == restart_strategy::one_for_all ? all.begin() : first;
  for (const child_entry& each : std::ranges::subrange(begin, all.end())) {
    if (each.state == child_state::running) plan.stop.push_back(each.spec.id);
    const bool is_temporary = each.spec.restart == restart_type::temporary;
    (is_temporary ? plan.forget : plan.start).push_back(each.spec.id);
  }
  std::ranges::reverse(plan.stop);
  return plan;
}

}  // namespace genstage::inline v0
