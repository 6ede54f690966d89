#include "livesearch/merge/rank_fusion.hpp"

#include <gtest/gtest.h>

namespace livesearch {
namespace {

using places = std::vector<std::vector<std::size_t>>;

constexpr hit_keys alone{1, 0};
constexpr hit_keys shared{2, 0};
constexpr hit_keys other{3, 0};

TEST(rank_fusion_test, keys_alone_put_what_sites_agree_on_first) {
  rank_fusion fusion{{1, 1}};
  fusion.add(0, std::vector{alone, shared});
  fusion.add(1, std::vector{other, shared});

  EXPECT_EQ(fusion.ranked(), (places{{1, 3}, {0}, {2}}));
}

TEST(rank_fusion_test, a_site_that_repeats_a_page_keeps_its_places_and_has_one_vote) {
  rank_fusion fusion{{1, 1}};
  fusion.add(0, std::vector{shared, alone, shared});
  fusion.add(1, std::vector{shared}, 11);

  const places ranked = fusion.ranked();

  ASSERT_EQ(ranked.front(), (std::vector<std::size_t>{0, 2, 3}));
  EXPECT_EQ(fusion.votes(ranked.front()), (std::vector<std::size_t>{0, 3}));
  EXPECT_EQ(fusion.at(3).rank, 11U);
}

TEST(rank_fusion_test, pages_of_one_title_are_one_result_unless_a_site_has_them_both) {
  rank_fusion fusion{{1, 1, 1}};
  fusion.add(0, std::vector{hit_keys{1, 7}});
  fusion.add(1, std::vector{hit_keys{2, 7}});
  fusion.add(2, std::vector{hit_keys{3, 8}, hit_keys{4, 8}});

  EXPECT_EQ(fusion.ranked(), (places{{0, 1}, {2}, {3}}));
}

}  // namespace
}  // namespace livesearch
