#include "livesearch/demo/ranking.hpp"

#include "livesearch/demo/markup.hpp"

#include <algorithm>

namespace livesearch::demo {
namespace {

constexpr std::size_t title_weight = 8;

// Bytes of UTF-8 beyond ASCII belong to words: the corpus is English, and a query in another
// script must find nothing rather than everything.
bool is_word_byte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || byte >= 0x80;
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Calls `visit(begin, word in lower case)` for each word of the text.
template <class Visit>
void for_each_word(std::string_view text, Visit visit) {
  std::string word;
  for (std::size_t at = 0; at <= text.size(); ++at) {
    if (at < text.size() && is_word_byte(text[at])) {
      word += lower(text[at]);
    } else if (!word.empty()) {
      visit(at - word.size(), word);
      word.clear();
    }
  }
}

std::size_t weight_in(std::string_view text, std::string_view wanted) {
  std::size_t weight = 0;
  for_each_word(text, [&](std::size_t, std::string_view word) {
    if (word.starts_with(wanted)) weight += word.size() == wanted.size() ? 2 : 1;
  });
  return weight;
}

bool begins_any(std::string_view word, std::span<const std::string> wanted) {
  return std::ranges::any_of(wanted, [word](const auto& want) { return word.starts_with(want); });
}

bool is_continuation_byte(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

}  // namespace

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  for_each_word(text, [&words](std::size_t, const std::string& word) { words.push_back(word); });
  return words;
}

std::vector<match> rank(std::span<const document> documents, std::string_view query) {
  const auto wanted = words_of(query);
  std::vector<match> matches;
  if (wanted.empty()) return matches;
  for (const auto& doc : documents) {
    const auto text = plain_text(doc.body);
    std::size_t score = 0;
    const bool has_all = std::ranges::all_of(wanted, [&](const auto& word) {
      const auto weight = title_weight * weight_in(doc.title, word) + weight_in(text, word);
      score += weight;
      return weight != 0;
    });
    if (has_all) matches.push_back({&doc, score});
  }
  std::ranges::sort(matches, [](const match& left, const match& right) {
    return left.score != right.score ? left.score > right.score
                                     : left.found->slug < right.found->slug;
  });
  return matches;
}

std::string excerpt(std::string_view text, std::string_view query, std::size_t length) {
  const auto wanted = words_of(query);
  auto first = std::string_view::npos;
  for_each_word(text, [&](std::size_t at, std::string_view word) {
    if (first == std::string_view::npos && begins_any(word, wanted)) first = at;
  });
  // A third of the piece goes before the word, so that it is read in its sentence.
  const auto lead = length / 3;
  std::size_t begin = first == std::string_view::npos || first < lead ? 0 : first - lead;
  if (begin != 0) {
    const auto blank = text.find(' ', begin);
    begin = blank == std::string_view::npos || blank > first ? first : blank + 1;
  }
  auto piece = text.substr(begin, length);
  const bool is_cut = begin + piece.size() < text.size();
  if (is_cut) {
    const auto blank = piece.rfind(' ');
    auto end = blank == std::string_view::npos ? piece.size() : blank;
    while (end > 0 && is_continuation_byte(text[begin + end])) --end;
    piece = piece.substr(0, end);
  }
  while (piece.ends_with(' ')) piece.remove_suffix(1);
  return (begin == 0 ? "" : "… ") + std::string{piece} + (is_cut ? " …" : "");
}

std::string highlight(std::string_view text, std::string_view query, std::string_view element) {
  const auto wanted = words_of(query);
  const auto name = std::string{element};
  std::string html;
  std::size_t done = 0;
  for_each_word(text, [&](std::size_t at, const std::string& word) {
    if (!begins_any(word, wanted)) return;
    html += escape_markup(text.substr(done, at - done));
    html += "<" + name + ">" + escape_markup(text.substr(at, word.size())) + "</" + name + ">";
    done = at + word.size();
  });
  return html + escape_markup(text.substr(done));
}

}  // namespace livesearch::demo
