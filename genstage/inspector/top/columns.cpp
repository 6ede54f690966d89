#include "genstage/inspector/top/columns.hpp"

namespace genstage::inline v0::top {

std::string_view cut(std::string_view text, std::size_t width) noexcept {
  std::size_t characters = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool begins = (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U;
    if (begins && ++characters > width) return text.substr(0, at);
  }
  return text;
}

}  // namespace genstage::inline v0::top
