#include "livesearch/site/yaml_section.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <tuple>

namespace livesearch {
namespace {

// Source: R. A. Wagner, M. J. Fischer, "The String-to-String Correction Problem", 1974.
std::size_t edit_distance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> row(right.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= left.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= right.size(); ++j) {
      const auto replaced = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row.back();
}

struct quantity {
  double number = 0;
  std::string_view unit;
};

std::optional<quantity> quantity_of(std::string_view text) {
  quantity read;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), read.number,
                                              std::chars_format::fixed);
  if (failure != std::errc{} || !std::isfinite(read.number)) return std::nullopt;
  read.unit = text.substr(static_cast<std::size_t>(end - text.data()));
  if (read.unit.starts_with(' ')) read.unit.remove_prefix(1);
  return read;
}

std::string duration_text(std::chrono::milliseconds duration) {
  const auto count = duration.count();
  return count % 1000 == 0 ? fmt::format("{}s", count / 1000) : fmt::format("{}ms", count);
}

std::string size_text(std::uint64_t bytes) {
  constexpr std::uint64_t mebibyte = std::uint64_t{1024} * 1024;
  return bytes % mebibyte == 0 ? fmt::format("{}MiB", bytes / mebibyte)
                               : fmt::format("{}KiB", bytes / 1024U);
}

std::string too_large(std::string_view seen, std::string_view most) {
  return fmt::format("value is too large ({}), at most {} is allowed", seen, most);
}

std::string too_small(std::string_view seen, std::string_view least) {
  return fmt::format("value is too small ({}), at least {} is allowed", seen, least);
}

}  // namespace

void mistake_list::add(yaml_place place, std::string key, std::string message) {
  ++count_;
  if (errors_.size() == most_mistakes) return;
  errors_.push_back({file_, place.line, place.column, std::move(key), std::move(message)});
}

std::vector<definition_error> mistake_list::take() {
  std::ranges::sort(errors_, {}, [](const definition_error& each) {
    return std::tie(each.line, each.column, each.key, each.message);
  });
  return std::move(errors_);
}

yaml_section::yaml_section(const yaml_node& node, std::string path, mistake_list& mistakes,
                           std::span<const std::string_view> allowed)
    : node_{&node}, path_{std::move(path)}, mistakes_{&mistakes} {
  if (node.kind != yaml_kind::map) {
    mistakes.add(node.place, path_,
                 fmt::format("is {}, a map with the keys {} is needed", words_for(node.kind),
                             joined_with_and(allowed)));
    return;
  }
  for (auto child = node.children.begin(); child != node.children.end(); ++child) {
    if (std::ranges::find(allowed, child->key) == allowed.end()) {
      const auto near = nearest_word(child->key, allowed);
      mistakes.add(child->key_place, path_of(child->key),
                   fmt::format("unknown key{}, allowed are {}",
                               near.empty() ? "" : fmt::format(" (did you mean \"{}\"?)", near),
                               joined_with_and(allowed)));
    } else if (&*child != find(child->key)) {
      mistakes.add(child->key_place, path_of(child->key), "is given twice, once is allowed");
    }
  }
}

const yaml_node* yaml_section::find(std::string_view key) const noexcept {
  if (node_->kind != yaml_kind::map) return nullptr;
  const auto child = std::ranges::find(node_->children, key, &yaml_node::key);
  return child == node_->children.end() ? nullptr : &*child;
}

void yaml_section::require(std::string_view key, std::string_view what) const {
  if (node_->kind == yaml_kind::map && find(key) == nullptr) {
    report(key, fmt::format("is missing, {} is needed", what));
  }
}

void yaml_section::report(std::string_view key, std::string message) const {
  const auto* value = find(key);
  mistakes_->add(value == nullptr ? node_->place : value->place, path_of(key), std::move(message));
}

void yaml_section::report_child(std::string_view key, const yaml_node& child,
                                std::string message) const {
  mistakes_->add(child.key_place, path_of(fmt::format("{}.{}", key, child.key)),
                 std::move(message));
}

std::string yaml_section::path_of(std::string_view key) const {
  auto shown = std::string{key.substr(0, 60)};
  std::ranges::replace(shown, '\n', ' ');
  if (path_.empty()) return shown;
  return shown.empty() ? path_ : fmt::format("{}.{}", path_, shown);
}

std::optional<std::string> yaml_section::read_text(std::string_view key,
                                                   std::size_t most_bytes) const {
  const auto* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (value->kind != yaml_kind::scalar || value->text.empty()) {
    report(key, fmt::format("is {}, a text is needed",
                            value->kind == yaml_kind::scalar ? "empty" : words_for(value->kind)));
    return std::nullopt;
  }
  if (value->text.size() > most_bytes) {
    report(key, fmt::format("text is too long ({} bytes), at most {} are allowed",
                            value->text.size(), most_bytes));
    return std::nullopt;
  }
  return value->text;
}

