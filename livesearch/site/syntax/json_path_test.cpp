#include "livesearch/site/syntax/json_path.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

namespace livesearch {
namespace {

// What a path names in a document, written as JSON and joined by spaces.
std::string found(std::string_view text, std::string_view json) {
  const auto path = json_path::parse(text);
  if (!path) return "wrong: " + to_string(path.error());
  simdjson::dom::parser parser;
  const simdjson::dom::element root = parser.parse(std::string{json});
  std::string joined;
  for (const auto& element : path->evaluate(root)) {
    joined += (joined.empty() ? "" : " ") + simdjson::minify(element);
  }
  if (path->is_single()) {
    const auto single = path->find(root);
    EXPECT_EQ(single ? simdjson::minify(*single) : "", joined) << text;
  }
  return joined;
}

std::string mistake(std::string_view text) {
  const auto path = json_path::parse(text);
  return path ? "" : to_string(path.error());
}

TEST(json_path, names_the_value_of_a_key) {
  EXPECT_EQ(found("a.b", R"({"a":{"b":1}})"), "1");
}

TEST(json_path, names_an_element_by_its_index) {
  EXPECT_EQ(found("a[1]", R"({"a":[5,6]})"), "6");
}

TEST(json_path, names_every_element_of_an_array_in_order) {
  EXPECT_EQ(found("a[*].b", R"({"a":[{"b":1},{"c":2},{"b":3}]})"), "1 3");
}

TEST(json_path, names_every_value_of_an_object) {
  EXPECT_EQ(found("a.*.b", R"({"a":{"x":{"b":1},"y":{"b":2}}})"), "1 2");
}

TEST(json_path, knows_whether_it_can_name_more_than_one_place) {
  EXPECT_TRUE(json_path::parse("a[0].b")->is_single());
  EXPECT_TRUE(json_path::parse("$")->is_single());
  EXPECT_FALSE(json_path::parse("a[*].b")->is_single());
  EXPECT_FALSE(json_path::parse("a.*")->is_single());
}

TEST(json_path, reads_a_quoted_key_with_any_character) {
  EXPECT_EQ(found(R"(["key with.dot"]["q\"\\"])", R"({"key with.dot":{"q\"\\":7}})"), "7");
}

TEST(json_path, names_the_document_itself_with_a_dollar) {
  EXPECT_EQ(found("$", "[1,2]"), "[1,2]");
  EXPECT_EQ(found("$[*]", "[1,2]"), "1 2");
  EXPECT_EQ(found("$.a", R"({"a":3})"), "3");
}

TEST(json_path, may_start_with_a_bracket) {
  EXPECT_EQ(found("[0]", "[4]"), "4");
}

TEST(json_path, names_nothing_where_the_shape_differs) {
  EXPECT_EQ(found("a.b", R"({"a":[1]})"), "");
  EXPECT_EQ(found("a[0]", R"({"a":{"0":1}})"), "");
  EXPECT_EQ(found("a[*]", R"({"a":"text"})"), "");
  EXPECT_EQ(found("a[9]", R"({"a":[1]})"), "");
}

TEST(json_path, takes_a_dollar_inside_a_key_for_a_letter) {
  EXPECT_EQ(found("$id", R"({"$id":1})"), "1");
}

TEST(json_path, refuses_an_empty_path) {
  EXPECT_EQ(mistake(""), "at character 1: the path is empty, at least one key or \"$\" is needed");
}

TEST(json_path, refuses_two_dots) {
  EXPECT_EQ(mistake("a..b"),
            "at character 3: \".\" is unexpected, a key, \"*\" or [\"key\"] is allowed");
}

TEST(json_path, refuses_a_dot_at_the_end) {
  EXPECT_EQ(mistake("a."),
            "at character 3: the end is unexpected, a key, \"*\" or [\"key\"] is allowed");
}

TEST(json_path, refuses_a_bracket_without_an_index) {
  EXPECT_EQ(mistake("a[x]"),
            "at character 3: \"x\" is unexpected, an index, \"*\" or \"key\" is allowed");
}

TEST(json_path, refuses_an_open_bracket) {
  EXPECT_EQ(mistake("a[1"), "at character 4: the end is unexpected, \"]\" is allowed");
}

TEST(json_path, refuses_a_quoted_key_that_is_not_closed) {
  EXPECT_EQ(mistake("a[\"b"), "at character 3: the quoted key is not closed");
}

TEST(json_path, refuses_a_key_right_after_a_bracket) {
  EXPECT_EQ(mistake("a[0]b"), "at character 5: \"b\" is unexpected, \".\" or \"[\" is allowed");
}

TEST(json_path, refuses_an_index_that_no_array_has) {
  EXPECT_EQ(mistake("a[1234567890]"),
            "at character 3: the index is too large, at most 999999999 is allowed");
}

TEST(json_path, refuses_too_many_steps) {
  std::string text = "a";
  for (int step = 0; step < 32; ++step) text += ".a";

  EXPECT_EQ(mistake(text), "at character 66: the path has more than 32 steps");
}

RC_GTEST_PROP(json_path, any_key_can_be_quoted, (const std::string& key)) {
  RC_PRE(key.size() < 500);
  std::string quoted;
  for (const char c : key) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }

  RC_ASSERT(json_path::parse("[\"" + quoted + "\"]").has_value());
}

}  // namespace
}  // namespace livesearch
