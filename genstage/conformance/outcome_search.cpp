#include <algorithm>
#include <genstage/conformance/model.hpp>
#include <genstage/conformance/outcome_search.hpp>
#include <genstage/conformance/scenario_text.hpp>
#include <optional>

namespace genstage::conformance {
namespace {

/// `deliver t0 1 2 3` without the values, which only their receiver tells in the library.
std::string counted(const std::string& delivery) {
  const auto count = std::ranges::count(delivery, ' ') - 1;
  return delivery.substr(0, delivery.find(' ', delivery.find(' ') + 1)) + " #" +
         std::to_string(count);
}

std::optional<std::string> seen_from(view side, const std::string& one) {
  const std::string word = one.substr(0, one.find(' '));
  if (side == view::original) {
    if (word == "asked") return std::nullopt;
    return one;
  }
  if (word == "ask" || word == "subscribe" || word == "cancel" || word == "discard") {
    return std::nullopt;
  }
  return word == "deliver" ? counted(one) : one;
}

/// The model in the middle of a step, and how much of what was seen it has shown so far.
struct attempt {
  model world;
  std::size_t step = 0;
  std::vector<std::size_t> shown{};

  friend bool operator==(const attempt&, const attempt&) = default;
};

/// Looks for one order that shows what was seen, the likely ones first: messages in the order in
/// which they were sent.
class search {
 public:
  search(const trace& with, const defects& on, view side) : with_{with}, side_{side} {
    known_.resize(with.of.steps.size());
    for (std::size_t chance = model::chances(with.of); chance > 0; --chance) {
      attempt first{model{with.of, on, chance - 1}};
      begin_step(first);
      open_.push_back(std::move(first));
    }
  }

  std::string run() {
    for (std::size_t tried = 0; !open_.empty(); ++tried) {
      if (tried > most_tried)
        return "undecided after " + std::to_string(tried) + " orders; " + told();
      attempt current = std::move(open_.back());
      open_.pop_back();
      if (follow(current)) return {};
    }
    return told();
  }

 private:
  static constexpr std::size_t most_tried = 20'000;

  /// Goes on until there is a choice or a contradiction. True if the end has been reached.
  bool follow(attempt& current) {
    while (current.step < with_.of.steps.size()) {
      const std::vector<model::choice> choices = current.world.choices();
      if (choices.size() > 1) {
        branch(current, choices);
        return false;
      }
      if (choices.empty()) {
        if (!is_complete(current)) return false;
        ++current.step;
        if (current.step < with_.of.steps.size()) begin_step(current);
        continue;
      }
      current.world.handle(choices.front());
      if (!matches(current)) return false;
    }
    return true;
  }

  void branch(const attempt& current, const std::vector<model::choice>& choices) {
    std::vector<attempt>& known = known_[current.step];
    if (has(known, current)) return;
    known.push_back(current);
    for (auto next = choices.rbegin(); next != choices.rend(); ++next) {
      attempt tried = current;
      tried.world.handle(*next);
      if (matches(tried)) open_.push_back(std::move(tried));
    }
  }

  void begin_step(attempt& current) const {
    current.shown.assign(with_.of.actors.size(), 0);
    current.world.begin(with_.of.steps[current.step]);
  }

  /// Whether what the model has just shown is what was seen at that place.
  bool matches(attempt& current) {
    observed fresh = current.world.take_seen();
    bool all = true;
    for (std::size_t who = 0; who < fresh.size(); ++who) {
      const journal shown = seen_from(side_, fresh[who]);
      const journal& expected = with_.seen[current.step][who];
      std::size_t& at = current.shown[who];
      for (const std::string& each : shown) {
        const bool same = at < expected.size() && expected[at] == each;
        if (!same) {
          remember(current, who, at, each);
          all = false;
          break;
        }
        ++at;
      }
    }
    return all;
  }

  bool is_complete(const attempt& current) {
    const observed& expected = with_.seen[current.step];
    for (std::size_t who = 0; who < expected.size(); ++who) {
      if (current.shown[who] == expected[who].size()) continue;
      remember(current, who, current.shown[who], "nothing more");
      return false;
    }
    return true;
  }

  /// Keeps what went wrong where most had been shown.
  void remember(const attempt& current, std::size_t who, std::size_t at, const std::string& model) {
    std::size_t sum = 1;
    for (const std::size_t each : current.shown) sum += each;
    if (std::pair{current.step, sum} <= nearest_) return;
    nearest_ = {current.step, sum};
    const journal& expected = with_.seen[current.step][who];
    nearest_seen_ = "actor " + std::to_string(who) + ", observation " + std::to_string(at) +
                    ": seen was \"" + (at < expected.size() ? expected[at] : "nothing more") +
                    "\", the model says \"" + model + "\"";
  }

  [[nodiscard]] std::string told() const {
    return "step " + std::to_string(nearest_.first) + ": " + nearest_seen_ + "\n" + to_text(with_);
  }

  const trace& with_;
  view side_;
  std::vector<attempt> open_;
  std::vector<std::vector<attempt>> known_;  // Of each step: where there was a choice.
  std::pair<std::size_t, std::size_t> nearest_{};
  std::string nearest_seen_;
};

}  // namespace

journal seen_from(view side, const journal& all) {
  journal left;
  for (const std::string& each : all) {
    if (auto seen = seen_from(side, each)) left.push_back(std::move(*seen));
  }
  return left;
}

std::string disagreement(const trace& with, const defects& on, view side) {
  return search{with, on, side}.run();
}

trace one_outcome(const scenario& of, const defects& on) {
  trace made{of, {}};
  model world{of, on};
  for (const step& commands : of.steps) {
    world.begin(commands);
    for (auto choices = world.choices(); !choices.empty(); choices = world.choices()) {
      world.handle(choices.front());
    }
    made.seen.push_back(world.take_seen());
  }
  return made;
}

}  // namespace genstage::conformance
