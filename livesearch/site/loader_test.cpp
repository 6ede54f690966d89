#include "livesearch/site/loader.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <random>

#include "livesearch/site/request.hpp"

namespace livesearch {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view whole_site = R"(id: project_wiki
name: Project wiki
homepage: https://wiki.example.org/
documentation: https://wiki.example.org/api
enabled: false
checked: 2026-03-09
network: private
request:
  url: "https://wiki.example.org/search?n={limit}"
  method: POST
  headers: {Accept: text/html, X-Custom: "yes"}
  body: "q={query}{language}{newer}"
limits:
  time: 1.5s
  concurrency: 4
  rate: 0.5
  size: 64KiB
  results: 20
answer:
  format: html
  results: {css: "li.hit"}
  title: {css: "a"}
  url: {css: "a", attribute: href}
  snippet: {xpath: ".//p"}
categories: [docs, wiki]
bangs: [pw]
weight: 1.5
query:
  phrase: "\"{text}\""
  exclusion: "-{text}"
  site: "site:{text}"
  language: {en: "&l=english"}
  newer: {week: "&days=7"}
)";

constexpr std::string_view least_site = R"(name: Least
request: {url: "https://a.example/?q={query}"}
answer: {format: feed}
)";

std::string messages(std::string_view yaml, std::string_view file = "wiki.yaml") {
  const auto loaded = load_definition(yaml, file);
  if (loaded) return "";
  std::string all;
  for (const auto& each : loaded.error()) all += to_string(each) + "\n";
  return all;
}

// The messages for a site that is right but for one replaced line.
std::string messages_with(std::string_view line, std::string_view replacement) {
  std::string yaml{whole_site};
  const auto at = yaml.find(line);
  yaml.replace(at, line.size(), replacement);
  return messages(yaml);
}

TEST(loader, reads_every_key) {
  const auto site = load_definition(whole_site, "x.yaml");

  ASSERT_TRUE(site);
  EXPECT_EQ(site->id, "project_wiki");
  EXPECT_EQ(site->name, "Project wiki");
  EXPECT_EQ(site->homepage, "https://wiki.example.org/");
  EXPECT_EQ(site->documentation, "https://wiki.example.org/api");
  EXPECT_FALSE(site->enabled);
  EXPECT_EQ(to_string(site->checked), "2026-03-09");
  EXPECT_EQ(site->network, network_scope::private_network);
  EXPECT_EQ(site->categories, (std::vector<std::string>{"docs", "wiki"}));
  EXPECT_EQ(site->bangs, (std::vector<std::string>{"pw"}));
  EXPECT_EQ(site->weight, 1.5);
  EXPECT_EQ(site->query.phrase, "\"{text}\"");
  EXPECT_EQ(site->query.exclusion, "-{text}");
  EXPECT_EQ(site->query.host, "site:{text}");
  EXPECT_EQ(site->query.languages, (std::vector<query_word>{{"en", "&l=english"}}));
  EXPECT_EQ(site->query.newer, (std::vector<query_word>{{"week", "&days=7"}}));
  EXPECT_EQ(site->request.url, "https://wiki.example.org/search?n={limit}");
  EXPECT_EQ(site->request.method, request_method::post);
  EXPECT_EQ(site->request.headers,
            (std::vector<request_header>{{"Accept", "text/html"}, {"X-Custom", "yes"}}));
  EXPECT_EQ(site->request.body, "q={query}{language}{newer}");
  EXPECT_EQ(site->limits.time, 1500ms);
  EXPECT_EQ(site->limits.concurrency, 4U);
  EXPECT_EQ(site->limits.rate.count, 0.5);
  EXPECT_EQ(site->limits.size.bytes, 65536U);
  EXPECT_EQ(site->limits.results, 20U);
  EXPECT_EQ(site->answer.format, answer_format::html);
  EXPECT_EQ(site->answer.results, (field_rule{rule_kind::css, "li.hit"}));
  EXPECT_EQ(site->answer.url, (field_rule{rule_kind::css, "a", "href"}));
  EXPECT_EQ(site->answer.snippet, (field_rule{rule_kind::xpath, ".//p"}));
}

