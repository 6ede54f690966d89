#include "livesearch/merge/title_key.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "livesearch/site/answer/web_url.hpp"
#include "livesearch/site/syntax/letter_case.hpp"

namespace livesearch {

namespace {

constexpr std::size_t fewest_words = 3;
constexpr std::size_t fewest_bytes = 16;

constexpr std::array<std::string_view, 6> dividers{" - ", " | ", " – ", " — ", " · ", " :: "};
constexpr std::array<std::string_view, 3> articles{"a", "an", "the"};

enum class part : std::uint8_t { of_word, of_nothing, between_words, beyond_ascii };

constexpr auto parts = [] {
  std::array<part, 256> made{};
  for (std::size_t byte = 0; byte < made.size(); ++byte) {
    const char c = small_letter(static_cast<char>(byte));
    const bool is_word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    made[byte] = byte >= 0x80 ? part::beyond_ascii
                 : is_word    ? part::of_word
                 : c == '\''  ? part::of_nothing
                              : part::between_words;
  }
  return made;
}();

/// The small letter or digit that a byte of a word stands for; 0 for every other byte.
constexpr auto word_letters = [] {
  std::array<char, 256> made{};
  for (std::size_t byte = 0; byte < made.size(); ++byte) {
    if (parts[byte] == part::of_word) made[byte] = small_letter(static_cast<char>(byte));
  }
  return made;
}();

/// The length of a sign beyond ASCII that parts words at the start of `text`, 0 if there is none:
/// U+00A0 to U+00BF, and the general punctuation U+2000 to U+206F.
std::size_t sign_length(std::string_view text) noexcept {
  const auto byte = [&](std::size_t at) {
    return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
  };
  if (byte(0) == 0xc2 && byte(1) >= 0xa0 && byte(1) <= 0xbf) return 2;
  if (byte(0) == 0xe2 && (byte(1) == 0x80 || byte(1) == 0x81)) return 3;
  return 0;
}

/// Words with one space between them.
struct word_line {
  std::string text{};
  std::size_t words = 0;
};

bool is_article(std::string_view word) noexcept {
  return word.size() <= 3 && std::ranges::find(articles, word) != articles.end();
}

/// In small letters, without apostrophes and articles.
word_line words_of(std::string_view title) {
  word_line line;
  line.text.resize(title.size() + 1);  // No word takes more room than it had.
  std::size_t begin = 0;               // Of the word that is being read.
  std::size_t end = 0;
  const auto end_word = [&] {
    if (begin == end) return;
    if (is_article(std::string_view{line.text}.substr(begin, end - begin))) {
      end = begin;
    } else {
      ++line.words;
      line.text[end++] = ' ';
      begin = end;
    }
  };
  const auto finished = [&] {
    end_word();
    line.text.resize(begin == 0 ? 0 : begin - 1);
    return std::move(line);
  };
  for (std::size_t at = 0; at < title.size(); ++at) {
    while (const char letter = word_letters[static_cast<unsigned char>(title[at])]) {
      line.text[end++] = letter;
      if (++at == title.size()) return finished();
    }
    switch (parts[static_cast<unsigned char>(title[at])]) {
      case part::of_word:
      case part::of_nothing:
        break;
      case part::between_words:
        end_word();
        break;
      case part::beyond_ascii:
        if (title.substr(at).starts_with("\u2019")) {
          at += 2;
        } else if (const std::size_t length = sign_length(title.substr(at)); length > 0) {
          end_word();
          at += length - 1;
        } else {
          line.text[end++] = title[at];
        }
        break;
    }
  }
  return finished();
}

/// Whether a part of a title is no more than the name of the host: "Stack Overflow".
bool names_host(std::string_view part, std::string_view letters_of_host) {
  std::string letters = words_of(part).text;
  std::erase(letters, ' ');
  return letters.size() >= 3 && letters_of_host.contains(letters);
}

std::string letters_of_host(std::string_view url) {
  std::string host = lower_case(host_of(url).value_or(""));
  std::erase_if(host, [](char c) { return c == '.' || c == '-'; });
  return host;
}

/// Whether a divider may stand in a title: each begins with a space and one of few bytes.
bool may_be_divided(std::string_view title) noexcept {
  char before = '\0';
  for (const char c : title) {
    if (before == ' ' && parts[static_cast<unsigned char>(c)] != part::of_word) return true;
    before = c;
  }
  return false;
}

/// The title without the site's name before its first or after its last divider.
std::string_view without_site_name(std::string_view title, std::string_view url) {
  if (!may_be_divided(title)) return title;
  std::string host;  // Nobody needs to know it of a title without a divider.
  for (const std::string_view divider : dividers) {
    const std::size_t first = title.find(divider);
    if (first == std::string_view::npos) continue;
    if (host.empty()) host = letters_of_host(url);
    const std::size_t last = title.rfind(divider);
    if (names_host(title.substr(last + divider.size()), host)) return title.substr(0, last);
    if (names_host(title.substr(0, first), host)) return title.substr(first + divider.size());
  }
  return title;
}

}  // namespace

std::string title_key(std::string_view title, std::string_view url) {
  word_line line = words_of(without_site_name(title, url));
  if (line.words < fewest_words || line.text.size() < fewest_bytes) return {};
  return std::move(line.text);
}

}  // namespace livesearch
