#pragma once

#include <cstdint>
#include <genstage/simulation/fault_plan.hpp>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>

namespace genstage::inline v0 {

/// Decides each time that something could go wrong whether it does, from a plan or from chance, and
/// keeps what went wrong as a plan.
///
/// A pure value: it knows no process and no clock.
class fault_injector {
 public:
  explicit fault_injector(std::uint64_t seed) : chance_{seed} {}

  void follow(fault_plan plan) { plan_ = std::move(plan); }
  void choose(fault_rates rates) { rates_ = std::move(rates); }
  /// Nothing goes wrong, so nobody needs to ask.
  [[nodiscard]] bool is_idle() const noexcept { return plan_.empty() && !rates_; }

  /// The same thing happens to this subject once more: the fault, if it goes wrong this time.
  std::optional<fault> strikes(fault_kind kind, std::string_view subject);
  /// Something crosses this boundary.
  std::optional<fault> crosses(std::string_view boundary);
  /// Who the plan kills before this step.
  [[nodiscard]] std::vector<std::string> kills_of_plan(std::uint64_t step) const;
  /// Whether chance wants to kill somebody before this step.
  [[nodiscard]] bool wants_kill();
  /// Whether the one that chance has chosen may fail.
  [[nodiscard]] bool may_fail(std::string_view subject) const;
  void note_kill(std::string subject, std::uint64_t step);
  [[nodiscard]] std::uint64_t draw(std::uint64_t below) { return chance_() % below; }

  [[nodiscard]] const fault_plan& injected() const noexcept { return injected_; }

 private:
  [[nodiscard]] double rate_of(fault_kind kind) const noexcept;
  [[nodiscard]] bool happens(double rate);
  std::optional<fault> decide(fault_kind kind, std::string_view subject, std::uint64_t which);

  std::mt19937_64 chance_;
  fault_plan plan_;
  std::optional<fault_rates> rates_;
  std::map<std::pair<fault_kind, std::string>, std::uint64_t, std::less<>> counts_;
  fault_plan injected_;
};

}  // namespace genstage::inline v0