TEST(loader, gives_defaults_to_what_is_left_out) {
  const auto site = load_definition(least_site, "sites/least_site.yaml");

  ASSERT_TRUE(site);
  EXPECT_EQ(site->id, "least_site");
  EXPECT_EQ(site->homepage, "https://a.example/");
  EXPECT_TRUE(site->enabled);
  EXPECT_EQ(to_string(site->checked), "never");
  EXPECT_EQ(site->network, network_scope::public_network);
  EXPECT_EQ(site->request.method, request_method::get);
  EXPECT_EQ(site->limits.time, 3s);
  EXPECT_EQ(site->limits.concurrency, 2U);
  EXPECT_EQ(site->limits.rate.count, 2.0);
  EXPECT_EQ(site->limits.size.bytes, 2U * 1024U * 1024U);
  EXPECT_EQ(site->limits.results, 10U);
}

TEST(loader, reads_json_paths_in_short_and_in_long) {
  const auto site = load_definition(R"(name: A
request: {url: "https://a.example/?q={query}"}
answer:
  format: json
  results: "query.search[*]"
  title: {path: title, text: html}
  url: {template: "https://a.example/{id}/{title}"}
  fields: {id: page.id}
)",
                                    "a.yaml");

  ASSERT_TRUE(site);
  EXPECT_EQ(site->answer.results, (field_rule{rule_kind::path, "query.search[*]"}));
  EXPECT_EQ(site->answer.title, (field_rule{rule_kind::path, "title", "", text_kind::html}));
  EXPECT_EQ(site->answer.url.kind, rule_kind::url_template);
  ASSERT_EQ(site->answer.fields.size(), 1U);
  EXPECT_EQ(site->answer.fields[0].name, "id");
}

TEST(loader, a_word_of_the_query_language_that_would_never_be_asked_for_is_refused) {
  EXPECT_EQ(messages("name: A\nrequest: {url: 'https://a.example/?q={query}'}\n"
                     "query:\n  phrase: '\"\"'\n  language: {en: '&l=en', English: '&l=en'}\n"
                     "  newer: {decade: x}\ncategories: [Docs]\nweight: 11\n"
                     "answer: {format: feed}\n"),
            "wiki.yaml:4: query.phrase: {text} is missing; site not loaded\n"
            "wiki.yaml:5: query.language: {language} is missing in request.url and request.body; "
            "site not loaded\n"
            "wiki.yaml:5: query.language.English: is unknown, allowed are codes such as en and "
            "pt-br; site not loaded\n"
            "wiki.yaml:6: query.newer.decade: is unknown, allowed are day, week, month and year; "
            "site not loaded\n"
            "wiki.yaml:7: categories: a list of at most 16 names of a-z, 0-9 and _ is needed; "
            "site not loaded\n"
            "wiki.yaml:8: weight: value is too large (11), at most 10 is allowed; site not "
            "loaded\n");
}

TEST(loader, a_word_of_the_query_language_that_would_break_the_url_is_refused) {
  EXPECT_EQ(messages("name: A\nrequest: {url: 'https://a.example/?q={query}{newer}'}\n"
                     "query:\n  newer: {day: '&t=1', week: '&t=7 days'}\n"
                     "answer: {format: feed}\n"),
            "wiki.yaml:4: query.newer: week makes no http or https URL of "
            "\"https://a.example/?q=&t=7 days\"; site not loaded\n");
}

constexpr std::string_view wrong_site = R"(id: Wiki
nmae: Wiki
homepage: wiki
enabled: perhaps
checked: 2026-13-01
network: internet
request:
  url: "https://a.example/?q={qeury}"
  method: FETCH
  headers: {Host: b, "a b": c, D: [e]}
limits:
  time: 90s
  concurrency: 0
  rate: 5000
  size: 2MB
  results: many
