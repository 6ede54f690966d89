#include <genstage/http/target.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

// Any bytes are parsed or refused, and a decoded target is never longer than what was sent.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view sent{static_cast<const char*>(static_cast<const void*>(data)), size};
  const auto target = genstage::http::parse_target(sent);
  if (!target) return 0;
  std::size_t decoded = 0;
  for (const auto& [name, value] : target->query) decoded += name.size() + value.size();
  // The path "/" stands for an empty one.
  if (decoded + target->path.size() > size + 1) std::abort();
  return 0;
}
