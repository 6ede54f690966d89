#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace livesearch {

/// Collects valid UTF-8 as one line: runs of whitespace and control characters, Unicode's spaces
/// included, become one space; none stands at either end.
///
/// A text of more than `most_characters` is cut and ends in an ellipsis.
class line_of_text {
 public:
  explicit line_of_text(std::size_t most_characters) : most_characters_{most_characters} {}

  void append(std::string_view utf8);

  /// What follows is another word.
  void part_words() noexcept { has_gap_ = true; }

  /// Whether anything that is appended now would be cut.
  [[nodiscard]] bool is_full() const noexcept { return is_cut_; }

  [[nodiscard]] std::string take();

 private:
  bool begin_character();
  void add_character(std::string_view character);
  void add_ascii(std::string_view run);

  std::size_t most_characters_;
  std::size_t characters_ = 0;
  bool has_gap_ = false;
  bool is_cut_ = false;
  std::string text_;
};

/// `utf8` as one line.
[[nodiscard]] std::string folded(std::string_view utf8, std::size_t most_characters);

/// The text of a piece of HTML as one line: tags removed, character references decoded, scripts
/// and comments left out, blocks parted by a space.
///
/// Cost: only the first 64 KiB are looked at.
[[nodiscard]] std::string text_of_html(std::string_view utf8, std::size_t most_characters);

}  // namespace livesearch
