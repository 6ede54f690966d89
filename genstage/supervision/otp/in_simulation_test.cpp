#include <cstdio>
#include <fstream>
#include <genstage/process/later_reply.hpp>
#include <genstage/process/server.hpp>
#include <genstage/simulation/simulation.hpp>
#include <genstage/supervision/dynamic_supervisor.hpp>
#include <genstage/supervision/supervisor.hpp>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <regex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

// Plays the scenarios of this folder in simulations and prints what happens; see README.md.
//
//     in_simulation SEEDS FILE...
namespace genstage {
namespace {

using namespace std::chrono_literals;
using json = nlohmann::json;

exit_reason reason_of(const std::string& text) {
  static const std::map<std::string, exit_reason> known{
      {"normal", exit_reason::normal()}, {"shutdown", exit_reason::shutdown()},
      {"kill", exit_reason::kill()},     {"killed", exit_reason::killed()},
      {"noproc", exit_reason::noproc()},
  };
  if (const auto found = known.find(text); found != known.end()) return found->second;
  if (text.starts_with("shutdown: ")) return exit_reason::shutdown(text.substr(10));
  return exit_reason::user(text);
}

/// An exception is told by its text alone, since its type and place are C++'s.
std::string text_of(const std::string& reason) {
  static const std::regex thrown{R"(error \(std::runtime_error: ([^)]*)\) in \w+)"};
  return std::regex_replace(reason, thrown, "error ($1)");
}
std::string text_of(const exit_reason& reason) {
  // What is refused in words is one code in the other world.
  const bool is_refusal =
      reason.kind() == exit_kind::user && reason.text().ends_with("not started");
  return is_refusal ? "invalid argument" : text_of(to_string(reason));
}

/// What all processes of a scenario share: the journal and who is who.
struct play {
  explicit play(std::uint64_t seed) : world{seed, {.log = collect()}} {
    // A process of Erlang's ends before others have their turn, unless it is very unlucky.
    world.let_steps_be(step_size::all_that_waits);
  }

  void note(std::string text) { events.push_back(std::move(text)); }
  void know(const std::string& id, const process_ref& process) {
    known[id] = process;
    labels[process.id()] = id;
  }
  [[nodiscard]] std::string label(pid process) const {
    const auto found = labels.find(process);
    return found != labels.end() ? found->second : "the world";
  }
  /// What the next start of this process comes to.
  std::string next_start(const json& spec) {
    const std::size_t number = starts[spec.at("id")]++;
    const json outcomes = spec.value("starts", json::array());
    return number < outcomes.size() ? outcomes[number].get<std::string>() : "ok";
  }
  /// Crashes of servers, as OTP's logger tells them; a start that fails is told by its starter.
  log_sink collect() {
    return [this](const log_record& line) {
      constexpr std::string_view start = "ended with ";
      if (!line.text.starts_with(start) || !is_started[line.subject]) return;
      const std::string reason = line.text.substr(start.size());
      note(line.subject +
           ": crash report: " + text_of(reason.substr(0, reason.find(", handling"))));
    };
  }

  std::vector<std::string> events;
  simulation world;
  std::map<std::string, process_ref> known;
  std::map<pid, std::string> labels;
  std::map<std::string, std::size_t> starts;
  std::map<std::string, bool> is_started;
  std::map<std::string, bool> is_dynamic;  ///< Of supervisors.
};

struct say {
  std::string text;
};
struct step {
  const json* what;
};
struct ask {
  std::string request;
};

class actor final : public server {
 public:
  actor(play* shared, const json* spec) : play_{shared}, spec_{spec}, id_{spec->at("id")} {}

  void init() {
    play_->know(id_, self());
    play_->is_started[id_] = false;
    if (spec_->value("traps", true)) trap_exits();
    const std::string outcome = play_->next_start(*spec_);
    if (outcome == "ok") {
      play_->note(id_ + " starts");
      play_->is_started[id_] = true;
    } else if (outcome == "nothing to run") {
      play_->note(id_ + " has nothing to run");
      ignore();
    } else {
      play_->note(id_ + " fails to start");
      if (outcome == "crash") throw std::runtime_error{"boom"};
      stop(reason_of(outcome));
    }
  }
  void handle_cast(const say& said) { play_->note(id_ + " hears " + said.text); }
  task<> handle_cast(step asked) {
    const json& what = *asked.what;
    const std::string verb = what[0];
    if (verb == "start by") return start(what[2]);
    if (verb == "call") return ask_another(what);
    act(verb, what);
    return nothing();
  }
  later_reply<std::string> handle_call(const ask& asked) {
    if (asked.request == "crash") throw std::runtime_error{"boom"};
    later_reply<std::string> answer;
    if (asked.request == "echo") answer.complete("echo");
    if (asked.request == "leave") stop(exit_reason::user("tired"));
    if (asked.request != "later") return answer;
    play_->note(id_ + " is asked");
    return callers_.emplace_back(answer);
  }
  void handle_exit(const exit_signal& signal) {
    play_->note(id_ + ": exit of " + play_->label(signal.from) + " with " + text_of(signal.reason));
  }
  void handle_down(const down& notice) {
    play_->note(id_ + ": down of " + play_->label(notice.who) + " with " + text_of(notice.reason));
  }
  task<> terminate(const exit_reason& reason) {
    const json time = spec_->value("stops_in", json(0));
    if (time != 0) {
      auto wait = sleep_for(time == "never" ? duration{1h}
                                            : duration{std::chrono::milliseconds{time.get<int>()}});
      co_await std::move(wait);
    }
    play_->note(id_ + " terminates with " + text_of(reason));
  }

