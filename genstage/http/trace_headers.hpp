#pragma once

#include <genstage/http/message.hpp>
#include <genstage/telemetry/trace_context.hpp>
#include <optional>

namespace genstage::inline v0::http {

/// The trace that a request belongs to, by its headers `traceparent` and `tracestate`; no value if
/// it belongs to none. What is wrong with them is no fault of the request: a wrong `traceparent`,
/// or more than one, is none, and a wrong `tracestate` is left out.
/// Source: W3C Trace Context, sections 3.2 and 3.3.
[[nodiscard]] std::optional<trace_context> trace_of(const http_headers& headers);

/// Tells the receiver of these headers which trace its work belongs to.
void add_trace(http_headers& to, const trace_context& context);

}  // namespace genstage::inline v0::http
