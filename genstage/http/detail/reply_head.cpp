#include <genstage/http/detail/reply_head.hpp>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <boost/beast/http/status.hpp>
#include <ctime>
#include <iterator>
#include <string_view>

namespace genstage::inline v0::http::detail {

namespace {

constexpr std::string_view own_headers[] = {"Content-Length", "Connection", "Transfer-Encoding",
                                            "Date", "Content-Type"};

bool is_own(std::string_view name) {
  return std::ranges::any_of(own_headers,
                             [name](auto own) { return equal_without_case(own, name); });
}

}  // namespace

bool is_writable(const http_reply& reply) noexcept {
  return reply.status >= 200 && reply.status <= 599 &&
         is_valid({"Content-Type", reply.content_type}) &&
         std::ranges::all_of(reply.headers, is_valid);
}

bool has_no_body(unsigned status) noexcept {
  return status == 204 || status == 304;
}

std::string write_head(const http_reply& reply, const reply_frame& frame) {
  const auto reason =
      boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(reply.status));
  std::string head;
  auto out = std::back_inserter(head);
  fmt::format_to(out, "HTTP/1.{} {} {}\r\n", frame.version == 10 ? 0 : 1, reply.status,
                 std::string_view{reason.data(), reason.size()});
  fmt::format_to(out, "Date: {:%a, %d %b %Y %H:%M:%S} GMT\r\n", fmt::gmtime(std::time(nullptr)));
  if (!reply.content_type.empty()) {
    fmt::format_to(out, "Content-Type: {}\r\n", reply.content_type);
  }
  for (const auto& [name, value] : reply.headers) {
    if (!is_own(name)) fmt::format_to(out, "{}: {}\r\n", name, value);
  }
  if (frame.framing == body_framing::length) {
    fmt::format_to(out, "Content-Length: {}\r\n", reply.body.size());
  } else if (frame.framing == body_framing::chunked) {
    head += "Transfer-Encoding: chunked\r\n";
  }
  if (frame.then == after_reply::close) {
    head += "Connection: close\r\n";
  } else if (frame.version == 10) {
    head += "Connection: keep-alive\r\n";
  }
  head += "\r\n";
  return head;
}

}  // namespace genstage::inline v0::http::detail
