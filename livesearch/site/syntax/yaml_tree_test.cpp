#include "livesearch/site/syntax/yaml_tree.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace livesearch {
namespace {

std::string mistake(std::string_view text) {
  const auto root = parse_yaml(text);
  if (root) return "";
  return fmt::format("{}:{}: {}", root.error().place.line, root.error().place.column,
                     root.error().message);
}

TEST(yaml_tree, keeps_keys_values_and_their_places) {
  const auto root = parse_yaml("a: x\nb:\n  - 1\n  - {c: y}\n");

  ASSERT_TRUE(root);
  ASSERT_EQ(root->children.size(), 2U);
  EXPECT_EQ(root->children[0].key, "a");
  EXPECT_EQ(root->children[0].text, "x");
  EXPECT_EQ(root->children[0].place, (yaml_place{1, 4}));
  EXPECT_EQ(root->children[1].key_place, (yaml_place{2, 1}));
  EXPECT_EQ(root->children[1].children[1].children[0].key, "c");
}

TEST(yaml_tree, keeps_repeated_keys) {
  EXPECT_EQ(parse_yaml("a: 1\na: 2\n")->children.size(), 2U);
}

TEST(yaml_tree, reads_an_empty_text_as_nothing) {
  EXPECT_EQ(parse_yaml("")->kind, yaml_kind::null);
  EXPECT_EQ(parse_yaml("# only a comment\n")->kind, yaml_kind::null);
}

TEST(yaml_tree, reports_malformed_yaml_with_its_place) {
  EXPECT_EQ(mistake("a: 1\nb: {c: 2\n"), "3:1: malformed YAML, end of map flow not found");
}

TEST(yaml_tree, refuses_anchors_so_that_nothing_can_expand) {
  EXPECT_EQ(mistake("a: &x 1\nb: *x\n"), "1:4: anchors are not allowed, write values out");
}

TEST(yaml_tree, refuses_deep_nesting) {
  EXPECT_EQ(mistake(std::string(100'000, '[')),
            "1:9: nesting is too deep, at most 16 levels are allowed");
}

TEST(yaml_tree, refuses_deep_nesting_of_blocks) {
  std::string text;
  for (int depth = 0; depth < 400; ++depth) {
    text += std::string(static_cast<std::size_t>(depth), ' ') + "a:\n";
  }

  EXPECT_EQ(mistake(text), "17:17: nesting is too deep, at most 16 levels are allowed");
}

TEST(yaml_tree, refuses_a_text_that_is_too_large) {
  EXPECT_EQ(mistake(std::string(256 * 1024 + 1, ' ')),
            "0:0: the file is too large (262145 bytes), at most 262144 bytes are allowed");
}

TEST(yaml_tree, refuses_a_second_document) {
  EXPECT_EQ(mistake("a: 1\n---\nb: 2\n"),
            "0:0: the file holds more than one document, one is allowed");
}

TEST(yaml_tree, refuses_a_key_that_is_no_text) {
  EXPECT_EQ(mistake("? [a]\n: 1\n"), "1:3: a key must be a text");
}

TEST(yaml_tree, refuses_control_characters_with_their_place) {
  EXPECT_EQ(mistake("a: 1\nb: \x04\n"), "2:4: control character 0x04, only text is allowed");
}

TEST(yaml_tree, refuses_text_that_is_not_utf8) {
  EXPECT_EQ(mistake("a: \xFF\n"), "0:0: the file is not valid UTF-8, only UTF-8 is allowed");
}

}  // namespace
}  // namespace livesearch
