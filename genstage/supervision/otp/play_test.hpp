#pragma once

#include <genstage/process/registry.hpp>
#include <genstage/process/server.hpp>
#include <genstage/simulation/simulation.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>
#include <utility>
#include <vector>

// What all processes of a scenario share, and how reasons are written there. For tests.
namespace genstage::otp {

using namespace std::chrono_literals;
using json = nlohmann::json;

inline exit_reason reason_of(const std::string& text) {
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
inline std::string text_of(const std::string& reason) {
  static const std::regex thrown{R"(error \(std::runtime_error: ([^)]*)\) in \w+)"};
  return std::regex_replace(reason, thrown, "error ($1)");
}
inline std::string text_of(const exit_reason& reason) {
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
  registry<std::string>& keys(const std::string& kind) {
    return kind == "unique" ? unique : duplicate;
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
  registry<std::string> unique{world.home(), "unique", registry_keys::unique};
  registry<std::string> duplicate{world.home(), "duplicate", registry_keys::duplicate};
};

}  // namespace genstage::otp
