#include "livesearch/query/query_text.hpp"

#include <fmt/format.h>

#include <cstdint>

namespace livesearch {

namespace {

constexpr std::string_view blanks = " \t\r\n\f\v";

/// The length of the UTF-8 sequence at the start of `text`, 0 if it is not valid (RFC 3629).
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t index) {
    return index < text.size() ? static_cast<std::uint8_t>(text[index]) : std::uint8_t{0};
  };
  const auto follows = [&](std::size_t index, unsigned low = 0x80, unsigned high = 0xbf) {
    return byte(index) >= low && byte(index) <= high;
  };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return follows(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    // Neither overlong forms nor surrogates.
    const bool second = follows(1, first == 0xe0 ? 0xa0 : 0x80, first == 0xed ? 0x9f : 0xbf);
    return second && follows(2) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const bool second = follows(1, first == 0xf0 ? 0x90 : 0x80, first == 0xf4 ? 0x8f : 0xbf);
    return second && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

}  // namespace

genstage::result<std::string> checked_query(std::string_view query) {
  using genstage::errc;
  const std::size_t first = query.find_first_not_of(blanks);
  if (first == std::string_view::npos) {
    return genstage::fail(errc::invalid_argument,
                          "query: it is empty, at least one character is needed; not searched");
  }
  query = query.substr(first, query.find_last_not_of(blanks) - first + 1);
  if (query.size() > longest_query) {
    return genstage::fail(errc::invalid_argument,
                          fmt::format("query: it is too long ({} bytes), at most {} are allowed; "
                                      "not searched",
                                      query.size(), longest_query));
  }
  for (std::size_t at = 0; at < query.size();) {
    const std::size_t length = sequence_length(query.substr(at));
    if (length == 0) {
      return genstage::fail(errc::invalid_argument,
                            fmt::format("query: byte {} is not valid UTF-8; not searched", at + 1));
    }
    const auto byte = static_cast<std::uint8_t>(query[at]);
    if (byte < 0x20 || byte == 0x7f) {
      return genstage::fail(errc::invalid_argument,
                            fmt::format("query: byte {} is a control character, which is not "
                                        "allowed; not searched",
                                        at + 1));
    }
    at += length;
  }
  return std::string{query};
}

}  // namespace livesearch
