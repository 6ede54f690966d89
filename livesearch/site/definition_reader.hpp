#pragma once

#include <string_view>

#include "livesearch/site/definition.hpp"
#include "livesearch/site/syntax/yaml_tree.hpp"
#include "livesearch/site/yaml_section.hpp"

namespace livesearch {

/// Reads a site file's tree; the definition can be used only if no mistake was added.
[[nodiscard]] site_definition read_definition(const yaml_node& root, std::string_view default_id,
                                              mistake_list& mistakes);

}  // namespace livesearch
