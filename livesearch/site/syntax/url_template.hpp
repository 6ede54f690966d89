#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "livesearch/site/syntax/syntax_error.hpp"

namespace livesearch {

/// How a value is made harmless where it stands.
enum class value_encoding : std::uint8_t {
  percent,      ///< everything but RFC 3986's unreserved characters becomes %XX
  json_string,  ///< as inside a JSON string literal
  none,         ///< as it is
};

struct placeholder_value {
  std::string_view name;
  std::string_view value;
  /// Instead of the encoding of the whole text.
  std::optional<value_encoding> encoding{};
};

/// Percent-encodes everything but RFC 3986's unreserved characters; a space becomes %20.
[[nodiscard]] std::string percent_encoded(std::string_view text);

/// A text with placeholders such as `https://wiki.example.org/?q={query}&n={limit}`.
///
/// `{{` and `}}` stand for single braces, which JSON bodies need.
class url_template {
 public:
  /// Failure: an unclosed brace, an empty name, or a name that is not among `allowed`.
  [[nodiscard]] static std::expected<url_template, syntax_error> parse(
      std::string_view text, std::span<const std::string_view> allowed);

  /// The text with each placeholder replaced by its encoded value; one not given becomes empty.
  [[nodiscard]] std::string expand(std::span<const placeholder_value> values,
                                   value_encoding encoding = value_encoding::percent) const;

  [[nodiscard]] bool has(std::string_view name) const noexcept;

  /// The names in the order of their places, repeated if they are.
  [[nodiscard]] std::vector<std::string_view> names() const;

  /// The text before the first placeholder.
  [[nodiscard]] std::string_view prefix() const noexcept;

 private:
  struct part {
    std::string literal;
    std::string name;  // empty after the last literal
  };

  std::vector<part> parts_;
};

}  // namespace livesearch
