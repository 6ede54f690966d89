#pragma once

#include <span>
#include <string_view>

namespace livesearch {

/// One file of the page, carried inside the program.
///
/// Lifetime: every view is valid until the program ends.
struct page_file {
  std::string_view path;          ///< As in a request: "/assets/app.js".
  std::string_view content_type;  ///< The value of the header field of that name.
  std::string_view content;
  std::string_view etag;  ///< A strong entity tag with its quotes; equal only for equal content.
};

/// Every file of the page, the document itself first, under "/".
///
/// Threads: any. Cost: the first call computes the entity tags, once for the program.
std::span<const page_file> page_files();

/// Finds the file that answers a request for `path`, a path without query, as it was sent.
///
/// File names hold no hash and stay the same when their content changes, so an answer should let
/// browsers keep it only as long as its entity tag is confirmed (Cache-Control: no-cache).
///
/// Threads: any.
/// Failure: a null pointer when the page has no such file; nothing but an exact name is found.
const page_file* find_page_file(std::string_view path);

}  // namespace livesearch
