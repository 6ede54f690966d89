#pragma once

#include <string>
#include <string_view>

namespace livesearch::demo {

/// The text as it may stand in an element or in a quoted attribute of HTML and of XML.
///
/// Characters that XML 1.0 does not allow are replaced by U+FFFD, so that a query can never make
/// an answer that no reader accepts.
[[nodiscard]] std::string escape_markup(std::string_view text);

/// HTML of a document's body: paragraphs, lists of `- `, fenced code, `code`, *stress*, **strong**.
[[nodiscard]] std::string render_html(std::string_view body);

/// A document's body as plain text on one line, without the marks of its Markdown.
[[nodiscard]] std::string plain_text(std::string_view body);

}  // namespace livesearch::demo
