#include <algorithm>
#include <fstream>
#include <genstage/supervision/dynamic_supervisor.hpp>
#include <genstage/supervision/otp/actor_test.hpp>
#include <genstage/supervision/otp/play_test.hpp>
#include <genstage/supervision/supervisor.hpp>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

// Plays the scenarios of this folder in simulations and prints what happens; see README.md.
//
//     in_simulation SEEDS FILE...
namespace genstage::otp {
namespace {

// Supervisors out of a scenario's data.

supervising_options told_to(play& shared, const std::string& id) {
  return {.on_report = [&shared, id](const supervisor_report& made) {
    if (made.context == report_context::progress) return;
    if (made.context == report_context::shutdown) {
      return shared.note(id + " gives up, failed by " + made.offender);
    }
    shared.note(id + " reports " + std::string{to_string(made.context)} + " of " + made.offender +
                ": " + text_of(made.reason));
  }};
}

bool is_dynamic_tree(const json& spec) {
  return spec.contains("dynamic") || spec.contains("tasks");
}
bool is_supervisor(const json& spec) {
  return spec.contains("children") || is_dynamic_tree(spec);
}
restart_limits limits_of(const json& spec) {
  return {.restarts = spec.value("restarts", std::size_t{3}),
          .within = std::chrono::seconds{spec.value("within", 5)}};
}

child_spec child_of_tree(play& shared, const json& spec);

supervisor_spec static_tree(play& shared, const json& spec) {
  static const std::map<std::string, restart_strategy> strategies{
      {"one_for_one", restart_strategy::one_for_one},
      {"one_for_all", restart_strategy::one_for_all},
      {"rest_for_one", restart_strategy::rest_for_one}};
  static const std::map<std::string, auto_shutdown> endings{
      {"never", auto_shutdown::never},
      {"any_significant", auto_shutdown::any_significant},
      {"all_significant", auto_shutdown::all_significant}};
  supervisor_spec tree{.strategy = strategies.at(spec.value("strategy", "one_for_one")),
                       .limits = limits_of(spec),
                       .ending = endings.at(spec.value("auto_shutdown", "never")),
                       .options = told_to(shared, spec.at("id"))};
  for (const json& each : spec.at("children")) tree.children.push_back(child_of_tree(shared, each));
  return tree;
}

dynamic_supervisor_spec dynamic_tree(play& shared, const json& spec) {
  dynamic_supervisor_spec tree{.limits = limits_of(spec),
                               .options = told_to(shared, spec.at("id"))};
  if (spec.contains("max_children")) tree.max_children = spec["max_children"];
  return tree;
}

child_spec child_of_tree(play& shared, const json& spec) {
  static const std::map<std::string, restart_type> restarts{{"permanent", restart_type::permanent},
                                                            {"transient", restart_type::transient},
                                                            {"temporary", restart_type::temporary}};
  const std::string id = spec.at("id");
  child_spec made{.id = id, .start = {}, .name = id};
  shared.is_dynamic[id] = is_dynamic_tree(spec);
  if (is_dynamic_tree(spec)) {
    made = supervised(id, dynamic_tree(shared, spec));
  } else if (is_supervisor(spec)) {
    made = supervised(id, static_tree(shared, spec));
  } else {
    made.start = [&shared, &spec](runtime& home, spawn_options options) -> result<process_ref> {
      auto spawned = spawn<actor>(home, std::move(options), &shared, &spec);
      if (!spawned) return std::unexpected{spawned.error()};
      return spawned->process();
    };
  }
  made.start = [&shared, id, start = made.start](runtime& home, spawn_options options) {
    result<process_ref> started = start(home, std::move(options));
    if (started) shared.know(id, *started);
    return started;
  };
  made.restart = restarts.at(spec.value("restart", "permanent"));
  made.significant = spec.value("significant", false);
  const json limit = spec.value("shutdown", json{});
  if (limit == "infinity") made.shutdown = std::nullopt;
  if (limit == "kill") made.shutdown = duration::zero();
  if (limit.is_number()) made.shutdown = std::chrono::milliseconds{limit.get<int>()};
  return made;
}

std::string answer_of(const error& refusal) {
  if (refusal.code == errc::process_ended) return "ended";
  if (refusal.code != errc::not_started) return std::string{to_string(refusal.code)};
  static const std::regex reason{R"(its start failed with (.*); not started)"};
  std::smatch found;
  std::regex_search(refusal.message, found, reason);
  return "failed with " + text_of(found[1].str());
}
std::string answer_of(const result<process_ref>& outcome) {
  return !outcome ? answer_of(outcome.error()) : *outcome ? "ok" : "nothing to run";
}
std::string answer_of(const result<void>& outcome) {
  return outcome ? "ok" : answer_of(outcome.error());
}

/// Does one step after the other, and waits after each until nothing moves any more.
class stage_manager {
 public:
  stage_manager(std::uint64_t seed, const json& scenario) : play_{seed}, scenario_{scenario} {}

