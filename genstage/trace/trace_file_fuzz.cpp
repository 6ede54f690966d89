#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <genstage/trace/trace_file.hpp>
#include <genstage/trace/trace_text.hpp>
#include <string_view>

// Any bytes are a trace or are refused; a trace is what its bytes say, and can be told.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{static_cast<const char*>(static_cast<const void*>(data)), size};
  const auto read = genstage::trace_of_bytes(bytes);
  if (!read) return 0;
  if (genstage::to_bytes(*read) != bytes) std::abort();
  (void)genstage::as_text(*read);
  (void)genstage::as_chrome_json(*read);
  return 0;
}
