#include <genstage/http/detail/header_bytes.hpp>

#include <cstddef>
#include <cstdint>

namespace genstage::inline v0::http::detail {

void put(genstage::detail::byte_writer& to, const http_headers& headers) {
  to.number(static_cast<std::uint32_t>(headers.size()));
  for (const http_header& each : headers) {
    to.text(each.name);
    to.text(each.value);
  }
}

http_headers take_headers(genstage::detail::byte_reader& from) {
  http_headers read;
  for (std::size_t left = from.count<std::uint32_t>(8, "headers"); left > 0; --left) {
    http_header& each = read.emplace_back();
    each.name = from.text();
    each.value = from.text();
  }
  return read;
}

}  // namespace genstage::inline v0::http::detail
