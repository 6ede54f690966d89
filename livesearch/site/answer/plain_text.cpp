#include "livesearch/site/answer/plain_text.hpp"

#include <algorithm>
#include <utility>

#include "livesearch/site/answer/markup.hpp"
#include "livesearch/site/syntax/sixteen_bytes.hpp"

namespace livesearch {
namespace {

constexpr std::size_t longest_html = std::size_t{64} * 1024;
constexpr std::string_view ellipsis = "\xE2\x80\xA6";

std::size_t length_of_character(char lead) noexcept {
  const auto byte = static_cast<unsigned char>(lead);
  if (byte < 0xC0) return 1;
  if (byte < 0xE0) return 2;
  return byte < 0xF0 ? 3 : 4;
}

bool is_space(std::string_view character) noexcept {
  const auto byte = [character](std::size_t at) {
    return static_cast<unsigned char>(character[at]);
  };
  if (character.size() == 1) return byte(0) <= 0x20 || byte(0) == 0x7F;
  // U+0080 to U+00A0: control characters and the no-break space.
  if (character.size() == 2) return byte(0) == 0xC2 && byte(1) <= 0xA0;
  if (character.size() != 3) return false;
  if (byte(0) == 0xE2 && byte(1) == 0x80) {
    return byte(2) <= 0x8A || byte(2) == 0xA8 || byte(2) == 0xA9 || byte(2) == 0xAF;
  }
  return character == "\xE1\x9A\x80" || character == "\xE2\x81\x9F" || character == "\xE3\x80\x80";
}

/// An ASCII character that shows something.
bool is_visible_ascii(char c) noexcept {
  return c > 0x20 && c < 0x7F;
}

/// Whether a text is one line already: visible ASCII with single spaces between words.
bool is_line(std::string_view text) noexcept {
  if (text.empty() || text.front() == ' ' || !is_visible_ascii(text.back())) return false;
  return all_neighbours_fit(text, [](sixteen_bytes each, sixteen_bytes after) {
    return each.printable() & ~(each.equal(' ') & after.equal(' '));
  });
}

// The byte order mark, the zero-width space and the soft hyphen show nothing and split words.
bool is_invisible(std::string_view character) noexcept {
  return character == "\xEF\xBB\xBF" || character == "\xE2\x80\x8B" || character == "\xC2\xAD";
}

}  // namespace

void line_of_text::append(std::string_view utf8) {
  for (std::size_t at = 0; at < utf8.size() && !is_cut_;) {
    if (is_visible_ascii(utf8[at])) {
      const std::size_t begin = at;
      while (at < utf8.size() && is_visible_ascii(utf8[at])) ++at;
      add_ascii(utf8.substr(begin, at - begin));
      continue;
    }
    const auto character = utf8.substr(at, length_of_character(utf8[at]));
    at += character.size();
    if (is_space(character)) {
      has_gap_ = true;
    } else if (!is_invisible(character)) {
      add_character(character);
    }
  }
}

/// Makes room for one character more; false if there is none.
bool line_of_text::begin_character() {
  const bool needs_space = has_gap_ && !text_.empty();
  has_gap_ = false;
  if (characters_ + (needs_space ? 2 : 1) > most_characters_) {
    is_cut_ = true;
    return false;
  }
  if (needs_space) {
    text_ += ' ';
    ++characters_;
  }
  return true;
}

void line_of_text::add_character(std::string_view character) {
  if (!begin_character()) return;
  text_ += character;
  ++characters_;
}

/// Most texts are of such runs: they are taken whole.
void line_of_text::add_ascii(std::string_view run) {
  if (!begin_character()) return;
  const std::string_view taken = run.substr(0, most_characters_ - characters_);
  text_ += taken;
  characters_ += taken.size();
  is_cut_ = taken.size() < run.size();
}

std::string line_of_text::take() {
  if (is_cut_) text_ += ellipsis;
  return std::move(text_);
}

std::string folded(std::string_view utf8, std::size_t most_characters) {
  if (utf8.size() <= most_characters && is_line(utf8)) return std::string{utf8};
  line_of_text line{most_characters};
  line.append(utf8);
  return line.take();
}

std::string text_of_html(std::string_view utf8, std::size_t most_characters) {
  const bool has_markup = utf8.contains('<') || utf8.contains('&');
  if (!has_markup) return folded(utf8, most_characters);
  auto piece = utf8.substr(0, longest_html);
  // A character or a tag that was cut in two would show as text.
  if (piece.size() < utf8.size()) piece = piece.substr(0, piece.find_last_of(" \t\n>") + 1);
  const auto parsed = markup_document::parse_html(piece);
  return parsed ? parsed->root_text(most_characters) : std::string{};
}

}  // namespace livesearch