answer:
  format: html
  results: {css: "li..hit"}
  title: {xpath: "a["}
  url: {css: a, xpath: b}
  snippet: text
)";

TEST(loader, reports_every_mistake_of_a_file_at_once) {
  EXPECT_EQ(
      messages(wrong_site),
      "wiki.yaml:1: name: is missing, a text is needed; site not loaded\n"
      "wiki.yaml:1: id: \"Wiki\" is no id, 1 to 64 characters of a-z, 0-9 and _ are "
      "allowed; site not loaded\n"
      "wiki.yaml:2: nmae: unknown key (did you mean \"name\"?), allowed are id, name, "
      "homepage, documentation, enabled, checked, categories, bangs, weight, network, request, "
      "query, limits and answer; "
      "site not loaded\n"
      "wiki.yaml:3: homepage: \"wiki\" is no http or https URL; site not loaded\n"
      "wiki.yaml:4: enabled: \"perhaps\" is unknown, allowed are true and false; site "
      "not loaded\n"
      "wiki.yaml:5: checked: \"2026-13-01\" is unknown, allowed are never, "
      "demonstration and a date as YYYY-MM-DD; site not loaded\n"
      "wiki.yaml:6: network: \"internet\" is unknown, allowed are public, private and "
      "loopback; site not loaded\n"
      "wiki.yaml:8: request.url: at character 22: unknown placeholder {qeury}, allowed "
      "are {query}, {limit}, {language}, {newer}, {page}, {offset}; site not loaded\n"
      "wiki.yaml:9: request.method: \"FETCH\" is unknown, allowed are GET and POST; "
      "site not loaded\n"
      "wiki.yaml:10: request.headers.Host: is set by livesearch itself, remove it; "
      "site not loaded\n"
      "wiki.yaml:10: request.headers.a b: is no header name; site not loaded\n"
      "wiki.yaml:10: request.headers.D: is a list, a text is needed; site not loaded\n"
      "wiki.yaml:12: limits.time: value is too large (90s), at most 60s is allowed; "
      "site not loaded\n"
      "wiki.yaml:13: limits.concurrency: value is too small (0), at least 1 is "
      "allowed; site not loaded\n"
      "wiki.yaml:14: limits.rate: value is too large (5000), at most 1000 is allowed; "
      "site not loaded\n"
      "wiki.yaml:15: limits.size: \"2MB\" is no size, a number with the unit KiB or "
      "MiB is needed, such as 2MiB; site not loaded\n"
      "wiki.yaml:16: limits.results: \"many\" is no whole number, 1 to 100 is allowed; "
      "site not loaded\n"
      "wiki.yaml:19: answer.results: at character 4: \".\" is unexpected, a class name "
      "is needed; site not loaded\n"
      "wiki.yaml:20: answer.title: at character 1: \"a[\": Invalid expression; site "
      "not loaded\n"
      "wiki.yaml:21: answer.url: has several of css, xpath and template, one is "
      "needed; site not loaded\n"
      "wiki.yaml:22: answer.snippet: is a text, {css: ...} or {xpath: ...} is needed; "
      "site not loaded\n");
}

TEST(loader, says_what_is_missing) {
  EXPECT_EQ(messages("{}"),
            "wiki.yaml:1: answer: is missing, a map with the format is needed; site not loaded\n"
            "wiki.yaml:1: name: is missing, a text is needed; site not loaded\n"
            "wiki.yaml:1: request: is missing, a map with the url is needed; site not loaded\n");
  EXPECT_EQ(messages("name: a\nrequest: {}\nanswer: {format: html}\n"),
            "wiki.yaml:2: request.url: is missing, a URL with {query} is needed; site not loaded\n"
            "wiki.yaml:3: answer.results: is missing, {css: ...} or {xpath: ...} is needed; site "
            "not loaded\n"
            "wiki.yaml:3: answer.title: is missing, {css: ...} or {xpath: ...} is needed; site not "
            "loaded\n"
            "wiki.yaml:3: answer.url: is missing, {css: ..., attribute: href}, {xpath: ...} or "
            "{template: ...} is needed; site not loaded\n");
}

