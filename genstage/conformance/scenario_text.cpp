#include <array>
#include <charconv>
#include <fstream>
#include <genstage/conformance/scenario_text.hpp>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace genstage::conformance {
namespace {

template <class Enum, std::size_t N>
struct words {
  std::array<std::string_view, N> all;

  [[nodiscard]] std::string of(Enum value) const {
    return std::string{all[static_cast<std::size_t>(value)]};
  }
  [[nodiscard]] Enum read(std::string_view word) const {
    for (std::size_t index = 0; index < N; ++index) {
      if (all[index] == word) return static_cast<Enum>(index);
    }
    throw std::runtime_error{"unknown word " + std::string{word}};
  }
};

constexpr words<actor_kind, 4> kinds{{"producer", "producer_consumer", "consumer", "probe"}};
constexpr words<dispatch_kind, 3> dispatchers{{"demand", "broadcast", "partition"}};
constexpr words<keep_kind, 2> keeps{{"last", "first"}};
constexpr words<demand_mode, 2> modes{{"forward", "accumulate"}};
constexpr words<ending, 3> endings{{"permanent", "transient", "temporary"}};
constexpr words<selector_kind, 3> selectors{{"all", "even", "odd"}};
constexpr words<transform_kind, 4> transforms{{"pass", "twice", "evens", "none"}};
constexpr words<join_kind, 3> joins{{"automatic", "manual", "stop"}};
constexpr words<hibernate_kind, 3> hibernations{{"never", "demand", "cancel"}};
constexpr words<verb, 14> verbs{{"subscribe", "resubscribe", "cancel", "ask", "emit", "stop",
                                 "raise", "kill", "mode", "info", "estimate", "query", "send",
                                 "finish"}};

std::vector<std::string_view> split(std::string_view text, std::string_view by) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(by, at), text.size());
    if (end > at) parts.push_back(text.substr(at, end - at));
    at = end + by.size();
  }
  return parts;
}

std::int64_t number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || end != text.data() + text.size()) {
    throw std::runtime_error{"not a number: " + std::string{text}};
  }
  return value;
}

int tag_number(std::string_view text) {
  if (!text.starts_with('t')) throw std::runtime_error{"not a tag: " + std::string{text}};
  return static_cast<int>(number(text.substr(1)));
}

std::string to_text(const actor& written) {
  const actor plain{};
  std::string text = kinds.of(written.kind);
  const auto add = [&](const char* key, const std::string& value) {
    text += std::string{" "} + key + "=" + value;
  };
  if (written.dispatcher != plain.dispatcher) add("dispatcher", dispatchers.of(written.dispatcher));
  if (written.partitions != plain.partitions) add("partitions", std::to_string(written.partitions));
  if (written.discard != 0) add("discard", std::to_string(written.discard));
  if (written.buffer) add("buffer", std::to_string(*written.buffer));
  if (written.keep != plain.keep) add("keep", keeps.of(written.keep));
  if (written.demand != plain.demand) add("demand", modes.of(written.demand));
  if (!written.answers.empty()) {
    std::string list;
    for (const std::int64_t each : written.answers) {
      list += (list.empty() ? "" : ",") + (each == exactly ? "exactly" : std::to_string(each));
    }
    add("answers", list);
  }
  if (written.transform != plain.transform) add("transform", transforms.of(written.transform));
  if (written.towards_producers != plain.towards_producers) {
    add("towards_producers", joins.of(written.towards_producers));
  }
  if (written.towards_consumers != plain.towards_consumers) {
    add("towards_consumers", joins.of(written.towards_consumers));
  }
  if (written.stop_at != 0) add("stop_at", std::to_string(written.stop_at));
  if (written.raise_at != 0) add("raise_at", std::to_string(written.raise_at));
  if (written.emit_when_left != 0) add("emit_when_left", std::to_string(written.emit_when_left));
  if (written.stop_when_left) add("stop_when_left", "1");
  if (written.hibernates != plain.hibernates)
    add("hibernates", hibernations.of(written.hibernates));
  if (written.shuffles) add("shuffles", "1");
  return text;
}

