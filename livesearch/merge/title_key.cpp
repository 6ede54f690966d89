#include "livesearch/merge/title_key.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "livesearch/site/answer/web_url.hpp"
#include "livesearch/site/syntax/letter_case.hpp"

namespace livesearch {

namespace {

constexpr std::size_t fewest_words = 3;
constexpr std::size_t fewest_bytes = 16;

constexpr std::array<std::string_view, 6> dividers{" - ", " | ", " – ", " — ", " · ", " :: "};
constexpr std::array<std::string_view, 3> articles{"a", "an", "the"};

bool is_word_byte(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
}

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

/// In small letters, without apostrophes and articles.
std::vector<std::string> words_of(std::string_view title) {
  const std::string text = lower_case(title);
  std::vector<std::string> words;
  std::string word;
  const auto end_word = [&] {
    if (!word.empty() && std::ranges::find(articles, word) == articles.end()) words.push_back(word);
    word.clear();
  };
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view rest = std::string_view{text}.substr(at);
    if (rest.starts_with('\'') || rest.starts_with("\u2019")) {
      at += rest.front() == '\'' ? 1 : 3;
    } else if (const std::size_t length = sign_length(rest); length > 0) {
      end_word();
      at += length;
    } else {
      if (is_word_byte(rest.front())) {
        word += rest.front();
      } else {
        end_word();
      }
      ++at;
    }
  }
  end_word();
  return words;
}

std::string joined(const std::vector<std::string>& words, std::string_view between) {
  std::string text;
  for (const std::string& each : words) {
    if (!text.empty()) text += between;
    text += each;
  }
  return text;
}

/// Whether a part of a title is no more than the name of the host: "Stack Overflow".
bool names_host(std::string_view part, std::string_view letters_of_host) {
  const std::string letters = joined(words_of(part), "");
  return letters.size() >= 3 && letters_of_host.contains(letters);
}

/// The title without the site's name before its first or after its last divider.
std::string_view without_site_name(std::string_view title, std::string_view letters_of_host) {
  for (const std::string_view divider : dividers) {
    const std::size_t last = title.rfind(divider);
    if (last == std::string_view::npos) continue;
    if (names_host(title.substr(last + divider.size()), letters_of_host)) {
      return title.substr(0, last);
    }
    const std::size_t first = title.find(divider);
    if (names_host(title.substr(0, first), letters_of_host)) {
      return title.substr(first + divider.size());
    }
  }
  return title;
}

}  // namespace

std::string title_key(std::string_view title, std::string_view url) {
  std::string host = lower_case(host_of(url).value_or(""));
  std::erase_if(host, [](char c) { return c == '.' || c == '-'; });
  const std::vector<std::string> words = words_of(without_site_name(title, host));
  std::string key = joined(words, " ");
  if (words.size() < fewest_words || key.size() < fewest_bytes) return {};
  return key;
}

}  // namespace livesearch
