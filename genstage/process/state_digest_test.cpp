#include <gtest/gtest.h>

#include <array>
#include <genstage/process/state_digest.hpp>
#include <string>

namespace genstage {
namespace {

constexpr unique_id first{7};
constexpr unique_id second{9};

template <class... Values>
std::uint64_t number_of(state_digest::unique_ids known, const Values&... values) {
  state_digest sum{known};
  sum.add(values...);
  return sum.value();
}

TEST(state_digest_test, what_is_equal_has_one_number_and_its_order_counts) {
  const auto as_they_are = state_digest::unique_ids::as_they_are;

  EXPECT_EQ(number_of(as_they_are, 1, "two"), number_of(as_they_are, 1, "two"));
  EXPECT_NE(number_of(as_they_are, 1, "two"), number_of(as_they_are, "two", 1));
  EXPECT_NE(number_of(as_they_are, first), number_of(as_they_are, second));
}

TEST(state_digest_test, subscriptions_are_known_by_the_order_in_which_they_are_met) {
  const auto by_appearance = state_digest::unique_ids::by_appearance;

  EXPECT_EQ(number_of(by_appearance, first, second, first),
            number_of(by_appearance, second, first, second));
  EXPECT_NE(number_of(by_appearance, first, second, first),
            number_of(by_appearance, first, second, second));
  EXPECT_NE(number_of(by_appearance, first), number_of(by_appearance, unique_id::none));
}

struct opaque {};

TEST(state_digest_test, values_without_a_hash_cannot_be_told) {
  state_digest sum;
  sum.add_all(std::span{std::array<const std::string, 1>{"a"}});
  EXPECT_TRUE(sum.is_whole());

  sum.add_all(std::span{std::array<const opaque, 1>{}});

  EXPECT_FALSE(sum.is_whole());
}

}  // namespace
}  // namespace genstage
