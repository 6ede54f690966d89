#include "livesearch/demo/tracker.hpp"

#include "livesearch/demo/markup.hpp"
#include "livesearch/demo/page.hpp"
#include "livesearch/demo/ranking.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>

namespace livesearch::demo {
namespace {

using nlohmann::json;

constexpr std::string_view site = "The issue tracker";
constexpr std::string_view home = "/tracker/";
constexpr std::string_view html = "text/html; charset=utf-8";
constexpr std::string_view issue_path = "/tracker/issues/";

demo_answer json_answer(unsigned status, const json& value) {
  return {.status = status, .content_type = "application/json", .body = value.dump(2) + "\n"};
}

/// Issues are numbered from 1 in the order in which they were filed.
std::size_t number_of(std::span<const document> documents, const document& doc) {
  return static_cast<std::size_t>(&doc - documents.data()) + 1;
}

json issue(std::span<const document> documents, const document& doc, std::string_view query) {
  const auto number = number_of(documents, doc);
  return {{"id", fmt::format("issue-{}", number)},
          {"type", "issue"},
          {"attributes",
           {{"number", number},
            {"title", doc.title},
            {"state", doc.state.empty() ? "discussion" : doc.state},
            {"opened", doc.date},
            {"labels", json::array({doc.section})},
            {"summary", {{"text", excerpt(plain_text(doc.body), query)}, {"format", "plain"}}}}},
          {"links", {{"html", fmt::format("{}{}", issue_path, number)}}}};
}

demo_answer search(std::span<const document> documents, const demo_request& asked) {
  if (words_of(asked.query).empty()) {
    return json_answer(400, {{"error", {{"message", "q: must contain at least one word"}}}});
  }
  const auto matches = rank(documents, asked.query);
  auto issues = json::array();
  for (std::size_t at = 0; at < std::min(matches.size(), asked.limit); ++at) {
    issues.push_back(issue(documents, *matches[at].found, asked.query));
  }
  return json_answer(200, {{"meta", {{"query", asked.query}, {"total", matches.size()}}},
                           {"data", {{"issues", std::move(issues)}}}});
}

std::string contents(std::span<const document> documents) {
  std::string list = "<h1>Issues</h1>\n<ol>\n";
  for (const auto& doc : documents) {
    list += fmt::format("<li><a href=\"{}{}\">{}</a></li>\n", issue_path, number_of(documents, doc),
                        escape_markup(doc.title));
  }
  return list + "</ol>\n";
}

const document* issue_at(std::span<const document> documents, std::string_view digits) {
  std::size_t number = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (read.ec != std::errc{} || read.ptr != digits.data() + digits.size()) return nullptr;
  return number >= 1 && number <= documents.size() ? &documents[number - 1] : nullptr;
}

}  // namespace

demo_answer answer_tracker(std::span<const document> documents, const demo_request& asked) {
  if (asked.path == "/tracker/api/search") return search(documents, asked);
  if (asked.path.starts_with("/tracker/api/")) {
    return json_answer(404, {{"error", {{"message", "there is nothing at this address"}}}});
  }
  if (asked.path == home || asked.path == "/tracker") {
    return {.content_type = std::string{html},
            .body = html_page("Issues", site, home, contents(documents))};
  }
  if (asked.path.starts_with(issue_path)) {
    const auto digits = std::string_view{asked.path}.substr(issue_path.size());
    if (const auto* doc = issue_at(documents, digits); doc != nullptr) {
      return {.content_type = std::string{html}, .body = document_page(*doc, site, home)};
    }
  }
  return {.status = 404, .content_type = std::string{html}, .body = not_found_page(site, home)};
}

}  // namespace livesearch::demo
