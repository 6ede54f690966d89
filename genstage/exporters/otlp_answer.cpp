#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <genstage/exporters/otlp_answer.hpp>
#include <genstage/http/retry_after.hpp>
#include <nlohmann/json.hpp>

namespace genstage::inline v0 {

namespace {

using json = nlohmann::json;

// A collector that wants to be left alone for longer is taken to want this.
constexpr std::chrono::minutes longest_wait{5};

std::optional<duration> retry_after(const http::http_response& answer,
                                    std::chrono::sys_seconds now) {
  const auto wait = http::read_retry_after(http::find_header(answer.headers, "Retry-After"), now);
  if (!wait) return std::nullopt;
  return std::min<duration>(*wait, longest_wait);
}

/// 64-bit numbers are strings in this encoding, and numbers are to be taken as well.
std::uint64_t count_of(const json& node) {
  if (node.is_number_unsigned()) return node.get<std::uint64_t>();
  if (!node.is_string()) return 0;
  const auto& text = node.get_ref<const std::string&>();
  std::uint64_t count = 0;
  std::from_chars(text.data(), text.data() + text.size(), count);
  return count;
}

otlp_answer of_success(const http::http_response& answer) {
  const json body = json::parse(answer.body, nullptr, false);
  if (!body.is_object()) return {};
  const auto partial = body.find("partialSuccess");
  if (partial == body.end() || !partial->is_object()) return {};
  otlp_answer said;
  for (const auto& [field, value] : partial->items()) {
    if (field == "rejectedSpans" || field == "rejectedDataPoints") said.rejected = count_of(value);
    if (field == "errorMessage" && value.is_string()) said.why = value.get<std::string>();
  }
  return said;
}

}  // namespace

otlp_answer judge(const result<http::http_response>& answered, std::chrono::sys_seconds now) {
  if (!answered) {
    const bool is_hopeless =
        answered.error().code == errc::invalid_argument || answered.error().code == errc::refused;
    return {.verdict = is_hopeless ? otlp_verdict::refused : otlp_verdict::again,
            .why = answered.error().message};
  }
  if (answered->status / 100 == 2) return of_success(*answered);
  const bool may_be_sent_again = answered->status == 429 || answered->status == 502 ||
                                 answered->status == 503 || answered->status == 504;
  return {.verdict = may_be_sent_again ? otlp_verdict::again : otlp_verdict::refused,
          .wait = may_be_sent_again ? retry_after(*answered, now) : std::nullopt,
          .why = fmt::format("status {}", answered->status)};
}

}  // namespace genstage::inline v0