void read_option(actor& into, std::string_view key, std::string_view value) {
  if (key == "dispatcher") {
    into.dispatcher = dispatchers.read(value);
  } else if (key == "partitions") {
    into.partitions = number(value);
  } else if (key == "discard") {
    into.discard = number(value);
  } else if (key == "buffer") {
    into.buffer = number(value);
  } else if (key == "keep") {
    into.keep = keeps.read(value);
  } else if (key == "demand") {
    into.demand = modes.read(value);
  } else if (key == "answers") {
    for (const auto each : split(value, ",")) {
      into.answers.push_back(each == "exactly" ? exactly : number(each));
    }
  } else if (key == "transform") {
    into.transform = transforms.read(value);
  } else if (key == "towards_producers") {
    into.towards_producers = joins.read(value);
  } else if (key == "towards_consumers") {
    into.towards_consumers = joins.read(value);
  } else if (key == "stop_at") {
    into.stop_at = number(value);
  } else if (key == "raise_at") {
    into.raise_at = number(value);
  } else if (key == "emit_when_left") {
    into.emit_when_left = number(value);
  } else if (key == "stop_when_left") {
    into.stop_when_left = value == "1";
  } else if (key == "hibernates") {
    into.hibernates = hibernations.read(value);
  } else if (key == "shuffles") {
    into.shuffles = value == "1";
  } else {
    throw std::runtime_error{"unknown option " + std::string{key}};
  }
}

void read_option(terms& into, std::string_view key, std::string_view value) {
  if (key == "max") {
    into.max_demand = number(value);
  } else if (key == "min") {
    into.min_demand = number(value);
  } else if (key == "cancel") {
    into.cancel = endings.read(value);
  } else if (key == "partition") {
    into.partition = number(value);
  } else if (key == "selector") {
    into.selector = selectors.read(value);
  } else {
    throw std::runtime_error{"unknown option " + std::string{key}};
  }
}

template <class Options>
void read_options(Options& into, const std::vector<std::string_view>& tokens, std::size_t from) {
  for (std::size_t index = from; index < tokens.size(); ++index) {
    const std::size_t equals = tokens[index].find('=');
    if (equals == std::string_view::npos) {
      throw std::runtime_error{"not an option: " + std::string{tokens[index]}};
    }
    read_option(into, tokens[index].substr(0, equals), tokens[index].substr(equals + 1));
  }
}

std::string to_text(const terms& written) {
  std::string text = " max=" + std::to_string(written.max_demand);
  if (written.min_demand) text += " min=" + std::to_string(*written.min_demand);
  text += " cancel=" + endings.of(written.cancel);
  if (written.partition) text += " partition=" + std::to_string(*written.partition);
  if (written.selector != selector_kind::all) text += " selector=" + selectors.of(written.selector);
  return text;
}

command read_command(std::string_view text) {
  const auto tokens = split(text, " ");
  command read{.what = verbs.read(tokens.at(0))};
  const auto actor_at = [&](std::size_t index) {
    return static_cast<int>(number(tokens.at(index)));
  };
  switch (read.what) {
    case verb::subscribe:
    case verb::resubscribe: {
      read.actor = actor_at(1);
      read.peer = actor_at(2);
      read.tag = tag_number(tokens.at(3));
      const bool again = read.what == verb::resubscribe;
      if (again) read.previous = tag_number(tokens.at(4));
      if (again) read.reason = tokens.at(5);
      read_options(read.with, tokens, again ? 6 : 4);
      break;
    }
    case verb::cancel:
    case verb::finish:
      read.tag = tag_number(tokens.at(1));
      read.reason = tokens.at(2);
      break;
    case verb::ask:
    case verb::send:
      read.tag = tag_number(tokens.at(1));
      read.count = number(tokens.at(2));
      break;
    case verb::emit:
    case verb::info:
      read.actor = actor_at(1);
      read.count = number(tokens.at(2));
      break;
    case verb::stop:
      read.actor = actor_at(1);
      read.reason = tokens.at(2);
      break;
    case verb::mode:
      read.actor = actor_at(1);
      read.mode = modes.read(tokens.at(2));
      break;
    case verb::raise:
    case verb::kill:
    case verb::estimate:
    case verb::query:
      read.actor = actor_at(1);
      break;
  }
  return read;
}

