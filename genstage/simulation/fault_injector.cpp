#include <algorithm>
#include <genstage/simulation/fault_injector.hpp>

namespace genstage::inline v0 {

namespace {

constexpr double smallest_fraction = 0x1p-53;

/// Up to `longest`, in whole milliseconds and at least one.
duration some_of(duration longest, std::uint64_t drawn) noexcept {
  const auto most = static_cast<std::uint64_t>(
      std::max(longest / std::chrono::milliseconds{1}, duration::rep{1}));
  return std::chrono::milliseconds{1 + drawn % most};
}

}  // namespace

std::optional<fault> fault_injector::strikes(fault_kind kind, std::string_view subject) {
  if (is_idle()) return std::nullopt;
  return decide(kind, subject, ++counts_[{kind, std::string{subject}}]);
}

std::optional<fault> fault_injector::crosses(std::string_view boundary) {
  if (is_idle()) return std::nullopt;
  // One count for both, since it is the same thing that is lost or late.
  const std::uint64_t which = ++counts_[{fault_kind::drop, std::string{boundary}}];
  if (auto lost = decide(fault_kind::drop, boundary, which)) return lost;
  return decide(fault_kind::delay, boundary, which);
}

std::optional<fault> fault_injector::decide(fault_kind kind, std::string_view subject,
                                            std::uint64_t which) {
  std::optional<fault> struck;
  if (rates_ && injected_.size() < rates_->at_most && may_fail(subject) && happens(rate_of(kind))) {
    struck = fault{kind, std::string{subject}, which};
    if (kind == fault_kind::delay) struck->lasts = some_of(rates_->longest_delay, chance_());
  }
  const auto is_this = [&](const fault& each) {
    return each.kind == kind && each.which == which && each.subject == subject;
  };
  if (const auto planned = std::ranges::find_if(plan_, is_this); planned != plan_.end()) {
    struck = *planned;
  }
  if (struck) injected_.push_back(*struck);
  return struck;
}

std::vector<std::string> fault_injector::kills_of_plan(std::uint64_t step) const {
  std::vector<std::string> all;
  for (const fault& each : plan_) {
    if (each.kind == fault_kind::kill && each.which == step) all.push_back(each.subject);
  }
  return all;
}

bool fault_injector::wants_kill() {
  return rates_ && injected_.size() < rates_->at_most && happens(rates_->kill);
}

bool fault_injector::may_fail(std::string_view subject) const {
  return !rates_->may_fail || rates_->may_fail(subject);
}

void fault_injector::note_kill(std::string subject, std::uint64_t step) {
  injected_.push_back({fault_kind::kill, std::move(subject), step});
}

double fault_injector::rate_of(fault_kind kind) const noexcept {
  switch (kind) {
    case fault_kind::kill:
      return rates_->kill;
    case fault_kind::start:
      return rates_->start;
    case fault_kind::callback:
      return rates_->callback;
    case fault_kind::delay:
      return rates_->delay;
    case fault_kind::drop:
      return rates_->drop;
    case fault_kind::allocation:
      return rates_->allocation;
  }
  return 0;
}

bool fault_injector::happens(double rate) {
  return rate > 0 && static_cast<double>(chance_() >> 11U) * smallest_fraction < rate;
}

}  // namespace genstage::inline v0
