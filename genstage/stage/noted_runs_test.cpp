#include <gtest/gtest.h>

#include <genstage/stage/noted_runs.hpp>
#include <utility>
#include <vector>

namespace genstage {
namespace {

using told = std::vector<std::pair<std::uint64_t, char>>;

told look(const noted_runs<char>& at, std::uint64_t begin, std::uint64_t end) {
  told heard;
  at.look(begin, end, [&](std::uint64_t count, char what) { heard.emplace_back(count, what); });
  return heard;
}

TEST(noted_runs_test, each_part_is_told_with_what_is_known_of_it) {
  noted_runs<char> runs;
  runs.note(0, 3, 'a');
  runs.note(5, 9, 'b');

  EXPECT_EQ(look(runs, 1, 7), (told{{2, 'a'}, {2, 'b'}}));
  EXPECT_EQ(look(runs, 3, 5), told{});
  EXPECT_EQ(look(runs, 8, 20), (told{{1, 'b'}}));
}

TEST(noted_runs_test, what_begins_before_a_position_and_ends_behind_it_is_kept) {
  noted_runs<char> runs;
  runs.note(0, 3, 'a');
  runs.note(3, 6, 'b');

  runs.forget_before(4);

  EXPECT_EQ(look(runs, 0, 9), (told{{3, 'b'}}));
}

TEST(noted_runs_test, nothing_is_known_of_no_events) {
  noted_runs<char> runs;

  runs.note(2, 2, 'a');

  EXPECT_TRUE(runs.is_empty());
}

}  // namespace
}  // namespace genstage