TEST(loader, reports_malformed_yaml_with_its_line) {
  EXPECT_EQ(messages("name: a\nrequest: {url: x\n"),
            "wiki.yaml:3: malformed YAML, end of map flow not found; site not loaded\n");
}

TEST(loader, refuses_a_file_that_is_no_map) {
  EXPECT_EQ(messages("- a\n"),
            "wiki.yaml:1: is a list, a map with the keys id, name, homepage, documentation, "
            "enabled, checked, categories, bangs, weight, network, request, query, limits and "
            "answer is needed; site not loaded\n");
  EXPECT_EQ(messages(""),
            "wiki.yaml: is empty, a map with the keys id, name, homepage, documentation, enabled, "
            "checked, categories, bangs, weight, network, request, query, limits and answer is "
            "needed; site not loaded\n");
}

TEST(loader, refuses_a_key_given_twice) {
  EXPECT_EQ(messages_with("name: Project wiki", "name: a\nname: b"),
            "wiki.yaml:3: name: is given twice, once is allowed; site not loaded\n");
}

TEST(loader, reads_how_many_searches_may_wait) {
  const std::string yaml = std::string{least_site} + "limits: {queue: 8}\n";

  EXPECT_EQ(load_definition(yaml, "least.yaml")->limits.queue, 8U);
}

TEST(loader, refuses_a_section_that_is_no_map) {
  EXPECT_EQ(messages_with("limits:\n", "limits: fast\nextra:\n"),
            "wiki.yaml:13: limits: is a text, a map with the keys time, connect, first_byte, "
            "concurrency, queue, rate, per_day, delay, retries, cache, size and results is needed; "
            "site not loaded\n"
            "wiki.yaml:14: extra: unknown key, allowed are id, name, homepage, documentation, "
            "enabled, checked, categories, bangs, weight, network, request, query, limits and "
            "answer; site not loaded\n");
}

TEST(loader, refuses_an_id_from_the_file_name_that_is_none) {
  EXPECT_EQ(messages(least_site, "My site.yaml"),
            "My site.yaml:1: id: is missing and the file name gives none (\"My site\"), 1 to 64 "
            "characters of a-z, 0-9 and _ are allowed; site not loaded\n");
}

TEST(loader, refuses_values_out_of_their_range) {
  EXPECT_EQ(messages_with("time: 1.5s", "time: 99ms"),
            "wiki.yaml:14: limits.time: value is too small (99ms), at least 100ms is allowed; site "
            "not loaded\n");
  EXPECT_EQ(messages_with("size: 64KiB", "size: 65MiB"),
            "wiki.yaml:17: limits.size: value is too large (65MiB), at most 64MiB is allowed; site "
            "not loaded\n");
  EXPECT_EQ(messages_with("rate: 0.5", "rate: 0.001"),
            "wiki.yaml:16: limits.rate: value is too small (0.001), at least 0.01 is allowed; site "
            "not loaded\n");
  EXPECT_EQ(messages_with("rate: 0.5", "rate: nan"),
            "wiki.yaml:16: limits.rate: \"nan\" is no number, 0.01 to 1000 is allowed; site not "
            "loaded\n");
  EXPECT_EQ(messages_with("concurrency: 4", "concurrency: 99999999999999999999"),
            "wiki.yaml:15: limits.concurrency: value is too large (99999999999999999999), at most "
            "16384 is allowed; site not loaded\n");
  EXPECT_EQ(messages_with("concurrency: 4", "concurrency: -1"),
            "wiki.yaml:15: limits.concurrency: \"-1\" is no whole number, 1 to 16384 is allowed; "
            "site not loaded\n");
}

TEST(loader, refuses_a_duration_without_a_unit) {
  EXPECT_EQ(messages_with("time: 1.5s", "time: 3"),
            "wiki.yaml:14: limits.time: \"3\" is no duration, a number with the unit ms or s is "
            "needed, such as 3s; site not loaded\n");
}

