#include <fmt/format.h>
#include <simdjson.h>

#include <utility>

#include "livesearch/site/answer/answer_reader.hpp"
#include "livesearch/site/answer/plain_text.hpp"

namespace livesearch {
namespace {

/// The text of a string or a number, empty for anything else; `number` is where one is written to.
std::string_view text_of_element(simdjson::dom::element element, std::string& number) {
  if (std::string_view text; element.get(text) == simdjson::SUCCESS) return text;
  if (element.is_number()) number = simdjson::minify(element);
  return number;
}

std::string line_of(simdjson::dom::element element, text_kind kind, std::size_t most_characters) {
  std::string number;
  const auto raw = text_of_element(element, number);
  return kind == text_kind::html ? text_of_html(raw, most_characters)
                                 : folded(raw, most_characters);
}

std::string read_field(const compiled_rule& rule, simdjson::dom::element result,
                       text_kind automatic, std::size_t most_characters) {
  if (rule.kind != rule_kind::path) return {};
  const auto kind = rule.text == text_kind::automatic ? automatic : rule.text;
  if (rule.path.is_single()) {
    const auto found = rule.path.find(result);
    return found ? line_of(*found, kind, most_characters) : std::string{};
  }
  for (const auto& element : rule.path.evaluate(result)) {
    auto text = line_of(element, kind, most_characters);
    if (!text.empty()) return text;
  }
  return {};
}

bool is_escape_at(std::string_view text, std::size_t at, std::string_view first_digits) {
  if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u') return false;
  const auto is = [&](std::size_t place, std::string_view digits) {
    return digits.find(text[at + place]) != std::string_view::npos;
  };
  constexpr std::string_view hex = "0123456789abcdefABCDEF";
  return is(2, "dD") && is(3, first_digits) && is(4, hex) && is(5, hex);
}

// Interfaces that cut texts by UTF-16 units leave half a surrogate pair, which simdjson refuses
// together with the whole answer.
std::string without_lone_surrogates(std::string_view json) {
  constexpr std::string_view high = "89abAB";
  constexpr std::string_view low = "cdefCDEF";
  std::string repaired;
  repaired.reserve(json.size());
  for (std::size_t at = 0; at < json.size();) {
    std::size_t length = 1;
    if (json[at] == '\\') {
      length = 2;
      if (is_escape_at(json, at, high) && is_escape_at(json, at + 6, low)) {
        length = 12;
      } else if (is_escape_at(json, at, high) || is_escape_at(json, at, low)) {
        repaired += "\\ufffd";
        at += 6;
        continue;
      }
    }
    repaired += json.substr(at, length);
    at += length;
  }
  return repaired;
}

/// A parser keeps what it needs for its largest document, unless that was an unusual one.
simdjson::dom::parser& parser_of_thread() {
  constexpr std::size_t usual = std::size_t{1} << 20U;
  thread_local simdjson::dom::parser parser;
  if (parser.capacity() > usual) parser = simdjson::dom::parser{};
  return parser;
}

}  // namespace

answer_hits read_json(const answer_rules& rules, std::string_view utf8,
                      std::string_view final_url) {
  simdjson::dom::parser& parser = parser_of_thread();
  simdjson::dom::element root;
  auto failure = parser.parse(utf8.data(), utf8.size()).get(root);
  if (failure == simdjson::STRING_ERROR) {
    failure = parser.parse(without_lone_surrogates(utf8)).get(root);
  }
  if (failure != simdjson::SUCCESS) {
    return std::unexpected{
        fmt::format("it is not valid JSON ({})", simdjson::error_message(failure))};
  }
  const auto results = rules.results.path.evaluate(root);
  std::vector<hit> hits;
  for (const auto& result : results) {
    if (hits.size() == rules.most_results) break;
    read_values values{
        .title = read_field(rules.title, result, text_kind::plain, longest_value),
        .url = read_field(rules.url, result, text_kind::plain, longest_value),
        .snippet = read_field(rules.snippet, result, text_kind::html, longest_snippet)};
    for (const auto& field : rules.fields) {
      values.fields.push_back(read_field(field, result, text_kind::plain, longest_value));
    }
    if (auto made = make_hit(std::move(values), rules, final_url)) {
      hits.push_back(*std::move(made));
    }
  }
  return usable_hits(std::move(hits), results.size());
}

}  // namespace livesearch
