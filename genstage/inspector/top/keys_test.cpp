#include "genstage/inspector/top/keys.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace genstage::top {
namespace {

watch_state after(std::string_view keys) {
  watch_state state;
  for (const char each : keys) state.press(each);
  return state;
}

TEST(top_keys_test, a_letter_sorts_by_what_it_stands_for) {
  EXPECT_EQ(after("").table.sort, sort_key::waiting);
  EXPECT_EQ(after("b").table.sort, sort_key::busy);
  EXPECT_EQ(after("bn").table.sort, sort_key::name);
}

TEST(top_keys_test, l_shows_the_latencies_and_the_processes_again) {
  EXPECT_EQ(after("").table.shows, table_content::processes);
  EXPECT_EQ(after("l").table.shows, table_content::latencies);
  EXPECT_EQ(after("ll").table.shows, table_content::processes);
}

TEST(top_keys_test, t_makes_a_tree_and_i_shows_the_inspector) {
  EXPECT_EQ(after("t").table.arranged, arrangement::tree);
  EXPECT_EQ(after("tt").table.arranged, arrangement::sorted);
  EXPECT_TRUE(after("i").table.with_inspector);
  EXPECT_FALSE(after("ii").table.with_inspector);
}

TEST(top_keys_test, p_and_the_space_bar_pause_and_go_on) {
  EXPECT_TRUE(after("p").is_paused);
  EXPECT_TRUE(after(" ").is_paused);
  EXPECT_FALSE(after("p ").is_paused);
}

TEST(top_keys_test, q_and_the_interrupt_end_it_and_nothing_else_does) {
  EXPECT_TRUE(after("q").is_over);
  EXPECT_TRUE(after("\x03").is_over);
  EXPECT_FALSE(after("wbemrntliplzxQ").is_over);
}

}  // namespace
}  // namespace genstage::top
