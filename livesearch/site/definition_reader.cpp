#include "livesearch/site/definition_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "livesearch/site/answer/answer_rules.hpp"
#include "livesearch/site/answer/web_url.hpp"
#include "livesearch/site/language_tag.hpp"
#include "livesearch/site/request.hpp"
#include "livesearch/site/syntax/letter_case.hpp"
#include "livesearch/site/syntax/url_template.hpp"

namespace livesearch {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t longest_id = 64;
constexpr std::size_t longest_name = 200;
constexpr std::size_t longest_expression = 1024;
constexpr std::size_t longest_body = std::size_t{16} * 1024;
constexpr std::size_t most_headers = 32;
constexpr std::size_t most_fields = 16;
constexpr std::size_t most_names = 16;
constexpr std::size_t most_query_words = 200;

constexpr bool is_id_character(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= longest_id && std::ranges::all_of(text, is_id_character);
}

template <class Value>
void set(Value& into, std::optional<Value> value) {
  if (value) into = *std::move(value);
}

std::optional<std::string> read_web_url(const yaml_section& section, std::string_view key) {
  auto url = section.read_text(key, longest_url);
  if (!url || host_of(*url)) return url;
  section.report(key, fmt::format("\"{}\" is no http or https URL", *url));
  return std::nullopt;
}

std::string read_id(const yaml_section& top, std::string_view default_id) {
  constexpr std::string_view allowed = "1 to 64 characters of a-z, 0-9 and _ are allowed";
  if (top.find("id") != nullptr) {
    const auto id = top.read_text("id", 1000);
    if (id && !is_id(*id)) top.report("id", fmt::format("\"{}\" is no id, {}", *id, allowed));
    return id.value_or("");
  }
  if (!is_id(default_id)) {
    top.report("id", fmt::format("is missing and the file name gives none (\"{}\"), {}", default_id,
                                 allowed));
  }
  return std::string{default_id};
}

std::optional<std::chrono::year_month_day> date_of(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto number = [text](std::size_t at, std::size_t length) {
    unsigned value = 0;
    const auto* end = text.data() + at + length;
    const auto read = std::from_chars(text.data() + at, end, value);
    return read.ptr == end && read.ec == std::errc{} ? value : 0U;
  };
  const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(number(0, 4))},
                                         std::chrono::month{number(5, 2)},
                                         std::chrono::day{number(8, 2)}};
  return date.ok() && number(0, 4) > 0 ? std::optional{date} : std::nullopt;
}

check_record read_checked(const yaml_section& top) {
  const auto text = top.read_text("checked", 100);
  if (!text || *text == "never") return {};
  if (*text == "demonstration") return {.state = check_state::demonstration};
  const auto date = date_of(*text);
  if (!date) {
    top.report("checked", fmt::format("\"{}\" is unknown, allowed are never, demonstration and a "
                                      "date as YYYY-MM-DD",
                                      *text));
    return {};
  }
  return {.state = check_state::dated, .date = *date};
}

bool is_header_name(std::string_view name) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !name.empty() && name.size() <= 100 && std::ranges::all_of(name, [marks](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           marks.find(c) != std::string_view::npos;
  });
}

// These belong to the connection; wrong ones would break it or let one request pass as two.
bool is_own_header(std::string_view name) {
  constexpr std::array<std::string_view, 9> own{"host",       "content-length", "transfer-encoding",
                                                "connection", "upgrade",        "te",
                                                "trailer",    "expect",         "accept-encoding"};
  return std::ranges::find(own, lower_case(name)) != own.end();
}

