#include "livesearch/demo/demonstration.hpp"

#include "demo_corpus.hpp"
#include "livesearch/demo/handbook.hpp"
#include "livesearch/demo/journal.hpp"
#include "livesearch/demo/page.hpp"
#include "livesearch/demo/request.hpp"
#include "livesearch/demo/story.hpp"
#include "livesearch/demo/tracker.hpp"

#include <algorithm>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace livesearch {
namespace {

constexpr std::string_view html = "text/html; charset=utf-8";

std::vector<demo::document> documents_of(std::string_view site) {
  std::vector<demo::document> documents;
  for (const auto& file : demo::demo_corpus()) {
    auto doc = demo::parse_document(file.path, file.content);
    // The corpus is part of the program and a test reads all of it, so this is a bug.
    if (!doc) throw std::logic_error{doc.error().message};
    if (std::ranges::find(doc->sites, site) != doc->sites.end()) {
      documents.push_back(std::move(*doc));
    }
  }
  std::ranges::sort(documents, {},
                    [](const demo::document& doc) { return std::tie(doc.date, doc.slug); });
  return documents;
}

bool begins_with_part(std::string_view target, std::string_view part) {
  if (!target.starts_with(part)) return false;
  const auto rest = target.substr(part.size());
  return rest.empty() || rest.front() == '/' || rest.front() == '?';
}

std::string front_page() {
  return demo::html_page(
      "Demonstration sites", "livesearch", "/",
      "<h1>Demonstration sites</h1>\n<ul>\n"
      "<li><a href=\"/handbook/\">The handbook</a> answers with HTML.</li>\n"
      "<li><a href=\"/tracker/\">The tracker</a> answers with JSON.</li>\n"
      "<li><a href=\"/journal/\">The journal</a> answers with RSS, slowly.</li>\n"
      "</ul>\n"
      "<p><a href=\"/story\">The story of stages</a>, told and measured.</p>\n");
}

}  // namespace

demonstration::demonstration(std::string base_url)
    : base_url_{std::move(base_url)},
      handbook_{documents_of("handbook")},
      tracker_{documents_of("tracker")},
      journal_{documents_of("journal")} {}

demo_answer demonstration::answer(demo_shape shape, std::string_view target) const {
  const auto asked = demo::parse_demo_request(target);
  if (!asked) {
    return {.status = 400,
            .content_type = "text/plain; charset=utf-8",
            .body = asked.error().message + "\n"};
  }
  switch (shape) {
    case demo_shape::handbook:
      return demo::answer_handbook(handbook_, *asked);
    case demo_shape::tracker:
      return demo::answer_tracker(tracker_, *asked);
    case demo_shape::journal:
      break;
  }
  return demo::answer_journal(journal_, *asked, base_url_);
}

demo_answer demonstration::answer(std::string_view target) const {
  if (const auto shape = shape_of(target)) return answer(*shape, target);
  if (auto page = answer_story(target)) return std::move(*page);
  if (target == "/") return {.content_type = std::string{html}, .body = front_page()};
  return {.status = 404,
          .content_type = std::string{html},
          .body = demo::not_found_page("livesearch", "/")};
}

std::optional<demo_shape> demonstration::shape_of(std::string_view target) {
  if (begins_with_part(target, "/handbook")) return demo_shape::handbook;
  if (begins_with_part(target, "/tracker")) return demo_shape::tracker;
  if (begins_with_part(target, "/journal")) return demo_shape::journal;
  return std::nullopt;
}

}  // namespace livesearch
