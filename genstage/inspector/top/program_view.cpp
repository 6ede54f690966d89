#include "genstage/inspector/top/program_view.hpp"

#include <nlohmann/json.hpp>
#include <unordered_map>
#include <utility>

namespace genstage::inline v0::top {

namespace {

using json = nlohmann::json;

/// A member that may be null.
template <class T>
T value_or(const json& object, const char* name, T otherwise) {
  const auto found = object.find(name);
  return found == object.end() || found->is_null() ? otherwise : found->get<T>();
}

std::string state_of(const json& process) {
  const auto callback = value_or<std::string>(process, "callback", "");
  if (!process.at("answered").get<bool>()) {
    return callback.empty() ? "no answer" : callback + " runs";
  }
  const auto activity = process.at("activity").get<std::string>();
  return callback.empty() ? activity : callback + " waits";
}

std::string kind_of(const json& process) {
  if (process.at("supervisor").get<bool>()) return "supervisor";
  const json& stage = process.at("stage");
  return stage.is_null() ? "server" : stage.at("kind").get<std::string>();
}

process_row read_process(const json& process) {
  process_row row;
  row.pid = process.at("pid").get<std::string>();
  row.label = process.at("label").get<std::string>();
  row.parent = value_or<std::string>(process, "parent", "");
  row.kind = kind_of(process);
  row.state = state_of(process);
  row.in_callback_ms = value_or(process, "in_callback_ms", 0.0);
  if (const json& busy = process.at("busy"); !busy.is_null()) row.busy = busy.get<double>();
  row.mailbox = process.at("mailbox").at("length").get<std::uint64_t>();
  row.restarts = process.at("restarts").get<std::uint64_t>();
  if (const json& stage = process.at("stage"); !stage.is_null()) {
    row.buffered =
        stage.at("buffered").get<std::uint64_t>() + stage.at("queued").get<std::uint64_t>();
  }
  return row;
}

/// Counts each delivery at who gets it, and at who sends it if nobody sends that one anything.
void count_events(const json& subscriptions, std::vector<process_row>& rows) {
  std::unordered_map<std::string, process_row*> by_pid;
  for (process_row& each : rows) by_pid.emplace(each.pid, &each);
  for (const json& each : subscriptions) {
    const auto delivered = each.at("delivered").get<std::uint64_t>();
    const auto to = by_pid.find(each.at("consumer").get<std::string>());
    if (to != by_pid.end()) to->second->events += delivered;
    const auto from = by_pid.find(each.at("producer").get<std::string>());
    if (from != by_pid.end() && from->second->kind == "producer") from->second->events += delivered;
  }
}

part_times read_part(const json& times) {
  return {.count = times.at("count").get<std::uint64_t>(),
          .half_ms = times.at("half_ms").get<double>(),
          .most_ms = times.at("most_ms").get<double>()};
}

/// What is measured of the subscriptions, with the names of their two ends.
std::vector<hop_row> read_hops(const json& subscriptions, const std::vector<process_row>& rows) {
  std::unordered_map<std::string, std::string> labels;
  for (const process_row& each : rows) labels.emplace(each.pid, each.label);
  const auto label_of = [&labels](const json& pid) {
    const auto found = labels.find(pid.get<std::string>());
    return found != labels.end() ? found->second : pid.get<std::string>();
  };
  std::vector<hop_row> hops;
  for (const json& each : subscriptions) {
    const auto latency = each.find("latency");
    if (latency == each.end() || latency->is_null()) continue;
    hop_row hop{.producer = label_of(each.at("producer")),
                .consumer = label_of(each.at("consumer"))};
    for (std::size_t part = 0; part < hop_parts.size(); ++part) {
      hop.parts.at(part) = read_part(latency->at(std::string{hop_parts.at(part)}));
    }
    hops.push_back(std::move(hop));
  }
  return hops;
}

}  // namespace

bool is_of_inspector(std::string_view label) noexcept {
  return label == "inspector" || label.starts_with("inspector/");
}

result<program_view> read_view(std::string_view text) {
  try {
    const json read = json::parse(text);
    program_view view;
    view.at_ms = read.at("at").get<double>() / 1e6;
    view.took_ms = read.at("took_us").get<double>() / 1e3;
    for (const json& each : read.at("processes")) view.processes.push_back(read_process(each));
    count_events(read.at("subscriptions"), view.processes);
    view.hops = read_hops(read.at("subscriptions"), view.processes);
    for (const json& each : read.at("findings")) {
      view.findings.push_back(
          {each.at("label").get<std::string>(), each.at("text").get<std::string>()});
    }
    return view;
  } catch (const json::exception& failed) {
    return fail(errc::bad_answer,
                std::string{"gs-top: what was answered is no snapshot of an inspector: "} +
                    failed.what() + "; given up");
  }
}

}  // namespace genstage::inline v0::top
