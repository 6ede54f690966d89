#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace genstage::inline v0::top {

/// A table as lines, the first one with the names of its columns.
struct table_lines {
  std::string subject{};  ///< what it is about: "3 processes"
  std::string order{};    ///< "sorted by name"
  std::vector<std::string> rows{};
};

/// The first `width` characters; what is written here is ASCII but for names.
[[nodiscard]] std::string_view cut(std::string_view text, std::size_t width) noexcept;

}  // namespace genstage::inline v0::top
