#include "livesearch/merge/result_merger.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <numeric>
#include <random>

namespace livesearch {
namespace {

using lines = std::vector<std::string>;

hit page(std::string_view name, std::string title = "") {
  return {title.empty() ? fmt::format("Title {}", name) : std::move(title),
          fmt::format("https://example.org/{}", name), ""};
}

/// Each result with its votes: "a 0:1 2:3".
lines told(const result_merger& merger) {
  lines all;
  for (const merged_result& each : merger.ranked()) {
    std::string line = each.shown.url.substr(each.shown.url.rfind('/') + 1);
    for (const vote& given : each.votes) line += fmt::format(" {}:{}", given.site, given.rank);
    all.push_back(std::move(line));
  }
  return all;
}

lines merged(const std::vector<std::vector<hit>>& answers, std::vector<double> weights = {}) {
  weights.resize(answers.size(), 1);
  result_merger merger{weights};
  for (std::size_t site = 0; site < answers.size(); ++site) merger.add(site, answers[site]);
  return told(merger);
}

TEST(result_merger_test, sites_that_agree_put_a_result_above_one_that_is_alone) {
  EXPECT_EQ(merged({{page("a"), page("b")}, {page("c"), page("b")}}),
            (lines{"b 0:2 1:2", "a 0:1", "c 1:1"}));
}

TEST(result_merger_test, without_agreement_the_ranks_take_turns_in_the_order_of_the_sites) {
  EXPECT_EQ(merged({{page("a"), page("b")}, {page("c"), page("d")}}),
            (lines{"a 0:1", "c 1:1", "b 0:2", "d 1:2"}));
}

TEST(result_merger_test, a_site_that_repeats_itself_has_one_vote) {
  EXPECT_EQ(merged({{page("a"), page("b"), page("b"), page("b/")}, {page("c")}}),
            (lines{"a 0:1", "c 1:1", "b 0:2"}));
}

TEST(result_merger_test, a_site_of_more_weight_goes_first_and_one_of_less_last) {
  EXPECT_EQ(merged({{page("a")}, {page("b")}, {page("c")}}, {0.5, 1, 2}),
            (lines{"c 2:1", "b 1:1", "a 0:1"}));
}

TEST(result_merger_test, one_light_site_does_not_hold_down_what_others_agree_on) {
  EXPECT_EQ(merged({{page("a")}, {page("a")}, {page("b")}}, {0.1, 1, 1}).front(), "a 0:1 1:1");
}

TEST(result_merger_test, near_duplicate_titles_of_different_sites_are_one_result) {
  const auto results = merged({{page("x", "How does back pressure work?")},
                               {page("y", "How does back-pressure work"), page("z")}});

  EXPECT_EQ(results, (lines{"x 0:1 1:1", "z 1:2"}));
}

TEST(result_merger_test, pages_of_one_site_with_one_title_stay_apart) {
  EXPECT_EQ(merged({{page("x", "Weekly meeting notes archive"),
                     page("y", "Weekly meeting notes archive")},
                    {page("y", "Weekly meeting notes archive")}}),
            (lines{"y 1:1 0:2", "x 0:1"}));
}

TEST(result_merger_test, the_best_vote_is_shown_with_what_it_lacks_from_the_others) {
  result_merger merger{{1, 1}};
  merger.add(0, std::vector<hit>{{"Front", "https://b.example/", ""},
                                 {"Long title", "http://a.example/x/", "snippet of 0"}});
  merger.add(1, std::vector<hit>{{"Title", "http://a.example/x", ""}});
  merger.add(2, std::vector<hit>{{"One", "https://c.example/1", ""},
                                 {"Two", "https://c.example/2", ""},
                                 {"Three", "https://a.example/x", "snippet of 2"}});

  const merged_result first = merger.ranked().front();

  EXPECT_EQ(first.shown, (hit{"Title", "https://a.example/x", "snippet of 0"}));
  ASSERT_EQ(first.votes.size(), 3U);
  EXPECT_EQ(first.votes[1].url, "http://a.example/x/");
}

TEST(result_merger_test, a_further_page_repeats_nothing_and_goes_on_with_the_ranks) {
  result_merger merger{{1, 1}};
  merger.add(0, std::vector<hit>{page("a"), page("b")});
  merger.add(1, std::vector<hit>{page("c")});
  merger.add(0, std::vector<hit>{page("b"), page("c"), page("d")}, 3);

  EXPECT_EQ(told(merger), (lines{"c 1:1 0:4", "a 0:1", "b 0:2", "d 0:5"}));
}

/// Answers of up to six sites with pages and titles that meet often.
std::vector<std::vector<hit>> some_answers() {
  const auto count = *rc::gen::inRange<std::size_t>(1, 7);
  std::vector<std::vector<hit>> answers(count);
  for (auto& hits : answers) {
    const auto length = *rc::gen::inRange<std::size_t>(0, 8);
    for (std::size_t index = 0; index < length; ++index) {
      const int address = *rc::gen::inRange(0, 12);
      const int title = *rc::gen::inRange(0, 6);
      hits.push_back(
          {title < 4 ? fmt::format("A title that many pages share {}", title) : "Short",
           fmt::format("http{}://example.org/{}", address % 2 == 0 ? "s" : "", address / 2),
           fmt::format("{}", index)});
    }
  }
  return answers;
}

TEST(result_merger_test, the_order_is_the_same_whatever_the_order_of_arrival) {
  rc::check([] {
    const auto answers = some_answers();
    std::vector<double> weights;
    for (std::size_t site = 0; site < answers.size(); ++site) {
      weights.push_back(*rc::gen::element(0.3, 1.0, 1.7));
    }
    std::vector<std::size_t> arrival(answers.size());
    std::iota(arrival.begin(), arrival.end(), 0U);
    std::minstd_rand random{*rc::gen::arbitrary<std::uint32_t>()};
    std::ranges::shuffle(arrival, random);
    result_merger in_order{weights};
    result_merger as_it_came{weights};
    for (std::size_t site = 0; site < answers.size(); ++site) in_order.add(site, answers[site]);
    for (const std::size_t site : arrival) as_it_came.add(site, answers[site]);

    const auto one = in_order.ranked();
    const auto other = as_it_came.ranked();

    RC_ASSERT(told(in_order) == told(as_it_came));
    for (std::size_t index = 0; index < one.size(); ++index) {
      RC_ASSERT(one[index].shown == other[index].shown);
    }
  });
}

TEST(result_merger_test, every_page_is_shown_once_and_no_site_votes_twice_for_a_result) {
  rc::check([] {
    const auto answers = some_answers();
    result_merger merger{std::vector<double>(answers.size(), 1)};
    for (std::size_t site = 0; site < answers.size(); ++site) merger.add(site, answers[site]);

    std::vector<std::uint64_t> pages;
    for (const merged_result& each : merger.ranked()) {
      pages.push_back(keys_of(each.shown).page);
      std::vector<std::size_t> sites;
      for (const vote& given : each.votes) sites.push_back(given.site);
      std::ranges::sort(sites);
      RC_ASSERT(std::ranges::adjacent_find(sites) == sites.end());
    }

    std::ranges::sort(pages);
    RC_ASSERT(std::ranges::adjacent_find(pages) == pages.end());
  });
}

}  // namespace
}  // namespace livesearch