TEST(loader, refuses_an_empty_value) {
  EXPECT_EQ(messages_with("name: Project wiki", "name:"),
            "wiki.yaml:2: name: is empty, a text is needed; site not loaded\n");
}

TEST(loader, refuses_a_request_without_the_query) {
  EXPECT_EQ(messages_with("q={query}", "q=1"),
            "wiki.yaml:9: request.url: {query} is missing, it must stand in url or body; site not "
            "loaded\n");
}

TEST(loader, refuses_a_body_without_post) {
  EXPECT_EQ(messages_with("method: POST", "method: GET"),
            "wiki.yaml:12: request.body: is given, but only method POST has one; site not "
            "loaded\n");
}

TEST(loader, refuses_a_query_that_would_choose_the_host) {
  EXPECT_EQ(messages_with("https://wiki.example.org/search?n={limit}", "https://{query}/"),
            "wiki.yaml:9: request.url: a placeholder stands in the host, only the path and the "
            "query may have one; site not loaded\n");
  EXPECT_EQ(messages_with("https://wiki.example.org/search?n={limit}", "https://a{query}.example/"),
            "wiki.yaml:9: request.url: a placeholder stands in the host, only the path and the "
            "query may have one; site not loaded\n");
}

TEST(loader, refuses_a_request_url_that_is_not_of_the_web) {
  EXPECT_EQ(messages_with("https://wiki.example.org/search?n={limit}", "file:///etc/{query}"),
            "wiki.yaml:9: request.url: \"file:///etc/x\" is no http or https URL; site not "
            "loaded\n");
}

TEST(loader, refuses_a_header_that_would_start_another) {
  EXPECT_EQ(messages_with("X-Custom: \"yes\"", "X-Custom: \"a\\r\\nHost: b\""),
            "wiki.yaml:11: request.headers.X-Custom: one line of at most 8192 bytes is needed; "
            "site not loaded\n");
}

TEST(loader, refuses_css_in_json_answers) {
  EXPECT_EQ(messages_with("format: html", "format: json"),
            "wiki.yaml:21: answer.results: has none of path, one is needed; site not loaded\n"
            "wiki.yaml:21: answer.results.css: unknown key, allowed are path; site not loaded\n"
            "wiki.yaml:22: answer.title: has none of path, one is needed; site not loaded\n"
            "wiki.yaml:22: answer.title.css: unknown key, allowed are path and text; site not "
            "loaded\n"
            "wiki.yaml:23: answer.url: has none of path and template, one is needed; site not "
            "loaded\n"
            "wiki.yaml:23: answer.url.css: unknown key, allowed are path, template and text; site "
            "not loaded\n"
            "wiki.yaml:23: answer.url.attribute: unknown key, allowed are path, template and text; "
            "site not loaded\n"
            "wiki.yaml:24: answer.snippet: has none of path, one is needed; site not loaded\n"
            "wiki.yaml:24: answer.snippet.xpath: unknown key (did you mean \"path\"?), allowed are "
            "path and text; site not loaded\n");
}

TEST(loader, refuses_a_results_expression_that_gives_no_nodes) {
  EXPECT_EQ(messages_with("{css: \"li.hit\"}", "{xpath: \"count(//li)\"}"),
            "wiki.yaml:21: answer.results: at character 1: \"count(//li)\": it gives a text, an "
            "expression that gives nodes is needed; site not loaded\n");
}

TEST(loader, refuses_a_template_with_a_field_that_is_not_there) {
  EXPECT_EQ(
      messages_with("{css: \"a\", attribute: href}", "{template: \"https://a.example/{id}\"}"),
      "wiki.yaml:23: answer.url: at character 19: unknown placeholder {id}, allowed are "
      "{title}, {snippet}; site not loaded\n");
}

