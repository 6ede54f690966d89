#include <fmt/format.h>

#include <optional>
#include <utility>

#include "livesearch/site/answer/answer_reader.hpp"
#include "livesearch/site/answer/css_search.hpp"
#include "livesearch/site/answer/markup.hpp"
#include "livesearch/site/answer/plain_text.hpp"
#include "livesearch/site/answer/web_url.hpp"
#include "livesearch/site/answer/xpath_reader.hpp"

namespace livesearch {
namespace {

constexpr std::string_view atom = "http://www.w3.org/2005/Atom";
constexpr std::size_t longest_raw_html = std::size_t{64} * 1024;

// What an Atom element says of its own content.
text_kind kind_in_feed(markup_node node, text_kind automatic) {
  if (namespace_of(node) != atom) return automatic;
  const auto type = attribute_of(node, "type");
  return type == "html" || type == "text/html" ? text_kind::html : text_kind::plain;
}

// Reads the values of one answer; XPath expressions are compiled once for all its results.
class field_reader {
 public:
  field_reader(const markup_document& document, answer_format format)
      : document_{document}, format_{format} {}

  struct field {
    const compiled_rule* rule = nullptr;
    text_kind automatic = text_kind::plain;
    std::size_t most_characters = longest_value;
    std::vector<xpath_reader::expression> expressions{};
  };

  field prepare(const compiled_rule& rule, text_kind automatic, std::size_t most_characters) {
    field prepared{.rule = &rule, .automatic = automatic, .most_characters = most_characters};
    for (const auto& text : rule.xpaths) {
      auto compiled = xpaths().compile(text);
      if (compiled) {
        prepared.expressions.push_back(*std::move(compiled));
      } else {
        note(compiled.error());
      }
    }
    return prepared;
  }

  std::string read(const field& from, markup_node result) {
    if (from.rule->kind == rule_kind::css) return read_selected(from, result);
    for (const auto& expression : from.expressions) {
      const auto value = xpaths().evaluate(expression, result);
      if (!value) {
        note(value.error());
        return {};
      }
      if (const auto* text = std::get_if<std::string>(&*value)) {
        auto line = folded(*text, from.most_characters);
        if (!line.empty()) return line;
        continue;
      }
      for (const auto* node : std::get<std::vector<markup_node>>(*value)) {
        auto line = line_of(from, node);
        if (!line.empty()) return line;
      }
    }
    return {};
  }

  std::vector<markup_node> nodes(const compiled_rule& rule, markup_node from) {
    if (rule.kind == rule_kind::css) return selected(rule.selector, from);
    for (const auto& text : rule.xpaths) {
      const auto compiled = xpaths().compile(text);
      auto value =
          compiled ? xpaths().evaluate(*compiled, from) : std::unexpected{compiled.error()};
      if (!value) {
        note(value.error());
      } else if (auto* found = std::get_if<std::vector<markup_node>>(&*value)) {
        return std::move(*found);
      }
    }
    return {};
  }

  /// What went wrong first; empty if nothing did.
  [[nodiscard]] const std::string& problem() const noexcept { return problem_; }

 private:
  void note(const std::string& problem) {
    if (problem_.empty()) problem_ = problem;
  }

  void note_effort() {
    if (!effort_.is_spent()) return;
    note(fmt::format("it needs more than {} steps", search_effort::most_steps));
  }

  // To make one ready takes a walk over the whole document.
  xpath_reader& xpaths() { return xpaths_ ? *xpaths_ : xpaths_.emplace(document_); }

  std::string read_selected(const field& from, markup_node result) {
    css_search search{from.rule->selector, result, effort_};
    std::string line;
    while (line.empty()) {
      const auto* node = search.next();
      if (node == nullptr) break;
      line = line_of(from, node);
    }
    note_effort();
    return line;
  }

  std::vector<markup_node> selected(const css_selector& selector, markup_node from) {
    css_search search{selector, from, effort_};
    std::vector<markup_node> nodes;
    while (const auto* node = search.next()) nodes.push_back(node);
    note_effort();
    return nodes;
  }

  [[nodiscard]] std::string line_of(const field& from, markup_node node) const {
    const auto& rule = *from.rule;
    if (!rule.attribute.empty()) {
      return folded(attribute_of(node, rule.attribute), from.most_characters);
    }
    auto kind = rule.text;
    if (kind == text_kind::automatic) {
      kind = format_ == answer_format::feed ? kind_in_feed(node, from.automatic) : text_kind::plain;
    }
    if (kind == text_kind::plain) return text_of(node, from.most_characters);
    return text_of_html(raw_text_of(node, longest_raw_html), from.most_characters);
  }

  const markup_document& document_;
  answer_format format_;
  std::optional<xpath_reader> xpaths_{};
  search_effort effort_{};
  std::string problem_;
};

bool is_feed_root(markup_node root) {
  const auto name = name_of(root);
  return name == "rss" || name == "RDF" || (name == "feed" && namespace_of(root) == atom);
}

// A page may name another address for its relative URLs to start from.
std::string base_of_page(const markup_document& page, std::string_view final_url) {
  const auto* const base = first_element(page, "base", "href");
  if (base == nullptr) return std::string{final_url};
  return resolved_url(final_url, attribute_of(base, "href")).value_or(std::string{final_url});
}

}  // namespace

answer_hits read_markup(const answer_rules& rules, std::string_view utf8,
                        std::string_view final_url) {
  const bool is_feed = rules.format == answer_format::feed;
  const auto document =
      is_feed ? markup_document::parse_xml(utf8) : markup_document::parse_html(utf8);
  if (!document) return std::unexpected{document.error()};
  const auto* root = document->root();
  if (is_feed && !rules.has_own_results && !is_feed_root(root)) {
    return std::unexpected{
        fmt::format("its root element is <{}>, allowed are <rss>, Atom's <feed> "
                    "and <rdf:RDF>",
                    name_of(root))};
  }
  field_reader reader{*document, rules.format};
  const auto base = is_feed ? std::string{final_url} : base_of_page(*document, final_url);
  const auto title = reader.prepare(rules.title, text_kind::plain, longest_value);
  const auto url = reader.prepare(rules.url, text_kind::plain, longest_value);
  const auto snippet = reader.prepare(rules.snippet, text_kind::html, longest_snippet);
  std::vector<field_reader::field> fields;
  for (const auto& field : rules.fields) {
    fields.push_back(reader.prepare(field, text_kind::plain, longest_value));
  }
  const auto results = reader.nodes(rules.results, document->top());
  std::vector<hit> hits;
  for (const auto* result : results) {
    if (hits.size() == rules.most_results || !reader.problem().empty()) break;
    read_values values{.title = reader.read(title, result),
                       .url = reader.read(url, result),
                       .snippet = reader.read(snippet, result)};
    for (const auto& field : fields) values.fields.push_back(reader.read(field, result));
    if (auto made = make_hit(std::move(values), rules, base)) hits.push_back(*std::move(made));
  }
  if (!reader.problem().empty()) {
    return std::unexpected{fmt::format("a rule could not be evaluated: {}", reader.problem())};
  }
  return usable_hits(std::move(hits), results.size());
}

}  // namespace livesearch
