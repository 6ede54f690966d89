#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <genstage/simulation/fault_plan.hpp>
#include <optional>
#include <ranges>

namespace genstage::inline v0 {

namespace {

constexpr std::string_view plain_characters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/_.:<>-";

std::string quoted(const std::string& name) {
  if (!name.empty() && name.find_first_not_of(plain_characters) == std::string::npos) return name;
  std::string made{'"'};
  for (const char each : name) {
    if (each == '"' || each == '\\') made += '\\';
    made += each;
  }
  return made + '"';
}

std::string amount(duration span) {
  const auto nanoseconds = span.count();
  if (nanoseconds % 1'000'000 == 0) return fmt::format("{}ms", nanoseconds / 1'000'000);
  return fmt::format("{}ns", nanoseconds);
}

struct word {
  std::string text;
  bool is_quoted = false;
};

/// The words of one fault, up to the `;` that ends it, which is taken away. No value if a quote is
/// not closed.
std::optional<std::vector<word>> take_words(std::string_view& text) {
  std::vector<word> words;
  while (!text.empty()) {
    const char first = text.front();
    if (first == ';') {
      text.remove_prefix(1);
      return words;
    }
    if (first == ' ' || first == '\t' || first == '\n') {
      text.remove_prefix(1);
      continue;
    }
    word& next = words.emplace_back();
    next.is_quoted = first == '"';
    if (next.is_quoted) {
      text.remove_prefix(1);
      while (!text.empty() && text.front() != '"') {
        if (text.front() == '\\') text.remove_prefix(1);
        if (text.empty()) return std::nullopt;
        next.text += text.front();
        text.remove_prefix(1);
      }
      if (text.empty()) return std::nullopt;
      text.remove_prefix(1);
    } else {
      const std::size_t end = std::min(text.find_first_of(" \t\n;\""), text.size());
      next.text = text.substr(0, end);
      text.remove_prefix(end);
    }
  }
  return words;
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<duration> span(std::string_view text) {
  const bool is_milliseconds = text.ends_with("ms");
  if (!is_milliseconds && !text.ends_with("ns")) return std::nullopt;
  const std::optional<std::uint64_t> count = number(text.substr(0, text.size() - 2));
  const std::uint64_t unit = is_milliseconds ? 1'000'000U : 1U;
  if (!count || *count > static_cast<std::uint64_t>(duration::max().count()) / unit) {
    return std::nullopt;
  }
  return duration{static_cast<duration::rep>(*count * unit)};
}

/// A form is its words: `#` stands for the number, `@` for the subject, `~` for a time.
struct form {
  fault_kind kind;
  std::string_view words;
};

constexpr form forms[]{
    {fault_kind::kill, "kill @ at step #"},
    {fault_kind::start, "fail start # of @"},
    {fault_kind::callback, "throw in callback # of @"},
    {fault_kind::delay, "delay crossing # of @ by ~"},
    {fault_kind::drop, "drop crossing # of @"},
    {fault_kind::allocation, "refuse allocation # of @"},
};

std::optional<fault> read(const std::vector<word>& words, const form& expected) {
  fault made{.kind = expected.kind, .subject = {}, .which = 0};
  std::size_t next = 0;
  for (const auto part : std::views::split(expected.words, ' ')) {
    const std::string_view wanted{part.begin(), part.end()};
    if (next == words.size()) return std::nullopt;
    const word& seen = words[next++];
    if (wanted == "@") {
      made.subject = seen.text;
    } else if (seen.is_quoted) {
      return std::nullopt;
    } else if (wanted == "#") {
      const std::optional<std::uint64_t> which = number(seen.text);
      if (!which) return std::nullopt;
      made.which = *which;
    } else if (wanted == "~") {
      const std::optional<duration> lasts = span(seen.text);
      if (!lasts) return std::nullopt;
      made.lasts = *lasts;
    } else if (wanted != seen.text) {
      return std::nullopt;
    }
  }
  return next == words.size() ? std::optional{std::move(made)} : std::nullopt;
}

std::unexpected<error> not_understood(std::string_view part) {
  std::string allowed;
  for (const form& each : forms)
    allowed += fmt::format("{}\"{}\"", allowed.empty() ? "" : ", ", each.words);
  return fail(errc::invalid_argument,
              fmt::format("fault plan: \"{}\" is no fault, allowed are {}, where @ is a name, # a "
                          "number and ~ a time such as 250ms; not parsed",
                          part, allowed));
}

}  // namespace

std::string to_string(const fault& wrong) {
  std::string made;
  for (const auto part :
       std::views::split(std::ranges::find(forms, wrong.kind, &form::kind)->words, ' ')) {
    const std::string_view next{part.begin(), part.end()};
    if (!made.empty()) made += ' ';
    if (next == "@") {
      made += quoted(wrong.subject);
    } else if (next == "#") {
      made += std::to_string(wrong.which);
    } else if (next == "~") {
      made += amount(wrong.lasts);
    } else {
      made += next;
    }
  }
  return made;
}

std::string to_string(const fault_plan& plan) {
  std::string made;
  for (const fault& each : plan) made += (made.empty() ? "" : "; ") + to_string(each);
  return made.empty() ? "none" : made;
}

result<fault_plan> parse_fault_plan(std::string_view text) {
  fault_plan plan;
  const std::string_view all = text;
  while (!text.empty()) {
    const std::string_view before = text;
    const std::optional<std::vector<word>> words = take_words(text);
    const std::string_view part = before.substr(0, before.size() - text.size());
    if (!words) return not_understood(part);
    if (words->empty() || (all == part && words->size() == 1 && words->front().text == "none")) {
      continue;
    }
    std::optional<fault> made;
    for (const form& each : forms) {
      if (!made) made = read(*words, each);
    }
    if (!made) return not_understood(part);
    plan.push_back(std::move(*made));
  }
  return plan;
}

}  // namespace genstage::inline v0
