#include <algorithm>
#include <genstage/simulation/conformance_trial.hpp>

namespace genstage::inline v0::detail {

std::optional<std::string> difference(const std::vector<std::string>& first,
                                      const std::vector<std::string>& second) {
  const auto [one, other] = std::ranges::mismatch(first, second);
  if (one == first.end() && other == second.end()) return std::nullopt;
  return "two runs differ: \"" + (one != first.end() ? *one : "nothing") + "\" and \"" +
         (other != second.end() ? *other : "nothing") +
         "\"; it reads something that is not simulated, a clock or chance of its own";
}

std::optional<std::string> broken_rule(const peer_account& seen, peer_role role) {
  const auto count = [](demand counted) { return std::to_string(counted.count()); };
  if (role == peer_role::consumer && seen.delivered > seen.asked) {
    return "it sent " + count(seen.delivered) + " events to a consumer that had asked for " +
           count(seen.asked) + " (G-148)";
  }
  if (seen.is_too_late) return "it sent events after the end of their subscription (G-099)";
  if (seen.ends > 1) return "a subscription ended " + std::to_string(seen.ends) + " times (G-108)";
  const bool is_automatic = seen.first_ask == seen.limit;
  if (role == peer_role::producer && is_automatic && !seen.is_in_excess &&
      seen.outstanding() > seen.limit) {
    return "it has asked for " + count(seen.outstanding()) + " events, at most max_demand (" +
           count(seen.limit) + ") are allowed (G-126)";
  }
  return std::nullopt;
}

bool is_refusal(const exit_reason& reason) {
  if (reason == cancel_reason::duplicated_subscription()) return true;
  if (reason == cancel_reason::already_subscribed()) return true;
  return reason.kind() == exit_kind::user && reason.text().starts_with("subscription ");
}

bool was_struck(const exit_reason& reason) {
  if (reason.kind() == exit_kind::killed) return true;
  return reason.kind() == exit_kind::error && reason.text().starts_with("injected: ");
}

}  // namespace genstage::inline v0::detail
