#include "site_pages.hpp"

#include <fmt/format.h>

#include <iterator>
#include <string_view>

namespace bench {

namespace {

constexpr unsigned results = 10;
constexpr unsigned menu_entries = 60;

constexpr std::string_view words =
    "Producers emit what their consumers have asked for, and never more: a slow reader slows its "
    "own stream and nobody else's. Whoever waits knows for what, and for how long at most. ";

struct found {
  std::string title;
  std::string url;
  std::string snippet;
};

/// Every third result is one that all sites have, at another rank in each of them.
found result_of(unsigned site, unsigned rank) {
  const bool is_common = rank % 3 == 2;
  const unsigned number = is_common ? (rank + site) % results : 100 * site + rank;
  return {fmt::format("{} on demand and back pressure, part {}", is_common ? "Notes" : "A page",
                      number),
          fmt::format("https://{}.example.org/pages/{}?utm_source=site{}",
                      is_common ? "common" : fmt::format("site{}", site), number, site),
          fmt::format("{}{} ({})", words.substr(0, 90 + 7 * rank), words.substr(0, 80), number)};
}

std::string make_json(unsigned site) {
  std::string page = R"({"took":12,"total":4321,"page":1,"data":[)";
  for (unsigned rank = 0; rank < results; ++rank) {
    const found each = result_of(site, rank);
    fmt::format_to(std::back_inserter(page),
                   R"({}{{"id":"{}-{}","type":"page","title":"{}","links":{{"html":"{}"}},)"
                   R"("summary":"{}","author":{{"name":"Somebody","id":{}}},)"
                   R"("tags":["stages","demand","{}"],"updated":"2026-01-{:02}T12:00:00Z",)"
                   R"("score":{}.{}}})",
                   rank == 0 ? "" : ",", site, rank, each.title, each.url, each.snippet,
                   1000 + rank, site, rank + 1, 20 - rank, rank);
  }
  return page + "]}";
}

void add_menu(std::string& page, std::string_view name) {
  fmt::format_to(std::back_inserter(page), "<nav class=\"{}\"><ul>\n", name);
  for (unsigned entry = 0; entry < menu_entries; ++entry) {
    fmt::format_to(std::back_inserter(page),
                   "<li class=\"entry level-{}\"><a href=\"/{}/{}\" title=\"Go to section {}\">"
                   "<span>Section {}</span></a></li>\n",
                   entry % 3, name, entry, entry, entry);
  }
  page += "</ul></nav>\n";
}

std::string make_html(unsigned site) {
  std::string page =
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Search</title>\n"
      "<link rel=\"stylesheet\" href=\"/style.css\"><script>var ready = 1 < 2;</script></head>\n"
      "<body class=\"search\"><header><form action=\"/search\"><input name=\"q\"></form>"
      "</header>\n";
  add_menu(page, "main");
  page += "<main><ol class=\"hits\">\n";
  for (unsigned rank = 0; rank < results; ++rank) {
    const found each = result_of(site, rank);
    fmt::format_to(std::back_inserter(page),
                   "<li class=\"hit\" data-rank=\"{}\"><h3><a class=\"title\" href=\"{}\">{}</a>"
                   "</h3><div class=\"meta\"><span>Somebody</span> <time>2026-01-{:02}</time>"
                   "</div><p class=\"excerpt\">{} &amp; <em>more</em></p><div class=\"tags\">"
                   "<a href=\"/t/1\">stages</a> <a href=\"/t/2\">demand</a></div></li>\n",
                   rank, each.url, each.title, rank + 1, each.snippet);
  }
  page += "</ol></main>\n";
  add_menu(page, "related");
  return page + "<footer><p>Terms</p></footer></body></html>\n";
}

}  // namespace

std::string make_page(page_format format, unsigned site) {
  return format == page_format::json ? make_json(site) : make_html(site);
}

}  // namespace bench
