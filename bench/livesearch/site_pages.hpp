#pragma once

#include <cstdint>
#include <string>

namespace bench {

enum class page_format : std::uint8_t { json, html };

/// What a site answers to any query: ten results, three of which its neighbours have too, with as
/// much around them as sites have. The HTML is about 22 KB, the JSON about 6 KB.
[[nodiscard]] std::string make_page(page_format format, unsigned site);

}  // namespace bench
