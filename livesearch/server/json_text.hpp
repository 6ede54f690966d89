#pragma once

#include <string>
#include <string_view>

namespace livesearch {

/// Appends `text` as a JSON string; bytes that are not UTF-8 are replaced.
///
/// What is most of an answer, its results, is written with this straight into the text: a tree of
/// values for each of them costs more than everything else that is done to them.
void append_json(std::string& to, std::string_view text);

}  // namespace livesearch
