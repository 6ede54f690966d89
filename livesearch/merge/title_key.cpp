#include "livesearch/merge/title_key.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <genstage/core/fnv1a.hpp>
#include <utility>

#include "livesearch/site/answer/web_url.hpp"
#include "livesearch/site/syntax/letter_case.hpp"
#include "livesearch/site/syntax/sixteen_bytes.hpp"

namespace livesearch {

namespace {

constexpr std::size_t fewest_words = 3;
constexpr std::size_t fewest_bytes = 16;

constexpr std::array<std::string_view, 6> dividers{" - ", " | ", " – ", " — ", " · ", " :: "};

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

/// A word's letters in one number, which tells short words apart.
class short_word {
 public:
  constexpr short_word() = default;
  constexpr explicit short_word(std::string_view word) noexcept {
    for (const char letter : word) add(letter);
  }
  /// What is more than eight letters falls off, so no longer word is taken for one of fewer.
  constexpr void add(char letter) noexcept {
    letters_ = letters_ << 8U | static_cast<unsigned char>(letter);
  }
  friend constexpr bool operator==(short_word, short_word) = default;

 private:
  std::uint64_t letters_ = 0;
};

constexpr std::array<short_word, 3> articles{short_word{"a"}, short_word{"an"}, short_word{"the"}};

/// Reads the words of a title: in small letters, without apostrophes and articles. `line` is told
/// each letter by `add`, and at the end of each word whether it belongs to the title: by `keep`, or
/// by `leave_out`. A word has at least one letter.
void read_words(std::string_view title, auto& line) {
  short_word word;
  const auto end_word = [&] {
    if (word == short_word{}) return;
    std::ranges::find(articles, word) != articles.end() ? line.leave_out() : line.keep();
    word = {};
  };
  const auto add = [&](char letter) {
    word.add(letter);
    line.add(letter);
  };
  for (std::size_t at = 0; at < title.size(); ++at) {
    if (const char letter = word_letters[static_cast<unsigned char>(title[at])]) {
      add(letter);
      continue;
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
          add(title[at]);
        }
        break;
    }
  }
  end_word();
}

/// How much a title says.
struct title_size {
  std::size_t words = 0;
  std::size_t bytes = 0;  ///< with one space between words

  [[nodiscard]] bool is_enough() const noexcept {
    return words >= fewest_words && bytes >= fewest_bytes;
  }
};

/// A title's words with one space between them, as a text.
class word_line {
 public:
  void add(char letter) { text_ += letter; }
  void keep() {
    text_ += ' ';
    kept_ = text_.size();
    ++words_;
  }
  void leave_out() { text_.resize(kept_); }

  [[nodiscard]] title_size size() const noexcept { return {words_, kept_ - (words_ > 0 ? 1 : 0)}; }
  [[nodiscard]] std::string take() {
    text_.resize(size().bytes);
    return std::move(text_);
  }

 private:
  std::string text_;
  std::size_t kept_ = 0;
  std::size_t words_ = 0;
};

/// The hash of what `word_line` would be.
class word_hash {
 public:
  void add(char letter) noexcept {
    before_ = genstage::fnv1a({&letter, 1}, before_);
    ++bytes_;
  }
  void keep() noexcept {
    kept_ = before_;
    kept_bytes_ = bytes_;
    ++words_;
    add(' ');
    next_ = before_;
  }
  void leave_out() noexcept {
    before_ = next_;
    bytes_ = kept_bytes_ + (words_ > 0 ? 1 : 0);
  }

  [[nodiscard]] title_size size() const noexcept { return {words_, kept_bytes_}; }
  [[nodiscard]] std::uint64_t value() const noexcept { return kept_; }

 private:
  std::uint64_t before_ = genstage::fnv1a_of_nothing;  ///< of all so far
  std::uint64_t kept_ = genstage::fnv1a_of_nothing;    ///< up to the last word that is kept
  std::uint64_t next_ = genstage::fnv1a_of_nothing;    ///< with the space after it
  std::size_t bytes_ = 0;
  std::size_t kept_bytes_ = 0;
  std::size_t words_ = 0;
};

/// Whether a part of a title is no more than the name of the host: "Stack Overflow".
bool names_host(std::string_view part, std::string_view letters_of_host) {
  word_line line;
  read_words(part, line);
  std::string letters = line.take();
  std::erase(letters, ' ');
  return letters.size() >= 3 && letters_of_host.contains(letters);
}

std::string letters_of_host(std::string_view url) {
  std::string host = lower_case(host_of(url).value_or(""));
  std::erase_if(host, [](char c) { return c == '.' || c == '-'; });
  return host;
}

/// Whether a divider may stand in a title. Most have none of what it would take.
bool may_be_divided(std::string_view title) noexcept {
  const bool has_no_sign = all_fit(title, [](sixteen_bytes each) {
    return each.printable() & ~(each.equal('-') | each.equal('|') | each.equal(':'));
  });
  if (has_no_sign) return false;
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
  word_line line;
  read_words(without_site_name(title, url), line);
  return line.size().is_enough() ? line.take() : std::string{};
}

std::uint64_t title_hash(std::string_view title, std::string_view url) {
  word_hash hash;
  read_words(without_site_name(title, url), hash);
  return hash.size().is_enough() ? hash.value() : 0;
}

}  // namespace livesearch
