#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "livesearch/site/answer/answer_rules.hpp"
#include "livesearch/site/hit.hpp"

namespace livesearch {

/// Reads the hits of one answer, or says why it cannot be read.
///
/// `utf8` is the body as valid UTF-8; `final_url` is what relative URLs are resolved against.
/// Threads: any number at a time with the same rules.
using answer_hits = std::expected<std::vector<hit>, std::string>;

[[nodiscard]] answer_hits read_json(const answer_rules& rules, std::string_view utf8,
                                    std::string_view final_url);

/// HTML and feeds.
[[nodiscard]] answer_hits read_markup(const answer_rules& rules, std::string_view utf8,
                                      std::string_view final_url);

}  // namespace livesearch
