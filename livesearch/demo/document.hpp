#pragma once

#include <genstage/core/error.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace livesearch::demo {

/// One text of the demonstration corpus.
struct document {
  std::string slug;  ///< the file's name without its folder and suffix
  std::string title;
  std::string date;     ///< YYYY-MM-DD
  std::string section;  ///< what it is about: story, concepts, guide, livesearch or issue
  std::vector<std::string> sites;  ///< the demonstration sites that have it
  std::string state;               ///< of an issue: open or resolved; otherwise empty
  std::string body;  ///< the text, in the few forms of Markdown that `render_html` knows
};

/// Reads a text with its front matter: lines of `key: value` between two lines of `---`.
///
/// Failure: `invalid_argument` naming the path and what is wrong or missing.
[[nodiscard]] genstage::result<document> parse_document(std::string_view path,
                                                        std::string_view content);

}  // namespace livesearch::demo
