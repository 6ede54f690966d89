#pragma once

#include <chrono>
#include <cstdint>
#include <genstage/core/error.hpp>
#include <genstage/core/instant.hpp>
#include <genstage/http/client.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace genstage::inline v0 {

enum class otlp_verdict : std::uint8_t {
  taken,    ///< though perhaps not all of it
  again,    ///< may be taken if it is sent once more
  refused,  ///< will never be taken
};

/// What a collector's answer to a POST of telemetry means.
struct otlp_answer {
  otlp_verdict verdict = otlp_verdict::taken;
  std::optional<duration> wait{};  ///< how long the collector wants to be left alone
  std::uint64_t rejected = 0;      ///< spans or figures that it did not take
  std::string why{};               ///< in its words, or in ours
};

/// A pure function; the time of day is given to it. Source: OTLP/HTTP: 429, 502, 503 and 504 may be
/// sent again, after `Retry-After` if that is there; other failures may not, and a partial success
/// must not be. A collector that was not reached may be asked again.
[[nodiscard]] otlp_answer judge(const result<http::http_response>& answered,
                                std::chrono::sys_seconds now);

}  // namespace genstage::inline v0
