#include "livesearch/site/answer/answer_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

#include "livesearch/site/answer/plain_text.hpp"
#include "livesearch/site/answer/web_url.hpp"
#include "livesearch/site/answer/xpath_reader.hpp"

namespace livesearch {
namespace {

using compile_result = std::expected<compiled_rule, syntax_error>;

compile_result wrong(std::string message) {
  return std::unexpected{syntax_error{0, std::move(message)}};
}

// Where RSS 2.0, Atom and RSS 1.0 keep a value, best place first.
std::vector<std::string> feed_places(field_role role) {
  switch (role) {
    case field_role::results:
      return {"/rss/channel/item | /atom:feed/atom:entry | /rdf:RDF/rss:item"};
    case field_role::title:
      return {"title", "atom:title", "rss:title", "dc:title"};
    case field_role::url:
      return {"link",     "atom:link[@rel='alternate']/@href", "atom:link[not(@rel)]/@href",
              "rss:link", "guid[not(@isPermaLink='false')]",   "@rdf:about"};
    case field_role::snippet:
      return {"description",  "atom:summary",    "rss:description",
              "atom:content", "content:encoded", "dc:description"};
    case field_role::extra:
      break;
  }
  return {};
}

compile_result compile_xpath(const field_rule& rule, field_role role) {
  compiled_rule compiled{.kind = rule.kind, .attribute = rule.attribute, .text = rule.text};
  const bool needs_nodes = role == field_role::results || !rule.attribute.empty();
  auto mistake =
      xpath_mistake(rule.expression, needs_nodes ? xpath_need::nodes : xpath_need::value);
  if (!mistake.empty()) return wrong(fmt::format("\"{}\": {}", rule.expression, mistake));
  compiled.xpaths.push_back(rule.expression);
  return compiled;
}

bool fits(rule_kind kind, answer_format format, field_role role) {
  switch (kind) {
    case rule_kind::none:
      return format == answer_format::feed || role == field_role::snippet;
    case rule_kind::css:
      return format == answer_format::html;
    case rule_kind::xpath:
      return format != answer_format::json;
    case rule_kind::path:
      return format == answer_format::json;
    case rule_kind::url_template:
      return role == field_role::url;
  }
  return false;
}

}  // namespace

compile_result compile_rule(const field_rule& rule, answer_format format, field_role role,
                            std::span<const std::string_view> names) {
  if (!fits(rule.kind, format, role)) {
    return wrong(rule.kind == rule_kind::none
                     ? std::string{"is missing"}
                     : fmt::format("this kind of rule cannot be used here in a {} answer",
                                   to_string(format)));
  }
  compiled_rule compiled{.kind = rule.kind, .attribute = rule.attribute, .text = rule.text};
  switch (rule.kind) {
    case rule_kind::css: {
      auto selector = css_selector::parse(rule.expression);
      if (!selector) return std::unexpected{std::move(selector.error())};
      compiled.selector = *std::move(selector);
      break;
    }
    case rule_kind::xpath:
      return compile_xpath(rule, role);
    case rule_kind::path: {
      auto path = json_path::parse(rule.expression);
      if (!path) return std::unexpected{std::move(path.error())};
      compiled.path = *std::move(path);
      break;
    }
    case rule_kind::url_template: {
      auto address = url_template::parse(rule.expression, names);
      if (!address) return std::unexpected{std::move(address.error())};
      compiled.address = *std::move(address);
      break;
    }
    case rule_kind::none:
      if (format == answer_format::feed) compiled.xpaths = feed_places(role);
      break;
  }
  return compiled;
}

std::vector<std::string_view> template_names(const answer_definition& answer) {
  std::vector<std::string_view> names{"title", "snippet"};
  for (const auto& each : answer.fields) names.push_back(each.name);
  return names;
}

std::expected<answer_rules, std::string> compile_answer(const answer_definition& answer,
                                                        std::size_t most_results) {
  answer_rules rules{.format = answer.format,
                     .has_own_results = answer.results.kind != rule_kind::none,
                     .most_results = most_results};
  const auto names = template_names(answer);
  std::string mistake;
  const auto compiled = [&](const field_rule& rule, field_role role, std::string_view key) {
    auto made = compile_rule(rule, answer.format, role, names);
    if (made) return *std::move(made);
    if (mistake.empty()) mistake = fmt::format("answer.{}: {}", key, to_string(made.error()));
    return compiled_rule{};
  };
  rules.results = compiled(answer.results, field_role::results, "results");
  rules.title = compiled(answer.title, field_role::title, "title");
  rules.url = compiled(answer.url, field_role::url, "url");
  rules.snippet = compiled(answer.snippet, field_role::snippet, "snippet");
  for (const auto& each : answer.fields) {
    rules.field_names.push_back(each.name);
    rules.fields.push_back(compiled(each.rule, field_role::extra, "fields." + each.name));
  }
  if (!mistake.empty()) return std::unexpected{std::move(mistake)};
  return rules;
}

std::optional<hit> make_hit(read_values values, const answer_rules& rules,
                            std::string_view base_url) {
  if (values.title.empty()) return std::nullopt;
  if (rules.url.kind == rule_kind::url_template) {
    std::vector<placeholder_value> given{{"title", values.title}, {"snippet", values.snippet}};
    for (std::size_t at = 0; at < rules.field_names.size(); ++at) {
      given.push_back({rules.field_names[at], values.fields[at]});
    }
    for (const auto name : rules.url.address.names()) {
      const auto value = std::ranges::find(given, name, &placeholder_value::name);
      // A URL with a hole in it would lead somewhere else.
      if (value == given.end() || value->value.empty()) return std::nullopt;
    }
    values.url = rules.url.address.expand(given);
  }
  auto url = resolved_url(base_url, values.url);
  if (!url) return std::nullopt;
  // Of no more bytes than that it is as it would be.
  if (values.title.size() > longest_title) values.title = folded(values.title, longest_title);
  return hit{.title = std::move(values.title),
             .url = *std::move(url),
             .snippet = std::move(values.snippet)};
}

std::expected<std::vector<hit>, std::string> usable_hits(std::vector<hit> hits,
                                                         std::size_t matched) {
  if (hits.empty() && matched > 0) {
    return std::unexpected{fmt::format("{} {} found, but none has a title and an http or https URL",
                                       matched, matched == 1 ? "result was" : "results were")};
  }
  return hits;
}

}  // namespace livesearch