std::optional<bool> yaml_section::read_bool(std::string_view key) const {
  return read_choice<bool>(key, {{"true", true}, {"false", false}});
}

std::optional<std::uint64_t> yaml_section::read_whole(std::string_view key, std::uint64_t least,
                                                      std::uint64_t most) const {
  const auto text = read_text(key, 100);
  if (!text) return std::nullopt;
  std::uint64_t number = 0;
  const auto [end, failure] = std::from_chars(text->data(), text->data() + text->size(), number);
  const bool is_whole = end == text->data() + text->size();
  if (is_whole && failure == std::errc{} && number >= least && number <= most) return number;
  if (is_whole && (failure == std::errc::result_out_of_range || number > most)) {
    report(key, too_large(*text, fmt::format("{}", most)));
  } else if (is_whole && failure == std::errc{}) {
    report(key, too_small(*text, fmt::format("{}", least)));
  } else {
    report(key, fmt::format("\"{}\" is no whole number, {} to {} is allowed", *text, least, most));
  }
  return std::nullopt;
}

std::optional<double> yaml_section::read_decimal(std::string_view key, double least,
                                                 double most) const {
  const auto text = read_text(key, 100);
  if (!text) return std::nullopt;
  const auto read = quantity_of(*text);
  if (!read || !read->unit.empty()) {
    report(key, fmt::format("\"{}\" is no number, {} to {} is allowed", *text, least, most));
  } else if (read->number > most) {
    report(key, too_large(*text, fmt::format("{}", most)));
  } else if (read->number < least) {
    report(key, too_small(*text, fmt::format("{}", least)));
  } else {
    return read->number;
  }
  return std::nullopt;
}

std::optional<std::chrono::milliseconds> yaml_section::read_duration(
    std::string_view key, std::chrono::milliseconds least, std::chrono::milliseconds most) const {
  const auto text = read_text(key, 100);
  if (!text) return std::nullopt;
  const auto read = quantity_of(*text);
  if (!read || (read->unit != "ms" && read->unit != "s")) {
    report(key, fmt::format("\"{}\" is no duration, a number with the unit ms or s is needed, such "
                            "as 3s",
                            *text));
    return std::nullopt;
  }
  const double count = read->unit == "s" ? read->number * 1000 : read->number;
  if (count > static_cast<double>(most.count())) {
    report(key, too_large(*text, duration_text(most)));
  } else if (count < static_cast<double>(least.count())) {
    report(key, too_small(*text, duration_text(least)));
  } else {
    return std::chrono::milliseconds{std::llround(count)};
  }
  return std::nullopt;
}

std::optional<std::uint64_t> yaml_section::read_size(std::string_view key, std::uint64_t least,
                                                     std::uint64_t most) const {
  const auto text = read_text(key, 100);
  if (!text) return std::nullopt;
  const auto read = quantity_of(*text);
  if (!read || (read->unit != "KiB" && read->unit != "MiB")) {
    report(key, fmt::format("\"{}\" is no size, a number with the unit KiB or MiB is needed, such "
                            "as 2MiB",
                            *text));
    return std::nullopt;
  }
  const double bytes = read->number * (read->unit == "MiB" ? 1024.0 * 1024.0 : 1024.0);
  if (bytes > static_cast<double>(most)) {
    report(key, too_large(*text, size_text(most)));
  } else if (bytes < static_cast<double>(least)) {
    report(key, too_small(*text, size_text(least)));
  } else {
    return static_cast<std::uint64_t>(bytes);
  }
  return std::nullopt;
}

void yaml_section::report_unknown_word(std::string_view key, std::string_view word,
                                       std::span<const std::string_view> allowed) const {
  const auto near = nearest_word(word, allowed);
  report(key, fmt::format("\"{}\" is unknown{}, allowed are {}", word,
                          near.empty() ? "" : fmt::format(" (did you mean \"{}\"?)", near),
                          joined_with_and(allowed)));
}

std::string_view words_for(yaml_kind kind) noexcept {
  switch (kind) {
    case yaml_kind::null:
      return "empty";
    case yaml_kind::scalar:
      return "a text";
    case yaml_kind::sequence:
      return "a list";
    case yaml_kind::map:
      return "a map";
  }
  return "unknown";
}

std::string joined_with_and(std::span<const std::string_view> words) {
  std::string joined;
  for (std::size_t at = 0; at < words.size(); ++at) {
    if (at > 0) joined += at + 1 == words.size() ? " and " : ", ";
    joined += words[at];
  }
  return joined;
}

std::string_view nearest_word(std::string_view typed, std::span<const std::string_view> words) {
  if (typed.size() > 40) return {};
  std::string_view nearest;
  std::size_t least = 3;
  for (const auto word : words) {
    const auto distance = edit_distance(typed, word);
    // Two letters of a word of three are another word.
    if (distance < least && distance * 2 <= word.size()) {
      nearest = word;
      least = distance;
    }
  }
  return nearest;
}

}  // namespace livesearch