std::vector<request_header> read_headers(const yaml_section& request) {
  const auto* node = request.find("headers");
  if (node == nullptr) return {};
  if (node->kind != yaml_kind::map) {
    request.report("headers", fmt::format("is {}, a map of header names and values is needed",
                                          words_for(node->kind)));
    return {};
  }
  if (node->children.size() > most_headers) {
    request.report("headers", fmt::format("too many headers ({}), at most {} are allowed",
                                          node->children.size(), most_headers));
    return {};
  }
  std::vector<request_header> headers;
  for (const auto& value : node->children) {
    const auto& name = value.key;
    const auto wrong = [&](std::string message) {
      request.report_child("headers", value, std::move(message));
    };
    if (!is_header_name(name)) {
      wrong("is no header name");
    } else if (is_own_header(name)) {
      wrong("is set by livesearch itself, remove it");
    } else if (value.kind != yaml_kind::scalar) {
      wrong(fmt::format("is {}, a text is needed", words_for(value.kind)));
    } else if (value.text.size() > longest_url || value.text.find('\n') != std::string::npos) {
      wrong(fmt::format("one line of at most {} bytes is needed", longest_url));
    } else {
      headers.push_back({name, value.text});
    }
  }
  return headers;
}

std::optional<url_template> read_request_template(const yaml_section& request, std::string_view key,
                                                  const std::string& text) {
  auto parsed = url_template::parse(text, request_placeholders);
  if (parsed) return *std::move(parsed);
  request.report(key, to_string(parsed.error()));
  return std::nullopt;
}

// A query must not choose the host it is sent to.
void check_request_url(const yaml_section& request, const url_template& url) {
  const std::array<placeholder_value, 4> sample{
      {{"query", "x"}, {"limit", "10"}, {"page", "1"}, {"offset", "0"}}};
  const auto expanded = url.expand(sample);
  if (!host_of(expanded)) {
    request.report("url", fmt::format("\"{}\" is no http or https URL", expanded));
    return;
  }
  const auto prefix = url.prefix();
  const auto host = prefix.find("://");
  if (host == std::string_view::npos ||
      prefix.find_first_of("/?", host + 3) == std::string_view::npos) {
    request.report("url",
                   "a placeholder stands in the host, only the path and the query may "
                   "have one");
  }
}

request_definition read_request(const yaml_section& request) {
  request_definition read;
  request.require("url", "a URL with {query}");
  set(read.method, request.read_choice<request_method>(
                       "method", {{"GET", request_method::get}, {"POST", request_method::post}}));
  read.headers = read_headers(request);
  set(read.url, request.read_text("url", longest_url));
  set(read.body, request.read_text("body", longest_body));
  if (const auto value = request.read_whole("first_page", 0, 1)) {
    read.first_page = static_cast<std::uint32_t>(*value);
  }
  if (request.read_bool("trace").value_or(false)) read.trace = trace_headers::sent;
  if (read.method == request_method::get && !read.body.empty()) {
    request.report("body", "is given, but only method POST has one");
  }
  if (read.url.empty()) return read;
  const auto url = read_request_template(request, "url", read.url);
  const auto body = read_request_template(request, "body", read.body);
  if (url) check_request_url(request, *url);
  if (url && body && !url->has("query") && !body->has("query")) {
    request.report("url", "{query} is missing, it must stand in url or body");
  }
  return read;
}

/// A list of at most `most_names` names such as those of categories.
std::vector<std::string> read_names(const yaml_section& top, std::string_view key) {
  const auto* node = top.find(key);
  if (node == nullptr) return {};
  std::vector<std::string> names;
  const bool is_list = node->kind == yaml_kind::sequence && node->children.size() <= most_names;
  for (const auto& child : node->children) names.push_back(child.text);
  if (!is_list || !std::ranges::all_of(names, is_id)) {
    top.report(key,
               fmt::format("a list of at most {} names of a-z, 0-9 and _ is needed", most_names));
    return {};
  }
  return names;
}

/// A template for the text of the query; nothing if it is not given.
std::string read_query_template(const yaml_section& query, std::string_view key) {
  const auto text = query.read_text(key, longest_expression);
  if (!text) return {};
  constexpr std::array<std::string_view, 1> allowed{"text"};
  const auto parsed = url_template::parse(*text, allowed);
  if (!parsed) {
    query.report(key, to_string(parsed.error()));
  } else if (!parsed->has("text")) {
    query.report(key, "{text} is missing");
  }
  return *text;
}