  void run() {
    std::cout << "# " << scenario_.at("name").get<std::string>() << '\n';
    int number = 0;
    for (const json& each : scenario_.at("steps")) {
      std::cout << "step " << ++number << '\n';
      do_step(each);
      play_.world.settle();
      tell();
    }
    std::cout << "end\n";
    for (auto& [id, end] : ends_) {
      play_.note(id +
                 (end.is_done() ? " ended with " + text_of(*end.await_resume()) : " lives on"));
    }
    tell();
  }

 private:
  void do_step(const json& what) {
    const std::string verb = what[0];
    if (verb == "await") return await(what[1]);
    if (verb == "start") return start(what[1]);
    if (verb == "supervise") return supervise(what[1]);
    if (verb == "suspend") return (void)get(suspend(play_.known.at(what[1])));
    if (verb == "resume") return (void)get(resume(play_.known.at(what[1])));
    if (verb == "terminate") {
      return (void)get(terminate(play_.known.at(what[1]), reason_of(what[2])));
    }
    if (verb == "state" || verb == "replace state" || verb == "lookup") return look(verb, what);
    if (verb == "lives") {
      const bool lives = static_cast<bool>(home().find(play_.known.at(what[1]).id()));
      return play_.note(what[1].get<std::string>() + (lives ? " lives" : " is gone"));
    }
    if (verb == "at the same time") {
      for (const json& each : what[1]) tell_actor(each);
    } else if (verb == "exit" && what[1] == "the world") {
      home().exit(play_.known.at(what[2]), reason_of(what[3]));
    } else if (verb.ends_with("child")) {
      const std::string id = what[2].is_object() ? what[2].at("id") : what[2];
      play_.note(verb + " " + id + ": " + change(verb, what));
    } else if (verb == "list" || verb == "count") {
      const std::string id = what[1];
      play_.note(verb + " " + id + ": " + (verb == "list" ? list(id) : count(id)));
    } else {
      tell_actor(what);
    }
  }
  void tell_actor(const json& what) {
    cast(ref<actor>{play_.known.at(what[1])}, step{&what});
    // Each is told before the next one, so that two of them are told in the order written.
  }

  void look(const std::string& verb, const json& what) {
    if (verb == "lookup") {
      std::vector<std::string> holders;
      for (const auto& each : play_.keys(what[1]).lookup(what[2])) {
        holders.push_back(play_.label(each.process.id()));
      }
      std::ranges::sort(holders);
      std::string text;
      for (const std::string& each : holders) text += (text.empty() ? "" : ", ") + each;
      return play_.note("lookup " + what[2].get<std::string>() + ": " + text);
    }
    const std::string id = what[1];
    const ref<actor> seen{play_.known.at(id)};
    if (verb == "state") {
      const auto heard = get(get_state(seen, [](const actor& state) { return state.heard; }));
      return play_.note(id + " has heard " + std::to_string(*heard));
    }
    (void)get(
        replace_state(seen, [heard = what[2].get<int>()](actor& state) { state.heard = heard; }));
  }

  void await(const std::string& text) {
    for (int left = 10'000; left > 0; --left) {
      for (; awaited_ < play_.events.size(); ++awaited_) {
        if (play_.events[awaited_] != text) continue;
        ++awaited_;
        return;
      }
      play_.world.run_for(1ms);
    }
    play_.note("never: " + text);
  }

