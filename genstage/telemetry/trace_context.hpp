#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <genstage/core/error.hpp>
#include <string>
#include <string_view>

namespace genstage::inline v0 {

/// Where a piece of work belongs in a distributed trace: which trace, and which span of it is the
/// parent of what comes next. What HTTP carries in the headers `traceparent` and `tracestate`.
///
/// A pure value. A default one belongs to no trace.
/// Source: W3C Trace Context, level 1, version 00.
struct trace_context {
  std::array<std::uint8_t, 16> trace_id{};
  std::array<std::uint8_t, 8> span_id{};
  bool is_sampled = true;  ///< Whether the caller may have recorded its span.
  /// What tracing systems say to themselves about the trace, to be passed on as it came.
  std::string state{};

  /// Neither id is all zeros, which the standard forbids.
  [[nodiscard]] bool is_valid() const noexcept;
  /// As lower-case hexadecimal digits.
  [[nodiscard]] std::string trace_text() const;
  [[nodiscard]] std::string span_text() const;

  friend bool operator==(const trace_context&, const trace_context&) = default;
};

/// A context out of random words, the parent of nothing yet; zero words are replaced.
[[nodiscard]] trace_context make_trace(std::uint64_t first, std::uint64_t second,
                                       std::uint64_t span) noexcept;
/// The context of a new span in the trace of `parent`.
[[nodiscard]] trace_context span_under(const trace_context& parent, std::uint64_t span);

/// Reads the value of a `traceparent` header. A version that is not known yet is read as far as it
/// is like version 00, as the standard wants.
/// Failure: invalid_argument; the words say what is wrong where.
[[nodiscard]] result<trace_context> parse_traceparent(std::string_view text);
/// As the value of a `traceparent` header; of version 00.
[[nodiscard]] std::string to_traceparent(const trace_context& context);

/// How many members the value of a `tracestate` header may have.
inline constexpr std::size_t most_trace_states = 32;

/// The value of a `tracestate` header as it came, if it is one: up to 32 members `key=value`, each
/// key once, with commas between them. Several headers are one, joined by commas.
/// Failure: invalid_argument; the trace goes on without it then, as the standard wants.
[[nodiscard]] result<std::string> parse_tracestate(std::string_view text);

}  // namespace genstage::inline v0
