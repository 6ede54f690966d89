#pragma once

#include <genstage/http/responder.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace genstage::inline v0::http::detail {

enum class after_reply : std::uint8_t { keep_alive, close };
enum class body_framing : std::uint8_t { none, length, chunked, until_close };

struct reply_frame {
  unsigned version{11};
  body_framing framing{body_framing::length};
  after_reply then{after_reply::keep_alive};
};

/// Whether every header of the answer can be put on the wire.
[[nodiscard]] bool is_writable(const http_reply& reply) noexcept;

/// The status line and header of an answer, with the blank line after it.
[[nodiscard]] std::string write_head(const http_reply& reply, const reply_frame& frame);

/// A whole answer of this status has no body, and no length either.
///
/// Source: RFC 9110 section 6.4.1.
[[nodiscard]] bool has_no_body(unsigned status) noexcept;

}  // namespace genstage::inline v0::http::detail
