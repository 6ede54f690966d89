#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <genstage/telemetry/trace_context.hpp>
#include <string>
#include <string_view>

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

// Any bytes are the value of a traceparent or are refused, and a context is what its text says.
void read_traceparent(std::string_view text) {
  const auto read = genstage::parse_traceparent(text);
  if (!read) return;
  require(read->is_valid());
  const std::string again = genstage::to_traceparent(*read);
  // All but the version and the flags, of which one bit is kept.
  constexpr std::size_t ids_begin = 3;
  constexpr std::size_t ids_length = 49;
  require(std::string_view{again}.substr(ids_begin, ids_length) ==
          text.substr(ids_begin, ids_length));
  require(genstage::parse_traceparent(again) == read);
}

// Any bytes are the value of a tracestate or are refused, and one that was taken is taken again.
void read_tracestate(std::string_view text) {
  const auto read = genstage::parse_tracestate(text);
  if (!read) return;
  require(genstage::parse_tracestate(*read) == read);
}

}  // namespace

// What comes before the first line feed is read as one header, the rest as the other.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{static_cast<const char*>(static_cast<const void*>(data)), size};
  const std::size_t end = std::min(text.find('\n'), size);
  read_traceparent(text.substr(0, end));
  read_tracestate(text.substr(std::min(end + 1, size)));
  return 0;
}
