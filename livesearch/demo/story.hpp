#pragma once

#include <optional>
#include <string_view>

#include "livesearch/demo/demonstration.hpp"

namespace livesearch {

/// The story of stages as a page with charts, as the last run of bench/story.sh wrote it: `/story`
/// and the files below it. Nothing for any other path.
///
/// Threads: any.
[[nodiscard]] std::optional<demo_answer> answer_story(std::string_view path);

}  // namespace livesearch
