#pragma once

#include "livesearch/demo/document.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace livesearch::demo {

/// The words of a query: lower case, without what is neither letter nor digit.
[[nodiscard]] std::vector<std::string> words_of(std::string_view text);

/// One document that has every word of the query, and how well it matches.
struct match {
  const document* found;
  std::size_t score;
};

/// The documents that have every word of the query, best first.
///
/// A word counts where a word of the document begins with it, double where it is the same, and
/// eight times in the title. Equal scores are ordered by slug, so the order is always the same.
///
/// Lifetime: the matches point into `documents`.
[[nodiscard]] std::vector<match> rank(std::span<const document> documents, std::string_view query);

/// A piece of the text around the first word of the query, cut between words.
[[nodiscard]] std::string excerpt(std::string_view text, std::string_view query,
                                  std::size_t length = 180);

/// HTML of a text in which the words of the query stand inside the element named.
[[nodiscard]] std::string highlight(std::string_view text, std::string_view query,
                                    std::string_view element);

}  // namespace livesearch::demo
