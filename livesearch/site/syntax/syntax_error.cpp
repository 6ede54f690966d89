#include "livesearch/site/syntax/syntax_error.hpp"

#include <fmt/format.h>

namespace livesearch {

std::string to_string(const syntax_error& error) {
  return fmt::format("at character {}: {}", error.position + 1, error.message);
}

}  // namespace livesearch
