#pragma once

#include <genstage/http/carried_files.hpp>

namespace livesearch {

/// The files of the page, carried inside the program, the document itself first, under "/".
///
/// Threads: any. Cost: the first call computes the entity tags, once for the program.
const genstage::http::carried_files& page_files();

}  // namespace livesearch
