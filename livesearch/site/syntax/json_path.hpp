#pragma once

#include <simdjson.h>

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "livesearch/site/syntax/syntax_error.hpp"

namespace livesearch {

/// Names places in a JSON document, such as `query.search[*].title`.
///
///     a.b            the value of key b in the object a
///     a[0]           the first element of the array a
///     a[*]  a.*      every element of an array, every value of an object
///     ["key.x"]      a key with other characters; \" and \\ are escapes
///     $  $.a         the document itself, or a path from it written with its root
///
/// A path that leads nowhere names no place; that is no failure.
///
/// Threads: constant once parsed; any number of threads may evaluate one path.
/// Cost: visits each element at most once a step.
class json_path {
 public:
  static constexpr std::size_t longest_text = 1024;
  static constexpr std::size_t most_steps = 32;

  [[nodiscard]] static std::expected<json_path, syntax_error> parse(std::string_view text);

  /// The elements that the path names, in document order.
  ///
  /// Lifetime: as long as the parser that owns `root`.
  [[nodiscard]] std::vector<simdjson::dom::element> evaluate(simdjson::dom::element root) const;

  /// Whether it consists of keys and indexes, so that it names at most one place.
  [[nodiscard]] bool is_single() const noexcept;
  /// That one place. The path must be single.
  [[nodiscard]] std::optional<simdjson::dom::element> find(simdjson::dom::element root) const;

 private:
  struct any_member {};
  using step = std::variant<std::string, std::size_t, any_member>;

  class parser;

  static std::optional<simdjson::dom::element> member(simdjson::dom::element from,
                                                      const step& which);

  std::vector<step> steps_;
};

}  // namespace livesearch
