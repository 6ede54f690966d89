#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "livesearch/site/syntax/syntax_error.hpp"

namespace livesearch {

inline constexpr std::size_t longest_selector = 1024;

/// Translates a CSS selector into an XPath 1.0 expression that selects the same HTML elements.
///
/// Understood are types and `*`, `.class`, `#id`, `[a]`, `[a=v]`, `[a~=v]`, `[a^=v]`, `[a$=v]`,
/// `[a*=v]`, `[a|=v]`, the combinators descendant, `>`, `+` and `~`, lists with commas,
/// `:first-child`, `:last-child`, `:nth-child(3)`, `:nth-child(2n+1)`, `:nth-child(odd)`,
/// `:nth-child(even)` and `:not()` around one simple selector. The names of types and attributes
/// lose their case, as HTML has none. The expression finds descendants of the node it is evaluated
/// at, and unlike in a browser the whole selector must match below that node.
///
/// Failure: anything else, with the position and what is allowed there.
/// Source: W3C Selectors Level 3, sections 5, 6 and 8 and the grammar in section 10.
[[nodiscard]] std::expected<std::string, syntax_error> css_to_xpath(std::string_view selector);

/// `text` as an XPath 1.0 literal, which has no escapes.
[[nodiscard]] std::string xpath_literal(std::string_view text);

}  // namespace livesearch
