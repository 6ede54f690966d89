#include "livesearch/demo/ranking.hpp"

#include <gtest/gtest.h>

namespace livesearch::demo {
namespace {

document doc(std::string slug, std::string title, std::string body) {
  return {.slug = std::move(slug),
          .title = std::move(title),
          .date = "2026-01-01",
          .section = "guide",
          .sites = {"handbook"},
          .state = {},
          .body = std::move(body)};
}

std::vector<std::string> slugs(std::span<const match> matches) {
  std::vector<std::string> names;
  for (const auto& each : matches) names.push_back(each.found->slug);
  return names;
}

TEST(rank, puts_a_word_in_the_title_before_a_word_in_the_text) {
  const std::vector docs{doc("a", "Queues", "A stage, and a stage."), doc("b", "Stage", "Text.")};

  EXPECT_EQ(slugs(rank(docs, "stage")), (std::vector<std::string>{"b", "a"}));
}

TEST(rank, wants_every_word_in_whatever_case_and_place) {
  const std::vector docs{doc("a", "Demand", "about stages"), doc("b", "Demand", "about queues")};

  EXPECT_EQ(slugs(rank(docs, "STAGE demand")), (std::vector<std::string>{"a"}));
}

TEST(rank, prefers_the_word_itself_to_a_longer_one_that_begins_with_it) {
  const std::vector docs{doc("a", "X", "stages"), doc("b", "X", "stage")};

  EXPECT_EQ(slugs(rank(docs, "stage")), (std::vector<std::string>{"b", "a"}));
}

TEST(rank, orders_equal_scores_by_slug) {
  const std::vector docs{doc("c", "X", "stage"), doc("a", "X", "stage"), doc("b", "X", "stage")};

  EXPECT_EQ(slugs(rank(docs, "stage")), (std::vector<std::string>{"a", "b", "c"}));
}

TEST(rank, finds_nothing_for_a_query_without_words) {
  const std::vector docs{doc("a", "X", "stage")};

  EXPECT_TRUE(rank(docs, "").empty());
  EXPECT_TRUE(rank(docs, " ?! -- ").empty());
}

TEST(rank, takes_a_quote_for_the_words_inside_it) {
  const std::vector docs{doc("a", "X", "the demand conversation")};

  EXPECT_EQ(rank(docs, "\"demand conversation\"").size(), 1U);
}

TEST(excerpt, is_cut_between_words_around_the_first_match) {
  const std::string text = "one two three four five six seven eight nine ten eleven twelve";

  EXPECT_EQ(excerpt(text, "seven", 24), "… six seven eight nine …");
}

TEST(excerpt, of_a_short_text_is_the_text) {
  EXPECT_EQ(excerpt("a stage", "stage"), "a stage");
  EXPECT_EQ(excerpt("", "stage"), "");
}

TEST(excerpt, never_cuts_a_character_in_two) {
  const std::string text = "über" + std::string(30, 'x') + "éééééééééééééééé";

  const auto piece = excerpt(text, "nothing", 41);

  EXPECT_EQ(piece, "über" + std::string(30, 'x') + "ééé …");
}

TEST(highlight, puts_the_words_of_the_query_into_an_element_and_escapes_the_rest) {
  EXPECT_EQ(highlight("A <Stage> of stages", "stage", "mark"),
            "A &lt;<mark>Stage</mark>&gt; of <mark>stages</mark>");
}

}  // namespace
}  // namespace livesearch::demo