/// A map from words of the query language to what stands in the request for them.
std::vector<query_word> read_query_words(const yaml_section& query, std::string_view key,
                                         bool (*is_allowed)(std::string_view),
                                         std::string_view allowed) {
  const auto* node = query.find(key);
  if (node == nullptr) return {};
  std::vector<query_word> words;
  if (node->kind != yaml_kind::map || node->children.size() > most_query_words) {
    query.report(key, fmt::format("a map of at most {} words is needed", most_query_words));
    return {};
  }
  for (const auto& child : node->children) {
    if (!is_allowed(child.key)) {
      query.report_child(key, child, fmt::format("is unknown, allowed are {}", allowed));
    } else if (child.kind != yaml_kind::scalar || child.text.size() > longest_expression ||
               child.text.find_first_of("\r\n") != std::string::npos) {
      query.report_child(key, child, "a text of one line is needed");
    } else {
      words.push_back({child.key, child.text});
    }
  }
  return words;
}

query_definition read_query(const yaml_section& query) {
  const auto is_span = [](std::string_view word) {
    return word == "day" || word == "week" || word == "month" || word == "year";
  };
  return {.phrase = read_query_template(query, "phrase"),
          .exclusion = read_query_template(query, "exclusion"),
          .host = read_query_template(query, "site"),
          .languages =
              read_query_words(query, "language", is_language_tag, "codes such as en and pt-br"),
          .newer = read_query_words(query, "newer", is_span, "day, week, month and year")};
}

/// A word that no placeholder takes up would be promised and never asked for.
void check_query_words(const yaml_section& query, const site_definition& site) {
  const auto is_used = [&](std::string_view placeholder) {
    return site.request.url.contains(placeholder) || site.request.body.contains(placeholder);
  };
  if (!site.query.languages.empty() && !is_used("{language}")) {
    query.report("language", "{language} is missing in request.url and request.body");
  }
  if (!site.query.newer.empty() && !is_used("{newer}")) {
    query.report("newer", "{newer} is missing in request.url and request.body");
  }
  const auto check = [&](std::string_view key, const query_word& word, const site_query& asked) {
    const auto request = make_request(site, asked);
    if (!request || host_of(request->url)) return;
    query.report(key,
                 fmt::format("{} makes no http or https URL of \"{}\"", word.name, request->url));
  };
  if (!host_of(make_request(site, {}).value_or(site_request{}).url)) return;
  for (const auto& each : site.query.languages) check("language", each, {.language = each.value});
  for (const auto& each : site.query.newer) check("newer", each, {.newer = each.value});
}

