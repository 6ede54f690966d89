#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "livesearch/site/syntax/syntax_error.hpp"

namespace livesearch {

inline constexpr std::size_t longest_selector = 1024;

/// What a condition looks at.
enum class css_test : std::uint8_t {
  any_element,    ///< holds for each
  element,        ///< its name
  attribute,      ///< `[a]`
  value,          ///< `[a=v]`, `#v`
  word,           ///< `[a~=v]`, `.v`
  value_or_dash,  ///< `[a|=v]`: the value, or the value and a dash before more
  beginning,      ///< `[a^=v]`
  end,            ///< `[a$=v]`
  part,           ///< `[a*=v]`
  place,          ///< `:first-child`, `:nth-child()`
  last_place,     ///< `:last-child`
};

/// One simple selector.
struct css_condition {
  css_test test = css_test::any_element;
  bool is_negated = false;  ///< `:not()`
  std::string name{};       ///< of the element or the attribute
  std::string value{};
  int step = 0;   ///< `a` and `b` of a place that is an+b for some n of at least 0
  int start = 0;  ///< counted from 1

  friend bool operator==(const css_condition&, const css_condition&) = default;
};

/// Where the element of the compound before stands.
enum class css_combinator : std::uint8_t { ancestor, parent, sibling_just_before, sibling_before };

/// All that is asked of one element.
struct css_compound {
  css_combinator before = css_combinator::ancestor;  ///< of the first one: the top is
  std::string element{};                             ///< empty for any
  std::vector<css_condition> conditions{};

  friend bool operator==(const css_compound&, const css_compound&) = default;
};

/// Compounds joined by combinators as they are written: the last one's element is selected.
using css_path = std::vector<css_compound>;

/// A CSS selector, ready to be matched by `css_search`.
///
/// Understood are types and `*`, `.class`, `#id`, `[a]`, `[a=v]`, `[a~=v]`, `[a^=v]`, `[a$=v]`,
/// `[a*=v]`, `[a|=v]`, the combinators descendant, `>`, `+` and `~`, lists with commas,
/// `:first-child`, `:last-child`, `:nth-child(3)`, `:nth-child(2n+1)`, `:nth-child(odd)`,
/// `:nth-child(even)` and `:not()` around one simple selector. The names of types and attributes
/// lose their case, as HTML has none.
///
/// Threads: constant once made.
/// Source: W3C Selectors Level 3, sections 5, 6 and 8 and the grammar in section 10.
struct css_selector {
  std::vector<css_path> paths{};  ///< an element is selected that one of them selects

  /// Failure: anything that is not understood, with the position and what is allowed there.
  [[nodiscard]] static std::expected<css_selector, syntax_error> parse(std::string_view text);

  friend bool operator==(const css_selector&, const css_selector&) = default;
};

}  // namespace livesearch
