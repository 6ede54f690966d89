#include "livesearch/query/search_query.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "livesearch/query/query_text.hpp"
#include "livesearch/site/language_tag.hpp"
#include "livesearch/site/syntax/letter_case.hpp"

namespace livesearch {

namespace {

using namespace std::chrono_literals;

constexpr std::array<std::pair<std::string_view, time_range>, 4> time_ranges{
    {{"day", time_range::day},
     {"week", time_range::week},
     {"month", time_range::month},
     {"year", time_range::year}}};

constexpr bool is_blank(char c) noexcept {
  return c == ' ';
}

/// A letter, a digit or a part of a character beyond ASCII.
constexpr bool begins_word(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool is_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

bool is_host(std::string_view text) {
  if (text.size() > 253 || text.starts_with('.') || text.ends_with('.')) return false;
  if (text.contains("..")) return false;
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
  });
}

std::optional<std::chrono::milliseconds> read_limit(std::string_view text) {
  double number = 0;
  const auto* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  const std::string_view unit{read.ptr, end};
  if (read.ec != std::errc{} || (unit != "ms" && unit != "s")) return std::nullopt;
  const double milliseconds = unit == "s" ? number * 1000 : number;
  if (!(milliseconds >= 100 && milliseconds <= 60'000)) return std::nullopt;
  return std::chrono::milliseconds{static_cast<std::int64_t>(milliseconds)};
}

/// Reads a query from its start to its end, until the first mistake.
class query_parser {
 public:
  explicit query_parser(std::string_view text) : text_{text} { query_.text = text; }

  genstage::result<search_query> parse() {
    while (mistake_.empty() && skip_blanks()) read_part();
    if (mistake_.empty() && query_.terms.empty()) {
      mistake_ = "it has no word to search for, at least one word or phrase is needed";
    }
    if (mistake_.empty()) return std::move(query_);
    return genstage::fail(genstage::errc::invalid_argument,
                          fmt::format("query: {}; not searched", mistake_));
  }

 private:
  bool skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
    return at_ < text_.size();
  }

  [[nodiscard]] char peek(std::size_t further = 0) const {
    return at_ + further < text_.size() ? text_[at_ + further] : '\0';
  }

  void read_part() {
    if (peek() == '"') {
      if (auto phrase = read_phrase()) query_.terms.push_back(std::move(*phrase));
    } else if (peek() == '-' && peek(1) == '"') {
      ++at_;
      if (auto phrase = read_phrase()) query_.excluded.push_back(std::move(*phrase));
    } else {
      read_token();
    }
  }

  std::optional<query_term> read_phrase() {
    const std::size_t start = at_ + 1;
    const std::size_t end = text_.find('"', start);
    if (end == std::string_view::npos) {
      mistake_ = fmt::format("the quotation mark at byte {} is not closed, a second one is needed",
                             at_ + 1);
      return std::nullopt;
    }
    const std::string words = single_spaced(text_.substr(start, end - start));
    if (words.empty()) {
      mistake_ = fmt::format("the phrase at byte {} is empty, at least one word is needed", start);
      return std::nullopt;
    }
    at_ = end + 1;
    return query_term{words, term_kind::phrase};
  }

  static std::string single_spaced(std::string_view text) {
    std::string spaced;
    for (const char c : text) {
      if (!is_blank(c)) {
        spaced += c;
      } else if (!spaced.empty() && spaced.back() != ' ') {
        spaced += ' ';
      }
    }
    if (spaced.ends_with(' ')) spaced.pop_back();
    return spaced;
  }

  void read_token() {
    const std::size_t start = at_;
    while (at_ < text_.size() && !is_blank(text_[at_])) ++at_;
    const std::string_view token = text_.substr(start, at_ - start);
    const std::string lowered = lower_case(token);
    if (lowered.starts_with('!') && is_name(std::string_view{lowered}.substr(1))) {
      add_once(query_.bangs, lowered.substr(1));
    } else if (lowered.starts_with("-site:")) {
      read_host(query_.hidden_hosts, lowered.substr(6));
    } else if (token.size() > 1 && token.front() == '-' && begins_word(token[1])) {
      query_.excluded.push_back({std::string{token.substr(1)}, term_kind::word});
    } else if (!read_filter(lowered)) {
      query_.terms.push_back({std::string{token}, term_kind::word});
    }
  }

  /// False if the token is none of `site:`, `lang:`, `newer:` and `limit:`.
  bool read_filter(std::string_view token) {
    const std::size_t colon = token.find(':');
    if (colon == std::string_view::npos) return false;
    const std::string_view key = token.substr(0, colon);
    const std::string_view value = token.substr(colon + 1);
    if (key == "site") {
      read_host(query_.hosts, value);
    } else if (key == "lang") {
      if (!is_language_tag(value)) return wrong(key, value, "codes such as en and pt-br");
      if (is_repeated(key, !query_.language.empty())) return true;
      query_.language = value;
    } else if (key == "newer") {
      const auto* const range =
          std::ranges::find(time_ranges, value, &std::pair<std::string_view, time_range>::first);
      if (range == time_ranges.end()) return wrong(key, value, "day, week, month and year");
      if (is_repeated(key, query_.newer.has_value())) return true;
      query_.newer = range->second;
    } else if (key == "limit") {
      const auto limit = read_limit(value);
      if (!limit) return wrong(key, value, "100ms to 60s, such as 800ms and 2s");
      if (is_repeated(key, query_.limit.has_value())) return true;
      query_.limit = limit;
    } else {
      return false;
    }
    return true;
  }

  void read_host(std::vector<std::string>& hosts, std::string_view value) {
    if (!is_host(value)) {
      wrong("site", value, "host names such as example.org");
    } else {
      add_once(hosts, std::string{value});
    }
  }

  bool is_repeated(std::string_view key, bool is_given) {
    if (is_given) mistake_ = fmt::format("{}: is given twice, once is allowed", key);
    return is_given;
  }

  bool wrong(std::string_view key, std::string_view value, std::string_view allowed) {
    mistake_ = fmt::format(
        "{}: \"{}\" is not known, allowed are {}; put quotation marks around it "
        "to search for it",
        key, value, allowed);
    return true;
  }

  static void add_once(std::vector<std::string>& list, std::string value) {
    if (std::ranges::find(list, value) == list.end()) list.push_back(std::move(value));
  }

  std::string_view text_;
  std::size_t at_ = 0;
  search_query query_;
  std::string mistake_;
};

}  // namespace

std::string_view to_string(time_range range) noexcept {
  return time_ranges[static_cast<std::size_t>(range)].first;
}

std::chrono::days length_of(time_range range) noexcept {
  switch (range) {
    case time_range::day:
      return std::chrono::days{1};
    case time_range::week:
      return std::chrono::days{7};
    case time_range::month:
      return std::chrono::days{30};
    case time_range::year:
      return std::chrono::days{365};
  }
  return std::chrono::days{0};
}

genstage::result<search_query> parse_query(std::string_view text) {
  const auto checked = checked_query(text);
  if (!checked) return std::unexpected{checked.error()};
  return query_parser{*checked}.parse();
}

}  // namespace livesearch
