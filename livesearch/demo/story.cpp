#include "livesearch/demo/story.hpp"

#include <algorithm>
#include <string>

#include "story_files.hpp"

namespace livesearch {

namespace {

std::string_view content_type_of(std::string_view name) {
  if (name.ends_with(".svg")) return "image/svg+xml";
  if (name.ends_with(".css")) return "text/css; charset=utf-8";
  return "text/html; charset=utf-8";
}

}  // namespace

std::optional<demo_answer> answer_story(std::string_view path) {
  constexpr std::string_view folder = "/story/";
  const bool is_page = path == "/story" || path == folder;
  if (!is_page && !path.starts_with(folder)) return std::nullopt;
  const std::string_view wanted = is_page ? "page.html" : path.substr(folder.size());
  const auto files = demo::story_files();
  const auto found = std::ranges::find(files, wanted, &demo::story_files_file::path);
  if (found == files.end()) return std::nullopt;
  return demo_answer{.content_type = std::string{content_type_of(wanted)},
                     .body = std::string{found->content}};
}

}  // namespace livesearch
