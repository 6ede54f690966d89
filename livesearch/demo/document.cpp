#include "livesearch/demo/document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace livesearch::demo {
namespace {

constexpr std::string_view fence = "---";

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blank = " \t\r\n";
  const auto first = text.find_first_not_of(blank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

std::string_view take_line(std::string_view& rest) {
  const auto end = rest.find('\n');
  const auto line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return line;
}

std::vector<std::string> split_list(std::string_view value) {
  std::vector<std::string> parts;
  while (!value.empty()) {
    const auto comma = value.find(',');
    if (const auto part = trimmed(value.substr(0, comma)); !part.empty()) parts.emplace_back(part);
    value.remove_prefix(comma == std::string_view::npos ? value.size() : comma + 1);
  }
  return parts;
}

std::string slug_of(std::string_view path) {
  const auto slash = path.rfind('/');
  if (slash != std::string_view::npos) path.remove_prefix(slash + 1);
  return std::string{path.substr(0, path.rfind('.'))};
}

bool is_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  return std::ranges::count_if(text, [](char c) { return c >= '0' && c <= '9'; }) == 8;
}

bool assign(document& doc, std::string_view key, std::string_view value) {
  if (key == "title") {
    doc.title = value;
  } else if (key == "date") {
    doc.date = value;
  } else if (key == "section") {
    doc.section = value;
  } else if (key == "sites") {
    doc.sites = split_list(value);
  } else if (key == "state") {
    doc.state = value;
  } else {
    return false;
  }
  return true;
}

}  // namespace

genstage::result<document> parse_document(std::string_view path, std::string_view content) {
  const auto refuse = [path](const std::string& why) {
    return genstage::fail(genstage::errc::invalid_argument,
                          fmt::format("{}: {}; document left out", path, why));
  };
  auto rest = content;
  if (trimmed(take_line(rest)) != fence) return refuse("it must begin with a line of ---");
  document doc{.slug = slug_of(path),
               .title = {},
               .date = {},
               .section = {},
               .sites = {},
               .state = {},
               .body = {}};
  for (bool open = true; open;) {
    if (rest.empty()) return refuse("its front matter must end with a line of ---");
    const auto line = trimmed(take_line(rest));
    open = line != fence;
    if (!open || line.empty()) continue;
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) {
      return refuse(fmt::format("front matter line \"{}\" must read key: value", line));
    }
    const auto key = trimmed(line.substr(0, colon));
    if (!assign(doc, key, trimmed(line.substr(colon + 1)))) {
      return refuse(fmt::format(
          "front matter has \"{}\", known are title, date, section, sites and state", key));
    }
  }
  doc.body = trimmed(rest);
  if (doc.title.empty()) return refuse("title is missing");
  if (doc.sites.empty()) return refuse("sites is missing, it must name at least one");
  if (!is_date(doc.date)) {
    return refuse(fmt::format("date is \"{}\", must be like 2026-02-17", doc.date));
  }
  return doc;
}

}  // namespace livesearch::demo
