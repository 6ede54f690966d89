#pragma once

#include <genstage/http/message.hpp>
#include <genstage/http/responder.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace genstage::inline v0::http {

/// One file that a program carries inside of itself, as it is served.
///
/// Lifetime: every view is valid as long as the `carried_files` that gave it.
struct carried_file {
  std::string_view path;          ///< As in a request: "/assets/app.js".
  std::string_view content_type;  ///< The value of the header field of that name.
  std::string_view content;
  std::string_view etag;  ///< A strong entity tag with its quotes; equal only for equal content.
};

/// The files of a page that a program carries: what `embed_files` of the build makes.
///
/// File names hold no hash and stay the same when their content changes, so browsers keep a file
/// only as long as its entity tag is confirmed.
/// Lifetime: refers to the contents, which are usually constants of the program.
/// Threads: any, once it is made.
class carried_files {
 public:
  carried_files() = default;
  carried_files(const carried_files&) = delete;
  carried_files& operator=(const carried_files&) = delete;
  /// From things with a `path` relative to the page and a `content`; "index.html" is served at "/".
  template <class Files>
  explicit carried_files(const Files& carried) {
    // Reserved to the end: a view into a short string would not outlive its move.
    texts_.reserve(2 * carried.size());
    files_.reserve(carried.size());
    for (const auto& each : carried) add(each.path, each.content);
  }

  /// All, in the order given.
  [[nodiscard]] std::span<const carried_file> all() const noexcept { return files_; }
  /// The file that answers a request for `path`, a path without query, as it was sent. A null
  /// pointer when there is none; nothing but an exact name is found.
  [[nodiscard]] const carried_file* find(std::string_view path) const noexcept;

 private:
  void add(std::string_view name, std::string_view content);

  std::vector<std::string> texts_;
  std::vector<carried_file> files_;
};

/// The answer to a request for a file: with its entity tag, and without its content if the browser
/// has that already. `policy` are headers that it gets besides, "Cache-Control: no-cache" above
/// all.
[[nodiscard]] http_reply reply_with(const carried_file& file, const http_headers& request,
                                    http_headers policy);

}  // namespace genstage::inline v0::http
