#pragma once

#include <string>

namespace livesearch {

/// One result of one site: plain text on one line each, valid UTF-8, whitespace folded.
struct hit {
  std::string title{};    ///< never empty
  std::string url{};      ///< absolute, http or https
  std::string snippet{};  ///< may be empty

  friend bool operator==(const hit&, const hit&) = default;
};

}  // namespace livesearch
