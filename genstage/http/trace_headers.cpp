#include <genstage/http/trace_headers.hpp>
#include <string>
#include <utility>

namespace genstage::inline v0::http {

std::optional<trace_context> trace_of(const http_headers& headers) {
  const http_header* parent = nullptr;
  std::string state;
  for (const http_header& each : headers) {
    if (equal_without_case(each.name, "traceparent")) {
      if (std::exchange(parent, &each) != nullptr) return std::nullopt;
    } else if (equal_without_case(each.name, "tracestate")) {
      if (!state.empty()) state += ',';
      state += each.value;
    }
  }
  if (parent == nullptr) return std::nullopt;
  result<trace_context> read = parse_traceparent(parent->value);
  if (!read) return std::nullopt;
  read->state = parse_tracestate(state).value_or(std::string{});
  return *std::move(read);
}

void add_trace(http_headers& to, const trace_context& context) {
  to.push_back({"traceparent", to_traceparent(context)});
  if (!context.state.empty()) to.push_back({"tracestate", context.state});
}

}  // namespace genstage::inline v0::http
