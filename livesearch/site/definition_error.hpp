#pragma once

#include <cstddef>
#include <string>

namespace livesearch {

/// One mistake in a site file.
struct definition_error {
  std::string file{};
  std::size_t line = 0;    ///< from 1; 0 if the whole file is meant
  std::size_t column = 0;  ///< from 1; 0 if the whole line is meant
  std::string key{};       ///< such as `limits.rate`; empty if no key is to blame
  std::string message{};   ///< what was seen, what is allowed

  friend bool operator==(const definition_error&, const definition_error&) = default;
};

/// `wiki.yaml:12: limits.rate: value is too large (5000), at most 1000 is allowed; site not loaded`
[[nodiscard]] std::string to_string(const definition_error& error);

}  // namespace livesearch
