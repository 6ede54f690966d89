#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace livesearch {

enum class yaml_kind : std::uint8_t { null, scalar, sequence, map };

/// A place in a YAML text, counted from 1.
struct yaml_place {
  std::size_t line = 0;
  std::size_t column = 0;

  friend bool operator==(const yaml_place&, const yaml_place&) = default;
};

/// A value of a YAML document, with where it stands.
struct yaml_node {
  yaml_kind kind = yaml_kind::null;
  yaml_place place{};
  std::string text{};                 ///< of a scalar
  std::vector<yaml_node> children{};  ///< of a sequence or a map, repeated keys included
  std::string key{};                  ///< of a map's child
  yaml_place key_place{};
};

struct yaml_error {
  yaml_place place;  ///< line 0 if the whole text is meant
  std::string message;
};

inline constexpr std::size_t largest_yaml = std::size_t{256} * 1024;
inline constexpr std::size_t deepest_yaml = 16;

/// Reads one YAML document into a tree.
///
/// Failure: malformed YAML, more than `largest_yaml` bytes, nesting below `deepest_yaml`, a second
/// document, text that is not UTF-8 or holds control characters, a key that is no text, and
/// anchors and aliases, which a site file does not need and which can expand without bound.
/// Cost: linear in the text; nothing is expanded.
[[nodiscard]] std::expected<yaml_node, yaml_error> parse_yaml(std::string_view text);

}  // namespace livesearch
