#include <gtest/gtest.h>

#include <array>
#include <genstage/record/name_table.hpp>
#include <string>
#include <thread>
#include <vector>

namespace genstage {
namespace {

TEST(name_table_test, a_text_has_one_number_and_stands_there) {
  name_table names;

  const std::uint32_t printed = names.number_of("printed");
  const std::uint32_t doubled = names.number_of("doubled");

  EXPECT_EQ(names.number_of("printed"), printed);
  EXPECT_NE(printed, doubled);
  EXPECT_EQ(names.texts().at(printed), "printed");
  EXPECT_EQ(names.texts().at(doubled), "doubled");
}

TEST(name_table_test, no_text_is_the_number_that_means_none) {
  name_table names;

  EXPECT_EQ(names.number_of(""), 0U);
  EXPECT_EQ(names.texts(), std::vector<std::string>{""});
}

TEST(name_table_test, a_full_table_keeps_the_first) {
  name_table names;
  for (std::size_t each = 1; each < name_table::most; ++each) {
    ASSERT_EQ(names.number_of(std::to_string(each)), each);
  }

  EXPECT_EQ(names.number_of("one more"), 0U);
  EXPECT_EQ(names.number_of("7"), 7U);
}

TEST(name_table_test, threads_that_ask_for_the_same_text_get_the_same_number) {
  name_table names;
  std::array<std::array<std::uint32_t, 100>, 2> seen{};
  const auto ask = [&](std::array<std::uint32_t, 100>& into) {
    for (std::size_t each = 0; each < into.size(); ++each) {
      into[each] = names.number_of(std::to_string(each));
    }
  };

  std::thread other{ask, std::ref(seen[1])};
  ask(seen[0]);
  other.join();

  EXPECT_EQ(seen[0], seen[1]);
  EXPECT_EQ(names.texts().size(), 101U);
}

}  // namespace
}  // namespace genstage
