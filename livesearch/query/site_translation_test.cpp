#include "livesearch/query/site_translation.hpp"

#include <gtest/gtest.h>

namespace livesearch {
namespace {

using sentences = std::vector<std::string>;

site_definition able_site() {
  site_definition site;
  site.query = {.phrase = "\"{text}\"",
                .exclusion = "NOT {text}",
                .host = "site:{text}",
                .languages = {{"en", "&lang=english"}, {"pt-br", "&lang=brazil"}},
                .newer = {{"week", "&days=7"}}};
  return site;
}

site_translation asked(std::string_view query, const site_definition& site) {
  return translate(*parse_query(query), site);
}

TEST(site_translation_test, a_site_is_asked_in_its_own_words) {
  const auto made = asked(
      "slow \"back pressure\" -java -\"old news\" site:a.example lang:en newer:week", able_site());

  EXPECT_EQ(made.asked.text, "slow \"back pressure\" NOT java NOT \"old news\" site:a.example");
  EXPECT_EQ(made.asked.language, "&lang=english");
  EXPECT_EQ(made.asked.newer, "&days=7");
  EXPECT_EQ(made.asked.age, std::chrono::days{7});
  EXPECT_EQ(made.remarks, sentences{});
}

TEST(site_translation_test, what_a_site_cannot_do_is_left_out_and_said) {
  const auto made =
      asked("slow \"back pressure\" -java -c site:a.example lang:de newer:day", site_definition{});

  EXPECT_EQ(made.asked, site_query{.text = "slow back pressure"});
  EXPECT_EQ(made.remarks,
            (sentences{"It knows no phrases: their words are searched one by one.",
                       "It excludes no words: results with them are left out here.",
                       "It does not search by host: results on other hosts are left out here.",
                       "It cannot be asked for the language de.",
                       "It cannot be asked for the last day."}));
}

TEST(site_translation_test, a_region_that_the_site_does_not_know_falls_back_to_the_language) {
  EXPECT_EQ(asked("x lang:en-gb", able_site()).asked.language, "&lang=english");
  EXPECT_EQ(asked("x lang:pt-br", able_site()).asked.language, "&lang=brazil");
  EXPECT_EQ(asked("x lang:pt", able_site()).remarks,
            (sentences{"It cannot be asked for the language pt."}));
}

TEST(site_translation_test, a_phrase_of_one_word_needs_no_phrases) {
  const auto made = asked("\"stage\"", site_definition{});

  EXPECT_EQ(made.asked.text, "stage");
  EXPECT_EQ(made.remarks, sentences{});
}

TEST(site_translation_test, several_hosts_are_sorted_out_here) {
  const auto made = asked("x site:a.example site:b.example", able_site());

  EXPECT_EQ(made.asked.text, "x");
  EXPECT_EQ(made.remarks.size(), 1U);
}

TEST(site_translation_test, bangs_and_the_time_limit_are_not_sent_to_sites) {
  EXPECT_EQ(asked("!docs stage limit:2s -site:b.example", able_site()).asked,
            site_query{.text = "stage"});
}

sentences kept(std::string_view query, std::vector<hit> hits) {
  sentences titles;
  for (const hit& each : wanted_hits(*parse_query(query), std::move(hits))) {
    titles.push_back(each.title);
  }
  return titles;
}

TEST(site_translation_test, results_on_other_hosts_are_left_out) {
  const std::vector<hit> hits{{"own", "https://A.example/x", ""},
                              {"below", "https://docs.a.example:8443/", ""},
                              {"other", "https://ba.example/a.example", ""}};

  EXPECT_EQ(kept("x site:a.example", hits), (sentences{"own", "below"}));
  EXPECT_EQ(kept("x -site:docs.a.example", hits), (sentences{"own", "other"}));
  EXPECT_EQ(kept("x", hits).size(), 3U);
}

TEST(site_translation_test, results_with_an_excluded_word_are_left_out_as_a_whole_word) {
  const std::vector<hit> hits{{"Java stages", "https://a.example/1", ""},
                              {"JavaScript", "https://a.example/2", ""},
                              {"Tea", "https://a.example/3", "grown on JAVA."},
                              {"C++ and C", "https://a.example/4", ""}};

  EXPECT_EQ(kept("x -java", hits), (sentences{"JavaScript", "C++ and C"}));
  EXPECT_EQ(kept("x -c++", hits), (sentences{"Java stages", "JavaScript", "Tea"}));
}

}  // namespace
}  // namespace livesearch