  void start(const json& spec) {
    const std::string id = spec.at("id");
    begin("start " + id, id, [&](spawn_options options) -> result<process_ref> {
      auto spawned = spawn<actor>(home(), std::move(options), &play_, &spec);
      if (!spawned) return std::unexpected{spawned.error()};
      return spawned->process();
    });
  }
  void supervise(const json& spec) {
    const std::string id = spec.at("id");
    play_.is_dynamic[id] = is_dynamic_tree(spec);
    begin("supervise " + id, id, [&](spawn_options options) {
      return is_dynamic_tree(spec)
                 ? home().spawn(std::make_unique<dynamic_supervisor>(dynamic_tree(play_, spec)),
                                std::move(options))
                 : home().spawn(std::make_unique<supervisor>(static_tree(play_, spec)),
                                std::move(options));
    });
  }
  template <class Spawn>
  void begin(const std::string& what, const std::string& id, Spawn spawn_it) {
    auto [started, starting] = make_operation<std::optional<exit_reason>>();
    auto [ended, ending] = make_operation<exit_reason>();
    const result<process_ref> spawned =
        spawn_it(spawn_options{.name = id, .started = started, .ended = ended});
    if (!spawned) return play_.note(what + ": already started");
    play_.know(id, *spawned);
    const std::optional<exit_reason> outcome = **play_.world.run_until(std::move(starting));
    play_.note(what + ": " +
               (!outcome                                  ? "ok"
                : outcome->is_ignored()                   ? "nothing to run"
                : text_of(*outcome) == "invalid argument" ? "invalid argument"
                                                          : "failed with " + text_of(*outcome)));
    play_.is_started[id] = !outcome;
    if (!outcome) ends_.emplace_back(id, std::move(ending));
  }

  /// Whatever is asked of a supervisor: both kinds have the same words.
  template <class T>
  result<T> get(operation<T> asked) {
    return *play_.world.run_until(std::move(asked));
  }
  [[nodiscard]] ref<supervisor> fixed(const std::string& id) const {
    return ref<supervisor>{play_.known.at(id)};
  }
  [[nodiscard]] ref<dynamic_supervisor> dynamic(const std::string& id) const {
    return ref<dynamic_supervisor>{play_.known.at(id)};
  }

  std::string change(const std::string& verb, const json& what) {
    const std::string top = what[1];
    if (verb == "start child") {
      child_spec added = child_of_tree(play_, what[2]);
      return answer_of(play_.is_dynamic[top] ? get(start_child(dynamic(top), std::move(added)))
                                             : get(start_child(fixed(top), std::move(added))));
    }
    const std::string id = what[2];
    if (verb == "terminate child") {
      return answer_of(play_.is_dynamic[top]
                           ? get(terminate_child(dynamic(top), play_.known.at(id).id()))
                           : get(terminate_child(fixed(top), id)));
    }
    return verb == "restart child" ? answer_of(get(restart_child(fixed(top), id)))
                                   : answer_of(get(delete_child(fixed(top), id)));
  }
  std::string list(const std::string& top) {
    std::vector<child_info> all = *(play_.is_dynamic[top] ? get(which_children(dynamic(top)))
                                                          : get(which_children(fixed(top))));
    if (play_.is_dynamic[top]) std::ranges::sort(all, {}, &child_info::id);
    std::string text;
    for (const child_info& each : all) {
      text += (text.empty() ? "" : ", ") + each.id +
              (each.state == child_state::running      ? " running "
               : each.state == child_state::restarting ? " restarting "
                                                       : " stopped ") +
              std::string{to_string(each.type)};
    }
    return text;
  }
  std::string count(const std::string& top) {
    const child_counts seen = *(play_.is_dynamic[top] ? get(count_children(dynamic(top)))
                                                      : get(count_children(fixed(top))));
    return std::to_string(seen.specs) + " specs, " + std::to_string(seen.active) + " active, " +
           std::to_string(seen.supervisors) + " supervisors, " + std::to_string(seen.workers) +
           " workers";
  }

  runtime& home() { return play_.world.home(); }
  void tell() {
    for (; told_ < play_.events.size(); ++told_) std::cout << "  " << play_.events[told_] << '\n';
  }

  play play_;
  const json& scenario_;
  std::size_t told_ = 0;
  std::size_t awaited_ = 0;
  std::vector<std::pair<std::string, operation<exit_reason>>> ends_;
};

}  // namespace
}  // namespace genstage::otp

int main(int count, char** arguments) {
  const int seeds = std::stoi(arguments[1]);
  for (int file = 2; file < count; ++file) {
    std::ifstream in{arguments[file]};
    const nlohmann::json scenarios = nlohmann::json::parse(in);
    for (const nlohmann::json& each : scenarios) {
      for (int seed = 1; seed <= seeds; ++seed) {
        genstage::otp::stage_manager{static_cast<std::uint64_t>(seed), each}.run();
      }
    }
  }
}
