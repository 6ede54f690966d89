#include "livesearch/query/search_query.hpp"

#include <gtest/gtest.h>

namespace livesearch {
namespace {

using namespace std::chrono_literals;
using terms = std::vector<query_term>;

search_query parsed(std::string_view text) {
  auto query = parse_query(text);
  if (query) return *std::move(query);
  ADD_FAILURE() << query.error().message;
  return {};
}

std::string refusal(std::string_view text) {
  const auto query = parse_query(text);
  return query ? "accepted" : query.error().message;
}

TEST(search_query_test, words_and_phrases_are_what_is_searched_in_their_order) {
  const auto query = parsed("  slow \"back   pressure\" queue ");

  EXPECT_EQ(query.text, "slow \"back   pressure\" queue");
  EXPECT_EQ(query.terms, (terms{{"slow"}, {"back pressure", term_kind::phrase}, {"queue"}}));
}

TEST(search_query_test, everything_of_the_language_can_stand_in_one_query) {
  const auto query = parsed(
      "!Docs !wiki stage -java -\"dinner theatre\" site:Example.org -site:old.example.org "
      "lang:PT-br "
      "newer:month limit:1.5s");

  EXPECT_EQ(query.bangs, (std::vector<std::string>{"docs", "wiki"}));
  EXPECT_EQ(query.terms, (terms{{"stage"}}));
  EXPECT_EQ(query.excluded, (terms{{"java"}, {"dinner theatre", term_kind::phrase}}));
  EXPECT_EQ(query.hosts, (std::vector<std::string>{"example.org"}));
  EXPECT_EQ(query.hidden_hosts, (std::vector<std::string>{"old.example.org"}));
  EXPECT_EQ(query.language, "pt-br");
  EXPECT_EQ(query.newer, time_range::month);
  EXPECT_EQ(query.limit, 1500ms);
}

TEST(search_query_test, what_only_looks_like_an_operator_is_a_word) {
  for (const std::string_view word : {"std::vector", "https://example.org/a:b", "-", "--help", "!",
                                      "!=", "!important;", "5\"", "a-b", "c++", "->", "time:12"}) {
    const auto query = parsed(word);
    EXPECT_EQ(query.terms, (terms{{std::string{word}}})) << word;
  }
}

TEST(search_query_test, quotation_marks_turn_an_operator_into_text) {
  EXPECT_EQ(parsed("\"!docs\" \"site:x\"").terms,
            (terms{{"!docs", term_kind::phrase}, {"site:x", term_kind::phrase}}));
}

TEST(search_query_test, a_name_that_is_said_twice_counts_once) {
  const auto query = parsed("!docs !DOCS x site:a.example site:A.example");

  EXPECT_EQ(query.bangs.size(), 1U);
  EXPECT_EQ(query.hosts.size(), 1U);
}

TEST(search_query_test, a_quotation_mark_that_is_not_closed_is_refused_with_its_place) {
  EXPECT_EQ(refusal("stage \"back pressure"),
            "query: the quotation mark at byte 7 is not closed, a second one is needed; "
            "not searched");
  EXPECT_EQ(refusal("a \" \""),
            "query: the phrase at byte 3 is empty, at least one word is needed; not searched");
}

TEST(search_query_test, a_value_that_is_not_known_is_refused_with_what_is_allowed) {
  EXPECT_EQ(refusal("x newer:decade"),
            "query: newer: \"decade\" is not known, allowed are day, week, month and year; put "
            "quotation marks around it to search for it; not searched");
  EXPECT_TRUE(refusal("x lang:english").starts_with("query: lang: \"english\" is not known"));
  for (const std::string_view limit : {"", "2", "99ms", "61s", "-1s", "1e3s", "nans", "2 s"}) {
    EXPECT_TRUE(refusal("x limit:" + std::string{limit}).starts_with("query: limit:")) << limit;
  }
  for (const std::string_view host : {"", ".org", "a..b", "a/b", "a."}) {
    EXPECT_TRUE(refusal("x site:" + std::string{host}).starts_with("query: site:")) << host;
  }
}

TEST(search_query_test, a_limit_a_language_and_a_time_are_given_once) {
  EXPECT_EQ(refusal("x lang:de lang:en"),
            "query: lang: is given twice, once is allowed; not searched");
  EXPECT_EQ(refusal("x newer:day newer:day"),
            "query: newer: is given twice, once is allowed; not searched");
  EXPECT_EQ(refusal("x limit:1s limit:2s"),
            "query: limit: is given twice, once is allowed; not searched");
}

TEST(search_query_test, a_query_without_a_word_is_refused) {
  EXPECT_EQ(refusal("!docs -java lang:en"),
            "query: it has no word to search for, at least one word or phrase is needed; "
            "not searched");
}

TEST(search_query_test, limits_are_accepted_up_to_their_bounds) {
  EXPECT_EQ(parsed("x limit:100ms").limit, 100ms);
  EXPECT_EQ(parsed("x limit:60s").limit, 60s);
  EXPECT_EQ(parsed("x limit:0.25s").limit, 250ms);
}

}  // namespace
}  // namespace livesearch
