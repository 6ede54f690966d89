#include <fmt/format.h>

#include <algorithm>
#include <genstage/simulation/exploration.hpp>
#include <genstage/simulation/explored_run.hpp>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

namespace genstage::inline v0 {

namespace {

using sleep_set = std::map<transition, footprint>;
using transition_set = std::set<transition>;

/// A state on the path, and what is still to be tried from it.
struct waypoint {
  std::vector<transition> untried;
  /// Tried from here or before, and nothing that has happened since touches what they touch: what
  /// they lead to is known.
  sleep_set asleep;
};

class explorer {
 public:
  using factory = std::function<std::unique_ptr<explored_program>()>;

  explorer(const factory& make, const exploration_options& options)
      : make_{make}, options_{options} {}

  exploration run() {
    start_again();
    arrive({});
    while (!way_.empty() && !seen_.broken && seen_.is_complete) {
      if (way_.back().untried.empty()) {
        way_.pop_back();
        if (!path_.empty()) path_.pop_back();
      } else {
        go_on();
      }
    }
    if (seen_.broken) tell_path();
    return std::move(seen_);
  }

 private:
  void start_again() {
    run_.reset();
    run_ = std::make_unique<explored_run>(make_(), options_);
    ++seen_.runs;
  }

  /// To the last state of the path.
  void return_to_way() {
    if (run_->depth() == path_.size() && is_on_way_) return;
    start_again();
    for (const transition& each : path_) {
      (void)run_->enabled();
      (void)run_->take(each);
    }
    is_on_way_ = true;
  }

  void go_on() {
    waypoint& here = way_.back();
    const transition next = here.untried.back();
    here.untried.pop_back();
    return_to_way();
    (void)run_->enabled();
    const footprint touched = run_->take(next);
    ++seen_.transitions;
    sleep_set asleep;
    if (options_.skip_commuting) {
      for (const auto& [each, touches] : here.asleep) {
        if (touches.commutes_with(touched)) asleep.emplace(each, touches);
      }
      here.asleep.emplace(next, touched);
    }
    path_.push_back(next);
    if (!arrive(std::move(asleep))) {
      path_.pop_back();
      is_on_way_ = false;
    }
  }

  /// Looks at the state that the run has come to. False if there is nothing new to try from it.
  bool arrive(sleep_set asleep) {
    seen_.depth = std::max(seen_.depth, path_.size());
    const std::vector<transition> enabled = run_->enabled();
    const auto is_step = [](const transition& each) { return each.what != transition::kind::kill; };
    const bool is_at_rest = std::ranges::none_of(enabled, is_step);
    transition_set sleepers;
    for (const auto& [each, touches] : asleep) sleepers.insert(each);
    std::vector<transition> untried;
    const auto [known, is_new] = known_.try_emplace(run_->fingerprint(), sleepers);
    if (is_new || !options_.merge_equal) {
      if (is_new) ++seen_.states;
      if (is_new && is_at_rest) ++seen_.at_rest;
      seen_.broken = run_->program().broken(is_at_rest);
      for (const transition& each : enabled) {
        if (!sleepers.contains(each)) untried.push_back(each);
      }
    } else {
      // Of those that slept when the state was met before, some have to be tried now.
      transition_set& slept = known->second;
      for (const transition& each : slept) {
        if (!sleepers.contains(each)) untried.push_back(each);
      }
      std::erase_if(slept, [&](const transition& each) { return !sleepers.contains(each); });
    }
    seen_.is_complete = seen_.states <= options_.most_states;
    if (untried.empty() && !seen_.broken) return false;
    way_.push_back({std::move(untried), std::move(asleep)});
    return true;
  }

  void tell_path() {
    run_.reset();
    explored_run again{make_(), options_};
    again.program().world().trace_to([&](std::string_view line) { seen_.path.emplace_back(line); });
    for (const transition& each : path_) {
      (void)again.enabled();
      if (each.what != transition::kind::run) seen_.path.push_back(to_string(each));
      (void)again.take(each);
    }
  }

  const factory& make_;
  const exploration_options& options_;
  exploration seen_;
  std::unique_ptr<explored_run> run_;
  std::vector<waypoint> way_;
  std::vector<transition> path_;
  bool is_on_way_ = true;
  std::unordered_map<std::uint64_t, transition_set> known_;
};

}  // namespace

std::string to_string(const exploration& seen) {
  std::string text = fmt::format("{} states, {} transitions, depth {}, {} at rest, {}", seen.states,
                                 seen.transitions, seen.depth, seen.at_rest,
                                 seen.is_complete ? "complete" : "not complete");
  if (seen.broken) {
    text += "; broken: " + *seen.broken;
    for (const std::string& each : seen.path) text += "\n  " + each;
  }
  return text;
}

exploration explore(const std::function<std::unique_ptr<explored_program>()>& make,
                    const exploration_options& options) {
  return explorer{make, options}.run();
}

}  // namespace genstage::inline v0
