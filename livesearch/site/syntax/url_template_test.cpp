#include "livesearch/site/syntax/url_template.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>

namespace livesearch {
namespace {

constexpr std::array<std::string_view, 2> names{"query", "limit"};

std::string expanded(std::string_view text, std::string_view query,
                     value_encoding encoding = value_encoding::percent) {
  const auto parsed = url_template::parse(text, names);
  if (!parsed) return "wrong: " + to_string(parsed.error());
  const std::array<placeholder_value, 2> values{{{"query", query}, {"limit", "10"}}};
  return parsed->expand(values, encoding);
}

std::string mistake(std::string_view text) {
  const auto parsed = url_template::parse(text, names);
  return parsed ? "" : to_string(parsed.error());
}

TEST(url_template, fills_placeholders_in) {
  EXPECT_EQ(expanded("https://a.example/s?q={query}&n={limit}", "stage"),
            "https://a.example/s?q=stage&n=10");
}

TEST(url_template, fills_a_repeated_placeholder_in_each_time) {
  EXPECT_EQ(expanded("{query}/{query}", "a b"), "a%20b/a%20b");
}

TEST(url_template, percent_encodes_what_could_end_the_value) {
  EXPECT_EQ(expanded("?q={query}", "a&b=c#d/e?f%g+h"), "?q=a%26b%3Dc%23d%2Fe%3Ff%25g%2Bh");
}

TEST(url_template, percent_encodes_utf8_byte_by_byte) {
  EXPECT_EQ(expanded("?q={query}", "\xC3\xA4"), "?q=%C3%A4");
}

TEST(url_template, leaves_unreserved_characters_alone) {
  EXPECT_EQ(expanded("{query}", "aZ09-._~"), "aZ09-._~");
}

TEST(url_template, escapes_a_value_inside_a_json_string) {
  EXPECT_EQ(expanded("{{\"q\": \"{query}\"}}", "a\"b\\c\n", value_encoding::json_string),
            "{\"q\": \"a\\\"b\\\\c\\u000a\"}");
}

TEST(url_template, takes_doubled_braces_for_single_ones) {
  EXPECT_EQ(expanded("{{query}}", "x"), "{query}");
}

TEST(url_template, knows_which_placeholders_it_has) {
  const auto parsed = url_template::parse("a{limit}b", names);

  EXPECT_TRUE(parsed->has("limit"));
  EXPECT_FALSE(parsed->has("query"));
  EXPECT_EQ(parsed->prefix(), "a");
}

TEST(url_template, refuses_an_unknown_placeholder_with_its_position) {
  EXPECT_EQ(mistake("?q={qeury}"),
            "at character 4: unknown placeholder {qeury}, allowed are {query}, {limit}");
}

TEST(url_template, refuses_an_empty_placeholder) {
  EXPECT_EQ(mistake("{}"), "at character 1: unknown placeholder {}, allowed are {query}, {limit}");
}

TEST(url_template, refuses_a_brace_that_is_not_closed) {
  EXPECT_EQ(mistake("?q={query"),
            "at character 4: \"{\" is not closed, \"{{\" stands for a single brace");
}

TEST(url_template, refuses_a_brace_that_closes_nothing) {
  EXPECT_EQ(mistake("?q=query}"),
            "at character 9: \"}\" closes nothing, \"}}\" stands for a single brace");
}

RC_GTEST_PROP(url_template, an_encoded_value_has_only_unreserved_characters_and_escapes,
              (const std::string& value)) {
  const auto encoded = percent_encoded(value);

  std::string decoded;
  for (std::size_t at = 0; at < encoded.size(); ++at) {
    if (encoded[at] == '%') {
      decoded += static_cast<char>(std::stoi(encoded.substr(at + 1, 2), nullptr, 16));
      at += 2;
    } else {
      RC_ASSERT(std::isalnum(static_cast<unsigned char>(encoded[at])) != 0 ||
                std::string_view{"-._~"}.find(encoded[at]) != std::string_view::npos);
      decoded += encoded[at];
    }
  }
  RC_ASSERT(decoded == value);
}

}  // namespace
}  // namespace livesearch
