#include "livesearch/search/search_plan.hpp"

#include <gtest/gtest.h>

namespace livesearch {
namespace {

using namespace std::chrono_literals;
using names = std::vector<std::string>;

class search_plan_test : public ::testing::Test {
 protected:
  static site_definition site(std::string id, names categories, names bangs = {},
                              std::string more = "") {
    site_definition made;
    made.id = std::move(id);
    made.categories = std::move(categories);
    made.bangs = std::move(bangs);
    made.request.url = "https://a.example/?q={query}" + more;
    made.limits.time = 2000ms;
    made.answer.format = answer_format::feed;
    return made;
  }

  static site_catalog make_catalog() {
    std::vector<site_definition> all{site("encyclopedia", {"wiki", "reference"}, {"wp"}),
                                     site("team_wiki", {"wiki"}, {}, "&p={page}"),
                                     site("manual", {"docs"}), site("old", {"docs"})};
    all.back().enabled = false;
    return *site_catalog::make(std::move(all));
  }

  [[nodiscard]] genstage::result<search_plan> plan(std::string_view query, const names& sites = {},
                                                   const names& categories = {},
                                                   std::uint32_t page = 1) const {
    return plan_search(catalog, *parse_query(query), sites, categories, page);
  }

  [[nodiscard]] names asked(std::string_view query, const names& sites = {},
                            const names& categories = {}, std::uint32_t page = 1) const {
    const auto made = plan(query, sites, categories, page);
    if (!made) return {made.error().message};
    names ids;
    for (const planned_site& each : made->sites) ids.push_back(each.site->definition.id);
    return ids;
  }

  site_catalog catalog = make_catalog();
};

TEST_F(search_plan_test, without_a_choice_all_enabled_sites_are_asked) {
  EXPECT_EQ(asked("stage"), (names{"encyclopedia", "team_wiki", "manual"}));
}

TEST_F(search_plan_test, a_bang_names_a_site_by_id_by_short_name_or_by_category) {
  EXPECT_EQ(asked("!manual stage"), (names{"manual"}));
  EXPECT_EQ(asked("!wp stage"), (names{"encyclopedia"}));
  EXPECT_EQ(asked("!wiki stage"), (names{"encyclopedia", "team_wiki"}));
  EXPECT_EQ(asked("!wp !docs stage"), (names{"encyclopedia", "manual"}));
}

TEST_F(search_plan_test, a_bang_asks_no_site_that_was_not_chosen) {
  EXPECT_EQ(asked("!wiki stage", {"team_wiki", "manual"}), (names{"team_wiki"}));
  EXPECT_EQ(asked("!docs stage", {"team_wiki"}),
            (names{"query: !docs names none of the sites that are asked, known are !team_wiki, "
                   "!wiki; put quotation marks around it to search for it; not searched"}));
}

TEST_F(search_plan_test, a_category_chooses_its_sites) {
  EXPECT_EQ(asked("stage", {}, {"docs", "reference"}), (names{"encyclopedia", "manual"}));
  EXPECT_EQ(asked("stage", {}, {"music"}),
            (names{"category: \"music\" is not known, known are docs, reference, wiki; not "
                   "searched"}));
}

TEST_F(search_plan_test, further_pages_are_asked_of_sites_that_have_some) {
  EXPECT_EQ(asked("stage", {}, {}, 2), (names{"team_wiki"}));
  EXPECT_EQ(plan("stage", {}, {}, 2)->sites[0].asked.page, 2U);
  EXPECT_EQ(asked("stage", {}, {}, 51),
            (names{"page: 51 is out of bounds, 1 to 50 are allowed; not searched"}));
}

TEST_F(search_plan_test, the_searchers_limit_counts_where_it_is_shorter) {
  EXPECT_EQ(plan("stage limit:500ms")->sites[0].limit, 500ms);
  EXPECT_EQ(plan("stage limit:5s")->sites[0].limit, 2000ms);
}

TEST_F(search_plan_test, what_a_site_cannot_do_is_told_beside_it) {
  EXPECT_EQ(plan("\"back pressure\"")->sites[0].remarks,
            (names{"It knows no phrases: their words are searched one by one."}));
}

}  // namespace
}  // namespace livesearch
