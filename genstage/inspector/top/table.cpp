#include "genstage/inspector/top/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ranges>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "genstage/inspector/top/hop_lines.hpp"

namespace genstage::inline v0::top {

namespace {

constexpr std::array<std::pair<std::string_view, sort_key>, 6> sort_words{{
    {"waiting", sort_key::waiting},
    {"busy", sort_key::busy},
    {"events", sort_key::events},
    {"mailbox", sort_key::mailbox},
    {"restarts", sort_key::restarts},
    {"name", sort_key::name},
}};

/// A row with what is told from two views.
struct line {
  const process_row* row = nullptr;
  std::optional<double> rate{};
  std::size_t depth = 0;
};

std::string span_text(double ms) {
  if (ms <= 0) return "";
  if (ms < 1000) return fmt::format("{:.0f} ms", ms);
  if (ms < 60'000) return fmt::format("{:.1f} s", ms / 1000);
  return fmt::format("{:.0f} min", ms / 60'000);
}

std::string rate_text(std::optional<double> rate) {
  if (!rate) return "";
  if (*rate >= 1e6) return fmt::format("{:.1f}M/s", *rate / 1e6);
  if (*rate >= 1e4) return fmt::format("{:.0f}k/s", *rate / 1e3);
  return fmt::format("{:.0f}/s", *rate);
}

std::string count_text(std::uint64_t count) {
  return count == 0 ? "" : std::to_string(count);
}

std::vector<line> lines_of(const program_view& now, const program_view* before,
                           const table_options& options) {
  std::unordered_map<std::string_view, const process_row*> earlier;
  if (before != nullptr) {
    for (const process_row& each : before->processes) earlier.emplace(each.pid, &each);
  }
  std::vector<line> lines;
  for (const process_row& each : now.processes) {
    if (!options.with_inspector && is_of_inspector(each.label)) continue;
    line made{.row = &each};
    const auto last = earlier.find(each.pid);
    if (last != earlier.end() && now.at_ms > before->at_ms) {
      const std::uint64_t events = each.events - std::min(each.events, last->second->events);
      made.rate = static_cast<double>(events) * 1000 / (now.at_ms - before->at_ms);
    }
    lines.push_back(made);
  }
  return lines;
}

double weight(const line& of, sort_key by) {
  switch (by) {
    case sort_key::waiting:
      return of.row->in_callback_ms;
    case sort_key::busy:
      return of.row->busy.value_or(-1);
    case sort_key::events:
      return of.rate.value_or(static_cast<double>(of.row->events));
    case sort_key::mailbox:
      return static_cast<double>(of.row->mailbox);
    case sort_key::restarts:
      return static_cast<double>(of.row->restarts);
    case sort_key::name:
      break;
  }
  return 0;
}

void sort(std::vector<line>& lines, sort_key by) {
  std::ranges::sort(lines, [by](const line& one, const line& other) {
    const double difference = weight(one, by) - weight(other, by);
    if (difference != 0) return difference > 0;
    return std::tie(one.row->label, one.row->pid) < std::tie(other.row->label, other.row->pid);
  });
}

/// Children below their supervisors, siblings in the order they have in `lines`.
std::vector<line> as_tree(const std::vector<line>& lines) {
  std::unordered_set<std::string_view> shown;
  for (const line& each : lines) shown.insert(each.row->pid);
  std::unordered_map<std::string_view, std::vector<const line*>> children;
  for (const line& each : lines) {
    const bool has_parent = shown.contains(each.row->parent);
    children[has_parent ? std::string_view{each.row->parent} : ""].push_back(&each);
  }
  std::vector<line> tree;
  // What is still to be written, the next one last.
  std::vector<std::pair<const line*, std::size_t>> left;
  const auto push = [&](std::string_view parent, std::size_t depth) {
    const auto found = children.find(parent);
    if (found == children.end()) return;
    for (const line* each : std::views::reverse(found->second)) left.emplace_back(each, depth);
  };
  push("", 0);
  while (!left.empty()) {
    const auto [next, depth] = left.back();
    left.pop_back();
    tree.push_back(*next);
    tree.back().depth = depth;
    push(next->row->pid, depth + 1);
  }
  return tree;
}

std::string row_text(const line& of, std::size_t name_width) {
  const process_row& row = *of.row;
  const std::string name = std::string(2 * of.depth, ' ') + row.label;
  const std::string busy = row.busy ? fmt::format("{:.0f} %", *row.busy * 100) : "";
  return fmt::format("{:<{}} {:<17} {:<24} {:>8} {:>6} {:>9} {:>7} {:>7} {:>8}",
                     cut(name, name_width), name_width, row.kind, cut(row.state, 24),
                     span_text(row.in_callback_ms), busy, rate_text(of.rate),
                     count_text(row.mailbox), count_text(row.buffered), count_text(row.restarts));
}

table_lines process_lines(const program_view& now, const program_view* before,
                          const table_options& options) {
  const bool is_tree = options.arranged == arrangement::tree;
  std::vector<line> lines = lines_of(now, before, options);
  sort(lines, options.sort);
  if (is_tree) lines = as_tree(lines);
  std::size_t name_width = 12;
  for (const line& each : lines) {
    name_width = std::max(name_width, 2 * each.depth + each.row->label.size());
  }
  name_width = std::min<std::size_t>(name_width, 40);
  table_lines table{
      .subject = fmt::format("{} processes", lines.size()),
      .order = fmt::format("{} by {}", is_tree ? "tree" : "sorted", to_string(options.sort))};
  table.rows.push_back(fmt::format("{:<{}} {:<17} {:<24} {:>8} {:>6} {:>9} {:>7} {:>7} {:>8}",
                                   "NAME", name_width, "KIND", "STATE", "FOR", "BUSY", "EVENTS",
                                   "MAIL", "BUFFER", "RESTARTS"));
  for (const line& each : lines) table.rows.push_back(row_text(each, name_width));
  return table;
}

}  // namespace

std::optional<sort_key> sort_key_of(char letter) noexcept {
  for (const auto& [word, key] : sort_words) {
    if (word.front() == letter) return key;
  }
  return std::nullopt;
}

std::optional<sort_key> sort_key_of(std::string_view given) noexcept {
  for (const auto& [word, key] : sort_words) {
    if (word == given) return key;
  }
  return std::nullopt;
}

std::string_view to_string(sort_key key) noexcept {
  return sort_words.at(static_cast<std::size_t>(key)).first;
}

std::string write_table(const program_view& now, const program_view* before,
                        const table_options& options) {
  const bool shows_processes = options.shows == table_content::processes;
  const table_lines table =
      shows_processes ? process_lines(now, before, options) : hop_lines(now, options);
  std::vector<std::string> text;
  text.push_back(fmt::format("up {}, {}, looked in {:.1f} ms, {}", span_text(now.at_ms),
                             table.subject, now.took_ms, table.order));
  for (const finding_line& each : now.findings) {
    text.push_back(fmt::format("! {}: {}", each.label, each.text));
  }
  if (now.findings.empty()) text.emplace_back("nobody is stuck");
  text.insert(text.end(), table.rows.begin(), table.rows.end());

  if (options.height > 0 && text.size() > options.height) {
    const std::size_t left_out = text.size() - options.height + 1;
    text.resize(options.height - 1);
    text.push_back(fmt::format("and {} more", left_out));
  }
  std::string all;
  for (const std::string& each : text) {
    const std::string_view line = cut(each, options.width);
    all += line.substr(0, line.find_last_not_of(' ') + 1);
    all += '\n';
  }
  return all;
}

}  // namespace genstage::inline v0::top
