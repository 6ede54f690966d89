#pragma once

#include <string>
#include <string_view>

#include "livesearch/site/definition.hpp"

namespace livesearch {

/// `text` with each byte sequence that is not UTF-8 replaced by U+FFFD.
///
/// Source: Unicode 15, section 3.9, "U+FFFD Substitution of Maximal Subparts".
[[nodiscard]] std::string valid_utf8(std::string_view text);

/// The media type of a Content-Type value in lower case, without parameters.
[[nodiscard]] std::string media_type_of(std::string_view content_type);

/// An answer's body as valid UTF-8 without a byte order mark or NUL characters.
///
/// The encoding is told by a byte order mark, else by `content_type`, else by the page's `<meta>`
/// or the feed's XML declaration; else it is UTF-8 if the body is valid as such and windows-1252
/// if not. JSON is UTF-8 unless `content_type` differs. A name that is not known counts as none.
///
/// Source: WHATWG Encoding Standard, section 4.2, for what names mean.
[[nodiscard]] std::string body_as_utf8(std::string_view body, std::string_view content_type,
                                       answer_format format);

/// Whether that encoding is UTF-8, be the body valid as such or not.
[[nodiscard]] bool is_called_utf8(std::string_view body, std::string_view content_type,
                                  answer_format format);

}  // namespace livesearch
