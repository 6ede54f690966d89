#include "livesearch/merge/rank_fusion.hpp"

#include <gtest/gtest.h>

namespace livesearch {
namespace {

using places = std::vector<std::vector<std::size_t>>;

constexpr hit_keys alone{1, 0};
constexpr hit_keys shared{2, 0};
constexpr hit_keys other{3, 0};

places ranked(const rank_fusion& fusion) {
  const ranking order = fusion.ranked();
  places all;
  for (std::size_t result = 0; result < order.size(); ++result) {
    all.emplace_back(order[result].begin(), order[result].end());
  }
  return all;
}

TEST(rank_fusion_test, keys_alone_put_what_sites_agree_on_first) {
  rank_fusion fusion{{1, 1}};
  fusion.add(0, std::vector{alone, shared});
  fusion.add(1, std::vector{other, shared});

  EXPECT_EQ(ranked(fusion), (places{{1, 3}, {0}, {2}}));
}

TEST(rank_fusion_test, a_site_that_repeats_a_page_keeps_its_places_and_has_one_vote) {
  rank_fusion fusion{{1, 1}};
  fusion.add(0, std::vector{shared, alone, shared});
  fusion.add(1, std::vector{shared}, 11);

  const ranking order = fusion.ranked();

  ASSERT_EQ(ranked(fusion), (places{{0, 2, 3}, {1}}));
  EXPECT_EQ(fusion.votes(order[0]), (std::vector<std::size_t>{0, 3}));
  EXPECT_EQ(fusion.at(3).rank, 11U);
}

TEST(rank_fusion_test, pages_of_one_title_are_one_result_unless_a_site_has_them_both) {
  rank_fusion fusion{{1, 1, 1}};
  fusion.add(0, std::vector{hit_keys{1, 7}});
  fusion.add(1, std::vector{hit_keys{2, 7}});
  fusion.add(2, std::vector{hit_keys{3, 8}, hit_keys{4, 8}});

  EXPECT_EQ(ranked(fusion), (places{{0, 1}, {2}, {3}}));
}

TEST(rank_fusion_test, a_title_joins_pages_of_several_sites_but_no_second_one_of_a_site) {
  rank_fusion fusion{{1, 1, 1}};
  fusion.add(2, std::vector{hit_keys{1, 7}});
  fusion.add(1, std::vector{hit_keys{2, 7}, hit_keys{3, 7}});
  fusion.add(0, std::vector{hit_keys{4, 7}});

  EXPECT_EQ(ranked(fusion), (places{{3, 1, 0}, {2}}));
}

TEST(rank_fusion_test, the_best_of_a_joined_result_comes_first_whatever_page_it_is_of) {
  rank_fusion fusion{{1, 1, 1}};
  fusion.add(0, std::vector{hit_keys{1, 7}}, 1);
  fusion.add(1, std::vector{hit_keys{2, 7}}, 2);
  fusion.add(2, std::vector{hit_keys{1, 0}}, 9);

  EXPECT_EQ(ranked(fusion), (places{{0, 1, 2}}));
}

TEST(rank_fusion_test, of_nothing_nothing_is_ranked) {
  EXPECT_EQ(rank_fusion{}.ranked().size(), 0U);
}

}  // namespace
}  // namespace livesearch
