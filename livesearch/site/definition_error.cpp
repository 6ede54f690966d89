#include "livesearch/site/definition_error.hpp"

#include <fmt/format.h>

namespace livesearch {

std::string to_string(const definition_error& error) {
  const auto place = error.line == 0 ? error.file : fmt::format("{}:{}", error.file, error.line);
  if (error.key.empty()) return fmt::format("{}: {}; site not loaded", place, error.message);
  return fmt::format("{}: {}: {}; site not loaded", place, error.key, error.message);
}

}  // namespace livesearch
