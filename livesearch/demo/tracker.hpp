#pragma once

#include "livesearch/demo/demonstration.hpp"
#include "livesearch/demo/request.hpp"

#include <span>

namespace livesearch::demo {

/// The tracker: results are objects two levels deep in a JSON document, and their fields are
/// nested too. A request without a query is an error, as with many such interfaces.
[[nodiscard]] demo_answer answer_tracker(std::span<const document> documents,
                                         const demo_request& asked);

}  // namespace livesearch::demo
