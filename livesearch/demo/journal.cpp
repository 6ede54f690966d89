#include "livesearch/demo/journal.hpp"

#include "livesearch/demo/markup.hpp"
#include "livesearch/demo/page.hpp"
#include "livesearch/demo/ranking.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string>

namespace livesearch::demo {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view site = "The journal";
constexpr std::string_view home = "/journal/";
constexpr std::string_view html = "text/html; charset=utf-8";
constexpr std::string_view entry_path = "/journal/entries/";

// Long enough to watch the other sites arrive first, well within the default time limit of 3 s.
constexpr auto search_delay = 1500ms;

/// The form that RSS wants: Tue, 17 Feb 2026 00:00:00 GMT. `date` is YYYY-MM-DD.
std::string rss_date(const std::string& date) {
  static constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::chrono::year_month_day day{
      std::chrono::year{std::stoi(date.substr(0, 4))},
      std::chrono::month{static_cast<unsigned>(std::stoul(date.substr(5, 2)))},
      std::chrono::day{static_cast<unsigned>(std::stoul(date.substr(8, 2)))}};
  if (!day.ok()) return {};
  const std::chrono::weekday weekday{std::chrono::sys_days{day}};
  return fmt::format("{}, {:02} {} {} 00:00:00 GMT", days.at(weekday.c_encoding()),
                     static_cast<unsigned>(day.day()),
                     months.at(static_cast<unsigned>(day.month()) - 1),
                     static_cast<int>(day.year()));
}

std::string item(const document& doc, const demo_request& asked, std::string_view base_url) {
  const auto link = fmt::format("{}{}{}", base_url, entry_path, doc.slug);
  const auto summary =
      "<p>" + highlight(excerpt(plain_text(doc.body), asked.query), asked.query, "b") + "</p>";
  return fmt::format(
      "<item>\n<title>{}</title>\n<link>{}</link>\n<guid isPermaLink=\"false\">{}</guid>\n"
      "<pubDate>{}</pubDate>\n<category>{}</category>\n<description>{}</description>\n</item>\n",
      escape_markup(doc.title), escape_markup(link), escape_markup(doc.slug), rss_date(doc.date),
      escape_markup(doc.section), escape_markup(summary));
}

std::string feed(std::span<const document> documents, const demo_request& asked,
                 std::string_view base_url) {
  const auto matches = rank(documents, asked.query);
  auto xml = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\">\n<channel>\n"
      "<title>The journal: {0}</title>\n<link>{1}{2}</link>\n"
      "<description>Entries that have {0}</description>\n<language>en</language>\n",
      escape_markup(asked.query), escape_markup(base_url), home);
  for (std::size_t at = 0; at < std::min(matches.size(), asked.limit); ++at) {
    xml += item(*matches[at].found, asked, base_url);
  }
  return xml + "</channel>\n</rss>\n";
}

std::string contents(std::span<const document> documents) {
  std::string list = "<h1>Entries</h1>\n<ul>\n";
  for (const auto& doc : documents) {
    list += fmt::format("<li><time>{}</time> <a href=\"{}{}\">{}</a></li>\n", doc.date, entry_path,
                        doc.slug, escape_markup(doc.title));
  }
  return list + "</ul>\n";
}

}  // namespace

demo_answer answer_journal(std::span<const document> documents, const demo_request& asked,
                           std::string_view base_url) {
  if (asked.path == "/journal/search.rss") {
    return {.content_type = "application/rss+xml; charset=utf-8",
            .body = feed(documents, asked, base_url),
            .delay = search_delay};
  }
  if (asked.path == home || asked.path == "/journal") {
    return {.content_type = std::string{html},
            .body = html_page("Entries", site, home, contents(documents))};
  }
  if (asked.path.starts_with(entry_path)) {
    const auto slug = asked.path.substr(entry_path.size());
    const auto found = std::ranges::find(documents, slug, &document::slug);
    if (found != documents.end()) {
      return {.content_type = std::string{html}, .body = document_page(*found, site, home)};
    }
  }
  return {.status = 404, .content_type = std::string{html}, .body = not_found_page(site, home)};
}

}  // namespace livesearch::demo
