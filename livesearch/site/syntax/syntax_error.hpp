#pragma once

#include <cstddef>
#include <string>

namespace livesearch {

/// What is wrong with a selector, a path or a template, and where.
struct syntax_error {
  std::size_t position = 0;  ///< characters (bytes) before the mistake
  std::string message{};     ///< what was seen, what is allowed

  friend bool operator==(const syntax_error&, const syntax_error&) = default;
};

/// `at character 5: ...`, counted from 1 as people do.
[[nodiscard]] std::string to_string(const syntax_error& error);

}  // namespace livesearch
