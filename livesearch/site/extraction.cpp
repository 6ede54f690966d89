#include "livesearch/site/extraction.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "livesearch/site/answer/answer_reader.hpp"
#include "livesearch/site/answer/answer_rules.hpp"
#include "livesearch/site/answer/charset.hpp"

namespace livesearch {
namespace {

using genstage::errc;

// Sites mislabel their answers, but within limits: text is worth a try, a picture is not.
bool is_allowed(std::string_view type, answer_format format) {
  if (type.empty() || type == "text/plain") return true;
  switch (format) {
    case answer_format::html:
      return type == "text/html" || type == "application/xhtml+xml";
    case answer_format::json:
      return type == "application/json" || type == "text/json" || type == "text/javascript" ||
             type == "application/javascript" || type.ends_with("+json");
    case answer_format::feed:
      return type == "application/xml" || type == "text/xml" || type.ends_with("+xml");
  }
  return false;
}

std::string_view wanted_types(answer_format format) {
  switch (format) {
    case answer_format::html:
      return "HTML (text/html or application/xhtml+xml)";
    case answer_format::json:
      return "JSON (application/json)";
    case answer_format::feed:
      return "a feed (application/rss+xml, application/atom+xml or XML)";
  }
  return "text";
}

// A content type is the peer's text: what is not printable is no name of a type.
std::string shown(std::string_view type) {
  std::string clean;
  for (const char c : type.substr(0, 60)) clean += c > ' ' && c < 0x7F ? c : '?';
  return clean;
}

// Text has no NUL, except in UTF-16, which starts with a mark.
bool is_binary(std::string_view body) {
  const bool is_utf16 = body.starts_with("\xFF\xFE") || body.starts_with("\xFE\xFF");
  return !is_utf16 && body.substr(0, 512).find('\0') != std::string_view::npos;
}

std::string utf8_of(const answer_rules& rules, const answer_body& answer) {
  return body_as_utf8(answer.body, answer.content_type, rules.format);
}

/// Most answers are read as they came: JSON's parser itself refuses what is no UTF-8, or has a NUL.
answer_hits read_json_body(const answer_rules& rules, const answer_body& answer) {
  if (is_called_utf8(answer.body, answer.content_type, rules.format)) {
    if (auto hits = read_json(rules, answer.body, answer.final_url)) return hits;
  }
  return read_json(rules, utf8_of(rules, answer), answer.final_url);
}

answer_hits read_markup_body(const answer_rules& rules, const answer_body& answer) {
  return read_markup(rules, utf8_of(rules, answer), answer.final_url);
}

}  // namespace

struct extractor::plan {
  std::string site;
  answer_rules rules;
};

genstage::result<extractor> extractor::make(const site_definition& site) {
  auto rules = compile_answer(site.answer, site.limits.results);
  if (!rules) {
    return genstage::fail(errc::invalid_argument,
                          fmt::format("{}: {}; site not used", site.id, rules.error()));
  }
  return extractor{std::make_shared<const plan>(site.id, *std::move(rules))};
}

genstage::result<std::vector<hit>> extractor::extract(const answer_body& answer) const {
  const auto bad = [this](std::string_view what) {
    return genstage::fail(errc::bad_answer,
                          fmt::format("{}: {}; answer discarded", plan_->site, what));
  };
  const auto& rules = plan_->rules;
  const auto type = media_type_of(answer.content_type);
  if (!is_allowed(type, rules.format)) {
    return bad(fmt::format("the content type is {}, {} is allowed", shown(type),
                           wanted_types(rules.format)));
  }
  if (answer.body.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    return bad(fmt::format("the answer is empty, {} is needed", wanted_types(rules.format)));
  }
  if (is_binary(answer.body)) {
    return bad(fmt::format("the answer is binary, {} is needed", wanted_types(rules.format)));
  }
  auto hits = rules.format == answer_format::json ? read_json_body(rules, answer)
                                                  : read_markup_body(rules, answer);
  if (!hits) return bad(fmt::format("the answer cannot be read: {}", hits.error()));
  return *std::move(hits);
}

genstage::result<std::vector<hit>> extract(const site_definition& site, const answer_body& answer) {
  const auto made = extractor::make(site);
  if (!made) return std::unexpected{made.error()};
  return made->extract(answer);
}

}  // namespace livesearch