 private:
  static task<> nothing() { co_return; }

  void act(const std::string& verb, const json& what) {
    process& here = *process::current();
    if (verb == "at once") {
      for (json each : what[2]) {
        each.insert(each.begin() + 1, id_);
        act(each[0], each);
      }
    } else if (verb == "exit") {
      exit(other(what[2]), reason_of(what[3]));
    } else if (verb == "link") {
      link(other(what[2]));
    } else if (verb == "unlink") {
      unlink(other(what[2]));
    } else if (verb == "monitor") {
      monitors_[what[2]] = monitor(other(what[2]));
    } else if (verb == "demonitor") {
      demonitor(other(what[2]), monitors_[what[2]]);
    } else if (verb == "trap") {
      here.trap(what[2] == true ? exit_signals::arrive_as_messages : exit_signals::end_the_process);
    } else if (verb == "end") {
      stop(reason_of(what[2]));
    } else if (verb == "crash") {
      throw std::runtime_error{"boom"};
    } else {
      talk(verb, what);
    }
  }
  void talk(const std::string& verb, const json& what) {
    if (verb == "say") {
      cast(ref<actor>{other(what[2])}, say{what[3]});
    } else if (verb == "say after") {
      timers_[what[4]] = cast_after(std::chrono::milliseconds{what[3].get<int>()},
                                    ref<actor>{other(what[2])}, say{what[4]});
    } else if (verb == "cancel") {
      const bool in_time = cancel(timers_[what[2]]);
      play_->note(id_ + ": cancel of " + what[2].get<std::string>() +
                  (in_time ? ": in time" : ": too late"));
    } else if (verb == "reply") {
      for (const auto& each : std::exchange(callers_, {})) each.complete("at last");
    } else {
      throw std::invalid_argument{"no such step: " + what.dump()};
    }
  }
  [[nodiscard]] process_ref other(const std::string& id) const { return play_->known.at(id); }

  task<> start(const json& spec) {
    auto [far, near] = make_operation<std::optional<exit_reason>>();
    operation<std::optional<exit_reason>> waiting = std::move(near);
    const std::string id = spec.at("id");
    const auto spawned = spawn<actor>(
        home(), spawn_options{.name = id, .parent = self(), .started = far}, play_, &spec);
    std::string told = "already started";
    if (spawned) {
      const result<std::optional<exit_reason>> outcome = co_await std::move(waiting);
      told = !*outcome                  ? "ok"
             : (*outcome)->is_ignored() ? "nothing to run"
                                        : "failed with " + text_of(**outcome);
    }
    play_->note(id_ + ": start of " + id + ": " + told);
  }
  task<> ask_another(const json& what) {
    const ref<actor> asked{other(what[2])};
    ask request{what[3]};
    auto waiting = call(asked, request, std::chrono::milliseconds{what[4].get<int>()});
    const result<std::string> outcome = co_await std::move(waiting);
    const std::string told = outcome                                   ? *outcome
                             : outcome.error().code == errc::timed_out ? "no reply in time"
                             : outcome.error().code == errc::refused   ? "refused"
                                                                       : "ended";
    play_->note(id_ + ": call of " + what[2].get<std::string>() + ": " + told);
  }

  play* play_;
  const json* spec_;
  std::string id_;
  std::map<std::string, unique_id> monitors_;
  std::map<std::string, timer_id> timers_;
  std::vector<later_reply<std::string>> callers_;
};

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

bool is_supervisor(const json& spec) {
  return spec.contains("children") || spec.contains("dynamic");
}
bool is_dynamic_tree(const json& spec) {
  return spec.contains("dynamic");
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
}  // namespace genstage

int main(int count, char** arguments) {
  const int seeds = std::stoi(arguments[1]);
  for (int file = 2; file < count; ++file) {
    std::ifstream in{arguments[file]};
    const nlohmann::json scenarios = nlohmann::json::parse(in);
    for (const nlohmann::json& each : scenarios) {
      for (int seed = 1; seed <= seeds; ++seed) {
        genstage::stage_manager{static_cast<std::uint64_t>(seed), each}.run();
      }
    }
  }
}
