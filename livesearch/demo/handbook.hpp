#pragma once

#include "livesearch/demo/demonstration.hpp"
#include "livesearch/demo/request.hpp"

#include <span>

namespace livesearch::demo {

/// The handbook: results are a list in the middle of an ordinary page of HTML, with an aside that
/// has links as well, so that a definition must say what a result is.
[[nodiscard]] demo_answer answer_handbook(std::span<const document> documents,
                                          const demo_request& asked);

}  // namespace livesearch::demo
