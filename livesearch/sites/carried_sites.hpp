#pragma once

#include <string_view>
#include <vector>

#include "livesearch/site/loader.hpp"

namespace livesearch {

/// The definitions of the demonstration sites, for a server that answers at `base_url`, which is
/// an address such as `http://127.0.0.1:4711` without a slash at its end.
[[nodiscard]] std::vector<definition_file> demonstration_site_files(std::string_view base_url);

/// The definitions of public sites. None has been checked live by this project.
[[nodiscard]] std::vector<definition_file> public_site_files();

}  // namespace livesearch