site_limits read_limits(const yaml_section& limits) {
  constexpr std::uint64_t kibibyte = 1024;
  site_limits read;
  set(read.time, limits.read_duration("time", 100ms, 60s));
  if (const auto value = limits.read_whole("concurrency", 1, 16'384)) {
    read.concurrency = static_cast<std::uint32_t>(*value);
  }
  if (const auto value = limits.read_whole("queue", 1, 100'000)) read.queue = *value;
  if (const auto value = limits.read_decimal("rate", 0.01, 1000)) read.rate.count = *value;
  set(read.per_day, limits.read_whole("per_day", 1, 10'000'000));
  set(read.connect, limits.read_duration("connect", 10ms, 60s));
  set(read.first_byte, limits.read_duration("first_byte", 10ms, 60s));
  set(read.delay, limits.read_duration("delay", 0ms, 60s));
  set(read.cache, limits.read_duration("cache", 0ms, 3600s));
  if (const auto value = limits.read_whole("retries", 0, 5)) {
    read.retries = static_cast<std::uint32_t>(*value);
  }
  if (const auto value = limits.read_size("size", kibibyte, 64 * kibibyte * kibibyte)) {
    read.size.bytes = *value;
  }
  if (const auto value = limits.read_whole("results", 1, 100)) read.results = *value;
  return read;
}

/// Reads the rules of one answer.
class rule_reader {
 public:
  rule_reader(const yaml_section& answer, mistake_list& mistakes)
      : answer_{answer}, mistakes_{mistakes} {}

  answer_definition read() {
    set(read_.format,
        answer_.read_choice<answer_format>("format", {{"html", answer_format::html},
                                                      {"json", answer_format::json},
                                                      {"feed", answer_format::feed}}));
    answer_.require("format", "html, json or feed");
    // Without a format, what a rule may be is not known.
    if (answer_.find("format") == nullptr || !is_known_format()) return std::move(read_);
    read_extra_fields();
    read_.results = read_rule("results", answer_.find("results"), field_role::results);
    read_.title = read_rule("title", answer_.find("title"), field_role::title);
    read_.url = read_rule("url", answer_.find("url"), field_role::url);
    read_.snippet = read_rule("snippet", answer_.find("snippet"), field_role::snippet);
    return std::move(read_);
  }

 private:
  [[nodiscard]] bool is_known_format() const {
    const auto& text = answer_.find("format")->text;
    return text == to_string(read_.format);
  }

  void read_extra_fields() {
    const auto* node = answer_.find("fields");
    if (node == nullptr) return;
    if (node->kind != yaml_kind::map || node->children.size() > most_fields) {
      answer_.report("fields",
                     fmt::format("a map of at most {} names and rules is needed", most_fields));
      return;
    }
    for (const auto& value : node->children) {
      const auto& name = value.key;
      if (!is_id(name) || name == "title" || name == "snippet" || name == "url") {
        answer_.report_child("fields", value,
                             "is no name for a field, a-z, 0-9 and _ are allowed, but not title, "
                             "url and snippet");
        continue;
      }
      read_.fields.push_back({name, read_rule("fields." + name, &value, field_role::extra)});
    }
  }

  field_rule read_rule(const std::string& key, const yaml_node* node, field_role role) {
    if (node == nullptr) {
      if (read_.format != answer_format::feed && role != field_role::snippet) {
        answer_.require(key, needed(role));
      }
      return {};
    }
    const auto before = mistakes_.count();
    auto rule = node->kind == yaml_kind::map ? read_map(key, *node, role) : read_path(key, *node);
    if (mistakes_.count() == before) check(key, *node, rule, role);
    return rule;
  }

  [[nodiscard]] std::string_view needed(field_role role) const {
    if (read_.format == answer_format::json) {
      return role == field_role::url ? "a path such as \"link\" or {template: ...}"
                                     : "a path such as \"a.b[*]\"";
    }
    return role == field_role::url ? "{css: ..., attribute: href}, {xpath: ...} or {template: ...}"
                                   : "{css: ...} or {xpath: ...}";
  }

  // A rule in short: json's path as a text.
  field_rule read_path(const std::string& key, const yaml_node& node) {
    if (read_.format == answer_format::json && node.kind == yaml_kind::scalar) {
      return {.kind = rule_kind::path, .expression = node.text};
    }
    const auto role = key == "url" ? field_role::url : field_role::extra;
    mistakes_.add(node.place, answer_.path_of(key),
                  fmt::format("is {}, {} is needed", words_for(node.kind), needed(role)));
    return {};
  }

  field_rule read_map(const std::string& key, const yaml_node& node, field_role role) {
    std::vector<std::string_view> kinds;
    if (read_.format == answer_format::html) kinds.push_back("css");
    kinds.push_back(read_.format == answer_format::json ? "path" : "xpath");
    if (role == field_role::url) kinds.push_back("template");
    auto allowed = kinds;
    const bool is_field = role != field_role::results;
    if (is_field && read_.format != answer_format::json) allowed.push_back("attribute");
    if (is_field) allowed.push_back("text");
    const yaml_section section{node, answer_.path_of(key), mistakes_, allowed};
    field_rule rule;
    std::size_t given = 0;
    for (const auto kind : kinds) {
      if (section.find(kind) == nullptr) continue;
      ++given;
      rule.kind = kind == "css"     ? rule_kind::css
                  : kind == "xpath" ? rule_kind::xpath
                  : kind == "path"  ? rule_kind::path
                                    : rule_kind::url_template;
      set(rule.expression, section.read_text(kind, longest_expression));
    }
    set(rule.attribute, section.read_text("attribute", 100));
    set(rule.text, section.read_choice<text_kind>(
                       "text", {{"plain", text_kind::plain}, {"html", text_kind::html}}));
    if (given == 0 && !rule.attribute.empty() && read_.format != answer_format::json) {
      // An attribute alone is the result element's own.
      rule.kind = rule_kind::xpath;
      rule.expression = ".";
    } else if (given != 1) {
      section.report("", fmt::format("has {} of {}, one is needed", given == 0 ? "none" : "several",
                                     joined_with_and(kinds)));
    }
    return rule;
  }

  void check(const std::string& key, const yaml_node& node, const field_rule& rule,
             field_role role) {
    const auto compiled = compile_rule(rule, read_.format, role, template_names(read_));
    if (compiled) return;
    auto place = node.place;
    if (!node.children.empty()) place = node.children.front().place;
    mistakes_.add(place, answer_.path_of(key), to_string(compiled.error()));
  }

  const yaml_section& answer_;
  mistake_list& mistakes_;
  answer_definition read_;
};

// `https://host:port/` of a URL.
std::string front_page_of(std::string_view url) {
  const auto start = url.find("://");
  if (start == std::string_view::npos) return {};
  return std::string{url.substr(0, url.find_first_of("/?#", start + 3))} + "/";
}

}  // namespace

site_definition read_definition(const yaml_node& root, std::string_view default_id,
                                mistake_list& mistakes) {
  const yaml_section top{
      root,
      "",
      mistakes,
      {"id", "name", "homepage", "documentation", "enabled", "checked", "categories", "bangs",
       "weight", "network", "request", "query", "limits", "answer"}};
  site_definition site;
  if (root.kind != yaml_kind::map) return site;
  site.id = read_id(top, default_id);
  top.require("name", "a text");
  set(site.name, top.read_text("name", longest_name));
  set(site.homepage, read_web_url(top, "homepage"));
  set(site.documentation, read_web_url(top, "documentation"));
  set(site.enabled, top.read_bool("enabled"));
  site.checked = read_checked(top);
  site.categories = read_names(top, "categories");
  site.bangs = read_names(top, "bangs");
  set(site.weight, top.read_decimal("weight", 0.1, 10));
  set(site.network,
      top.read_choice<network_scope>("network", {{"public", network_scope::public_network},
                                                 {"private", network_scope::private_network},
                                                 {"loopback", network_scope::loopback}}));
  top.require("request", "a map with the url");
  if (const auto* node = top.find("request")) {
    site.request = read_request(
        {*node, "request", mistakes, {"url", "method", "headers", "body", "first_page", "trace"}});
  }
  if (const auto* node = top.find("query")) {
    const yaml_section query{
        *node, "query", mistakes, {"phrase", "exclusion", "site", "language", "newer"}};
    site.query = read_query(query);
    check_query_words(query, site);
  }
  if (const auto* node = top.find("limits")) {
    site.limits = read_limits({*node,
                               "limits",
                               mistakes,
                               {"time", "connect", "first_byte", "concurrency", "queue", "rate",
                                "per_day", "delay", "retries", "cache", "size", "results"}});
  }
  top.require("answer", "a map with the format");
  if (const auto* node = top.find("answer")) {
    const yaml_section answer{
        *node, "answer", mistakes, {"format", "results", "title", "url", "snippet", "fields"}};
    site.answer = rule_reader{answer, mistakes}.read();
  }
  if (site.homepage.empty()) site.homepage = front_page_of(site.request.url);
  return site;
}

}  // namespace livesearch
