#pragma once

#include "livesearch/demo/demonstration.hpp"
#include "livesearch/demo/request.hpp"

#include <span>
#include <string_view>

namespace livesearch::demo {

/// The journal: results are the items of an RSS 2.0 feed, and searching takes a second and a half.
[[nodiscard]] demo_answer answer_journal(std::span<const document> documents,
                                         const demo_request& asked, std::string_view base_url);

}  // namespace livesearch::demo
