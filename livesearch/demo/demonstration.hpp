#pragma once

#include "livesearch/demo/document.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace livesearch {

/// The demonstration sites; each answers a search in a form of its own.
enum class demo_shape : std::uint8_t {
  handbook,  ///< a page of HTML, under /handbook/
  tracker,   ///< JSON with nested objects, under /tracker/
  journal,   ///< an RSS feed, under /journal/; slow on purpose
};

/// What a demonstration site answers; the server that sends it waits for `delay` first.
struct demo_answer {
  unsigned status{200};
  std::string content_type;
  std::string body;
  std::chrono::milliseconds delay{0};
};

/// The demonstration sites as a function from a request's target to an answer.
///
/// The corpus is embedded in the program. The same target always has the same answer.
///
/// Lifetime: independent of everything that it is given.
/// Threads: all operations may be called from any thread at the same time.
class demonstration {
 public:
  /// With a base address such as `http://127.0.0.1:4711` links in the feed are absolute, as feeds
  /// should have them; without one they are relative to the server's root.
  explicit demonstration(std::string base_url = {});

  /// Answers `GET target`, where the target is a path with a query such as
  /// `/handbook/search?q=stage&limit=10` or a document's page that some result links to.
  [[nodiscard]] demo_answer answer(demo_shape shape, std::string_view target) const;

  /// The same, for a server that has all sites: the path's first part tells which is meant. `/` is
  /// a page that links to all of them, `/story` the story of stages.
  [[nodiscard]] demo_answer answer(std::string_view target) const;

  /// The site whose path a target begins with.
  [[nodiscard]] static std::optional<demo_shape> shape_of(std::string_view target);

 private:
  std::string base_url_;
  std::vector<demo::document> handbook_;
  std::vector<demo::document> tracker_;
  std::vector<demo::document> journal_;
};

}  // namespace livesearch
