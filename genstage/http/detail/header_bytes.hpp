#pragma once

#include <genstage/http/message.hpp>
#include <genstage/trace/detail/bytes.hpp>

namespace genstage::inline v0::http::detail {

// Headers as a recording has them.

void put(genstage::detail::byte_writer& to, const http_headers& headers);
[[nodiscard]] http_headers take_headers(genstage::detail::byte_reader& from);

}  // namespace genstage::inline v0::http::detail
