#include "livesearch/demo/handbook.hpp"

#include "livesearch/demo/markup.hpp"
#include "livesearch/demo/page.hpp"
#include "livesearch/demo/ranking.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace livesearch::demo {
namespace {

constexpr std::string_view site = "The genstage handbook";
constexpr std::string_view home = "/handbook/";
constexpr std::string_view html = "text/html; charset=utf-8";
constexpr std::string_view document_path = "/handbook/doc/";

constexpr std::string_view aside =
    "<aside>\n<h2>Often read</h2>\n<ul>\n"
    "<li><a href=\"doc/two-components\">Two components</a></li>\n"
    "<li><a href=\"doc/four-steps\">Four steps</a></li>\n</ul>\n</aside>\n";

std::string result_item(const match& each, std::string_view query) {
  const auto& doc = *each.found;
  return fmt::format(
      "<li class=\"result\">\n<h3><a class=\"title\" href=\"doc/{}\">{}</a></h3>\n"
      "<p class=\"excerpt\">{}</p>\n<p class=\"meta\">{} · <time>{}</time></p>\n</li>\n",
      doc.slug, highlight(doc.title, query, "mark"),
      highlight(excerpt(plain_text(doc.body), query), query, "mark"), escape_markup(doc.section),
      doc.date);
}

std::string results(std::span<const document> documents, const demo_request& asked) {
  if (words_of(asked.query).empty()) {
    return "<p class=\"prompt\">Type one or more words to search the handbook.</p>\n";
  }
  const auto matches = rank(documents, asked.query);
  if (matches.empty()) {
    return fmt::format(
        "<p class=\"no-results\">No page of the handbook has <b>{}</b>. Try fewer words.</p>\n",
        escape_markup(asked.query));
  }
  auto list = fmt::format("<p class=\"count\">{} of {} pages</p>\n<ol class=\"results\">\n",
                          std::min(matches.size(), asked.limit), matches.size());
  for (std::size_t at = 0; at < std::min(matches.size(), asked.limit); ++at) {
    list += result_item(matches[at], asked.query);
  }
  return list + "</ol>\n";
}

std::string contents(std::span<const document> documents) {
  std::string list = search_form("/handbook/search", "") + "<ul>\n";
  for (const auto& doc : documents) {
    list += fmt::format("<li><a href=\"{}{}\">{}</a></li>\n", document_path, doc.slug,
                        escape_markup(doc.title));
  }
  return "<h1>Contents</h1>\n" + list + "</ul>\n";
}

}  // namespace

demo_answer answer_handbook(std::span<const document> documents, const demo_request& asked) {
  if (asked.path == "/handbook/search") {
    const auto body = "<h1>Search</h1>\n" + search_form("/handbook/search", asked.query) +
                      results(documents, asked) + std::string{aside};
    return {.content_type = std::string{html}, .body = html_page("Search", site, home, body)};
  }
  if (asked.path == home || asked.path == "/handbook") {
    return {.content_type = std::string{html},
            .body = html_page("Contents", site, home, contents(documents))};
  }
  if (asked.path.starts_with(document_path)) {
    const auto slug = asked.path.substr(document_path.size());
    const auto found = std::ranges::find(documents, slug, &document::slug);
    if (found != documents.end()) {
      return {.content_type = std::string{html}, .body = document_page(*found, site, home)};
    }
  }
  return {.status = 404, .content_type = std::string{html}, .body = not_found_page(site, home)};
}

}  // namespace livesearch::demo
