#include "livesearch/demo/page.hpp"

#include "livesearch/demo/markup.hpp"

#include <fmt/format.h>

namespace livesearch::demo {
namespace {

constexpr std::string_view style =
    ":root{color-scheme:light dark}"
    "body{font:1rem/1.6 system-ui,sans-serif;max-width:44rem;margin:0 auto;padding:1rem}"
    "header,footer{padding:.5rem 0}header a{font-weight:600}"
    "pre{overflow:auto;padding:.75rem;border:1px solid}"
    "ol.results{list-style:none;padding:0}.result h3{margin-bottom:0}"
    ".meta,aside{font-size:.9rem}input{font:inherit;width:20rem;max-width:70%}";

}  // namespace

std::string html_page(std::string_view title, std::string_view site, std::string_view home,
                      std::string_view body) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>{0} - {1}</title>\n<style>{2}</style>\n</head>\n<body>\n"
      "<header><a href=\"{3}\">{1}</a></header>\n<main>\n{4}</main>\n"
      "<footer><small>A demonstration site of livesearch.</small></footer>\n</body>\n</html>\n",
      escape_markup(title), escape_markup(site), style, escape_markup(home), body);
}

std::string document_page(const document& doc, std::string_view site, std::string_view home) {
  const auto state = doc.state.empty() ? std::string{} : " · " + doc.state;
  const auto body = fmt::format(
      "<article>\n<h1>{}</h1>\n<p class=\"meta\"><time datetime=\"{}\">{}</time> · {}{}</p>\n{}"
      "</article>\n",
      escape_markup(doc.title), doc.date, doc.date, escape_markup(doc.section),
      escape_markup(state), render_html(doc.body));
  return html_page(doc.title, site, home, body);
}

std::string not_found_page(std::string_view site, std::string_view home) {
  return html_page("Not found", site, home,
                   "<h1>Not found</h1>\n<p>There is no page at this address.</p>\n");
}

std::string search_form(std::string_view action, std::string_view query) {
  return fmt::format(
      "<form role=\"search\" action=\"{}\"><label>Search <input type=\"search\" name=\"q\" "
      "value=\"{}\"></label> <button>Search</button></form>\n",
      escape_markup(action), escape_markup(query));
}

}  // namespace livesearch::demo
