#pragma once

#include <chrono>
#include <cstdint>
#include <genstage/core/error.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace livesearch {

enum class term_kind : std::uint8_t { word, phrase };

/// A word or a quoted phrase of a query.
struct query_term {
  std::string text{};
  term_kind kind = term_kind::word;

  friend bool operator==(const query_term&, const query_term&) = default;
};

/// How recent results are wanted.
enum class time_range : std::uint8_t { day, week, month, year };

[[nodiscard]] std::string_view to_string(time_range range) noexcept;
/// A month is 30 days, and a year 365.
[[nodiscard]] std::chrono::days length_of(time_range range) noexcept;

/// A query as its language says it: `!docs "back pressure" -java lang:en newer:month limit:2s`.
///
/// | written | means |
/// |---|---|
/// | `word`, `"a phrase"` | what is searched |
/// | `-word`, `-"a phrase"` | results with it are not wanted |
/// | `!name` | only the site, or the sites of the category, of this name; several add up |
/// | `site:example.org` | only results on this host and those below it; several add up |
/// | `-site:example.org` | no results on this host and those below it |
/// | `lang:de` | results in this language |
/// | `newer:week` | results of the last day, week, month or year |
/// | `limit:2s` | waits no longer, 100 ms to 60 s |
///
/// Anything between quotation marks is text, whatever it looks like.
struct search_query {
  std::string text{};  ///< as typed, without white space at its ends
  std::vector<query_term> terms{};
  std::vector<query_term> excluded{};
  std::vector<std::string> bangs{};         ///< in small letters
  std::vector<std::string> hosts{};         ///< in small letters
  std::vector<std::string> hidden_hosts{};  ///< in small letters
  std::string language{};                   ///< in small letters; empty for any
  std::optional<time_range> newer{};
  std::optional<std::chrono::milliseconds> limit{};

  friend bool operator==(const search_query&, const search_query&) = default;
};

/// Failure: invalid_argument, in words for the searcher, with the place of the first mistake.
[[nodiscard]] genstage::result<search_query> parse_query(std::string_view text);

}  // namespace livesearch