TEST(loader, keeps_one_hundred_mistakes_at_most) {
  std::string yaml;
  for (int key = 0; key < 1000; ++key) yaml += "unknown_" + std::to_string(key) + ": x\n";

  EXPECT_EQ(load_definition(yaml, "a.yaml").error().size(), 100U);
}

TEST(loader, goes_on_with_the_other_files) {
  const std::vector<definition_file> files{{"a.yaml", std::string{least_site}},
                                           {"b.yaml", "name: [\n"},
                                           {"c.yaml", std::string{least_site}}};

  const auto loaded = load_definitions(files);

  ASSERT_EQ(loaded.definitions.size(), 2U);
  EXPECT_EQ(loaded.definitions[1].id, "c");
  ASSERT_EQ(loaded.errors.size(), 1U);
  EXPECT_EQ(loaded.errors[0].file, "b.yaml");
}

TEST(loader, refuses_the_second_site_with_the_same_id) {
  const std::vector<definition_file> files{{"a.yaml", std::string{least_site}},
                                           {"b.yaml", "id: a\n" + std::string{least_site}}};

  const auto loaded = load_definitions(files);

  EXPECT_EQ(loaded.definitions.size(), 1U);
  ASSERT_EQ(loaded.errors.size(), 1U);
  EXPECT_EQ(to_string(loaded.errors[0]),
            "b.yaml: id: \"a\" is taken by a.yaml, each site needs its own; site not loaded");
}

TEST(loader, no_text_makes_it_throw) {
  std::mt19937 random{7};
  for (int round = 0; round < 3000; ++round) {
    std::string yaml{whole_site};
    for (auto changes = random() % 6 + 1; changes > 0; --changes) {
      const auto at = random() % yaml.size();
      switch (random() % 3) {
        case 0:
          yaml[at] = static_cast<char>(random() % 128);
          break;
        case 1:
          yaml.erase(at, random() % 20);
          break;
        default:
          yaml.insert(at, 1, "{}[]:,&*!|>'\"%@`- \n"[random() % 19]);
          break;
      }
    }

    const auto loaded = load_definition(yaml, "a.yaml");

    const bool is_sound =
        loaded ? make_request(*loaded, {.text = "x"}).has_value() : !loaded.error().empty();
    EXPECT_TRUE(is_sound) << yaml;
  }
}

class folder_of_sites : public testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        std::filesystem::path{testing::TempDir()} /
        ("sites_" + std::string{testing::UnitTest::GetInstance()->current_test_info()->name()});
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& name, std::string_view content) const {
    std::ofstream{folder_ / name, std::ios::binary} << content;
  }

  std::filesystem::path folder_;
};

TEST_F(folder_of_sites, is_read_in_the_order_of_names) {
  write("b.yaml", least_site);
  write("a.yml", least_site);
  write("notes.txt", "no site");
  write(".hidden.yaml", "no site");

  const auto loaded = load_folder(folder_);

  EXPECT_TRUE(loaded.errors.empty());
  ASSERT_EQ(loaded.definitions.size(), 2U);
  EXPECT_EQ(loaded.definitions[0].id, "a");
  EXPECT_EQ(loaded.definitions[1].id, "b");
}

TEST_F(folder_of_sites, reports_a_file_that_is_too_large) {
  write("a.yaml", std::string(300 * 1024, '#'));
  write("b.yaml", least_site);

  const auto loaded = load_folder(folder_);

  EXPECT_EQ(loaded.definitions.size(), 1U);
  ASSERT_EQ(loaded.errors.size(), 1U);
  EXPECT_EQ(to_string(loaded.errors[0]),
            "a.yaml: the file is too large (307200 bytes), at most 262144 bytes are "
            "allowed; site not loaded");
}

TEST_F(folder_of_sites, that_is_missing_is_one_error) {
  const auto loaded = load_folder(folder_ / "none");

  ASSERT_EQ(loaded.errors.size(), 1U);
  EXPECT_EQ(loaded.errors[0].message, "the folder cannot be read (No such file or directory)");
}

}  // namespace
}  // namespace livesearch