/// Adds what one line says to the traces read so far.
void read_line(std::vector<trace>& read, std::string_view line) {
  constexpr std::string_view title = "scenario ";
  if (line.starts_with(title)) {
    read.emplace_back().of.name = line.substr(title.size());
    return;
  }
  if (read.empty()) throw std::runtime_error{"a line before the first scenario"};
  trace& current = read.back();
  if (line.starts_with("  ")) {
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos || current.seen.empty()) {
      throw std::runtime_error{"an observation must follow a step, as \"actor: what; what\""};
    }
    auto& seen =
        current.seen.back().at(static_cast<std::size_t>(number(line.substr(2, colon - 2))));
    for (const auto each : split(line.substr(colon + 2), "; ")) seen.emplace_back(each);
    return;
  }
  constexpr std::string_view doing = "do ";
  if (line.starts_with(doing)) {
    step& next = current.of.steps.emplace_back();
    for (const auto each : split(line.substr(doing.size()), " | ")) {
      next.push_back(read_command(each));
    }
    current.seen.emplace_back(current.of.actors.size());
    return;
  }
  const auto tokens = split(line, " ");
  actor& added = current.of.actors.emplace_back();
  added.kind = kinds.read(tokens.at(0));
  read_options(added, tokens, 1);
}

std::string to_text(const step& written) {
  std::string text = "do ";
  for (const command& each : written) {
    if (&each != &written.front()) text += " | ";
    text += to_text(each);
  }
  return text + "\n";
}

std::string head_of(const scenario& written) {
  std::string text = "scenario " + written.name + "\n";
  for (const actor& each : written.actors) text += to_text(each) + "\n";
  return text;
}

}  // namespace

std::string to_text(const command& written) {
  const std::string tag = " t" + std::to_string(written.tag);
  const std::string who = " " + std::to_string(written.actor);
  const std::string count = " " + std::to_string(written.count);
  std::string text = verbs.of(written.what);
  switch (written.what) {
    case verb::subscribe:
      return text + who + " " + std::to_string(written.peer) + tag + to_text(written.with);
    case verb::resubscribe:
      return text + who + " " + std::to_string(written.peer) + tag + " t" +
             std::to_string(written.previous) + " " + written.reason + to_text(written.with);
    case verb::cancel:
    case verb::finish:
      return text + tag + " " + written.reason;
    case verb::ask:
    case verb::send:
      return text + tag + count;
    case verb::emit:
    case verb::info:
      return text + who + count;
    case verb::stop:
      return text + who + " " + written.reason;
    case verb::mode:
      return text + who + " " + modes.of(written.mode);
    case verb::raise:
    case verb::kill:
    case verb::estimate:
    case verb::query:
      return text + who;
  }
  return text;
}

std::string to_text(const scenario& written) {
  std::string text = head_of(written);
  for (const step& each : written.steps) text += to_text(each);
  return text;
}

std::string to_text(const trace& written) {
  std::string text = head_of(written.of);
  for (std::size_t index = 0; index < written.of.steps.size(); ++index) {
    text += to_text(written.of.steps[index]);
    if (index >= written.seen.size()) continue;
    const observed& seen = written.seen[index];
    for (std::size_t who = 0; who < seen.size(); ++who) {
      if (seen[who].empty()) continue;
      text += "  " + std::to_string(who) + ": ";
      for (const std::string& each : seen[who]) {
        if (&each != &seen[who].front()) text += "; ";
        text += each;
      }
      text += "\n";
    }
  }
  return text;
}

std::vector<trace> read_traces(std::string_view text) {
  std::vector<trace> read;
  int number_of_line = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    at = end + 1;
    ++number_of_line;
    if (line.empty() || line.starts_with('#')) continue;
    try {
      read_line(read, line);
    } catch (const std::exception& wrong) {
      throw std::runtime_error{"line " + std::to_string(number_of_line) + ": " + wrong.what()};
    }
  }
  return read;
}

std::vector<trace> read_trace_file(const std::string& path) {
  std::ifstream file{path};
  if (!file) throw std::runtime_error{path + ": cannot be read"};
  std::ostringstream text;
  text << file.rdbuf();
  return read_traces(text.str());
}

}  // namespace genstage::conformance
