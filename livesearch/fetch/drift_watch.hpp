#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace livesearch {

/// Tells an answer without results from one whose results are not found any more because the site
/// has changed: nothing was found several times in a row, where that is next to impossible by
/// chance.
///
/// The share of answers with results is learnt, with a weight that fades; the answers of a row of
/// empty ones are learnt only when the row has ended, so that the row does not excuse itself.
/// A pure value.
class drift_watch {
 public:
  /// What is kept over a restart.
  struct memory {
    double with_results = 0;
    double answers = 0;
    std::uint32_t empty_in_a_row = 0;
  };

  drift_watch() noexcept = default;
  explicit drift_watch(memory before) noexcept : memory_{before} {}

  void found_something() noexcept {
    for (; memory_.empty_in_a_row > 0; --memory_.empty_in_a_row) learn(0);
    learn(1);
  }

  /// Whether this empty answer is suspicious.
  [[nodiscard]] bool found_nothing() noexcept {
    memory_.empty_in_a_row = std::min(memory_.empty_in_a_row + 1, longest_row);
    if (memory_.answers < least_answers) return false;
    // Laplace's rule: never certain, however often there was something.
    const double empty = 1 - (memory_.with_results + 1) / (memory_.answers + 2);
    return std::pow(empty, memory_.empty_in_a_row) < by_chance;
  }

  [[nodiscard]] const memory& remembered() const noexcept { return memory_; }

 private:
  static constexpr double least_answers = 8;
  static constexpr double by_chance = 0.0001;
  static constexpr double fading = 0.98;  ///< about the last 50 answers count
  static constexpr std::uint32_t longest_row = 50;

  void learn(double result) noexcept {
    memory_.with_results = fading * memory_.with_results + result;
    memory_.answers = fading * memory_.answers + 1;
  }

  memory memory_;
};

}  // namespace livesearch
