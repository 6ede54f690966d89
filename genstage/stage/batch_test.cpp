#include <gtest/gtest.h>

#include <genstage/stage/batch.hpp>
#include <ranges>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

namespace genstage {
namespace {

/// The numbers below `count` as `Event`, of which the one at `refused` cannot be made.
template <class Event>
auto numbers(int count, int refused) {
  return std::views::iota(0, count) | std::views::transform([refused](int number) -> Event {
           if (number == refused) throw std::runtime_error{"refused"};
           if constexpr (std::is_same_v<Event, std::string>) {
             return std::string(40, static_cast<char>('a' + number));
           } else {
             return number;
           }
         });
}

template <class Event>
std::vector<Event> contents(batch<Event>& filled) {
  const auto events = filled.events();
  return {events.begin(), events.end()};
}

TEST(batch_test, a_range_comes_after_what_is_there) {
  batch<std::string> filled;
  filled.emplace("first");

  filled.append(numbers<std::string>(2, -1));

  EXPECT_EQ(contents(filled),
            (std::vector<std::string>{"first", std::string(40, 'a'), std::string(40, 'b')}));
}

TEST(batch_test, an_event_can_be_emitted_again_while_the_batch_grows) {
  batch<std::string> filled;
  output<std::string> out{filled};
  out.emit(std::string(40, 'a'));

  for (int copy = 0; copy < 20; ++copy) out.emit(filled.events().front());

  EXPECT_EQ(contents(filled), std::vector<std::string>(21, std::string(40, 'a')));
}

TEST(batch_test, nothing_of_a_range_is_appended_if_one_of_its_events_cannot_be_made) {
  batch<std::string> owning;
  owning.emplace("first");
  batch<int> plain;
  plain.emplace(7);

  EXPECT_THROW(owning.append(numbers<std::string>(5, 3)), std::runtime_error);
  EXPECT_THROW(plain.append(numbers<int>(5, 3)), std::runtime_error);

  EXPECT_EQ(contents(owning), std::vector<std::string>{"first"});
  EXPECT_EQ(contents(plain), std::vector<int>{7});
}

/// Owns memory, and can be told not to be moved.
struct anchor {
  explicit anchor(bool keeps_still) : is_fixed{keeps_still}, chain(40, 'x') {}
  anchor(anchor&& other)  // NOLINT: throwing is what it is for.
      : is_fixed{other.is_fixed}, chain{is_fixed ? throw std::runtime_error{"fixed"} : "x"} {}

  bool is_fixed;
  std::string chain;
};

// That nothing leaks either is for the address sanitizer to see.
TEST(batch_test, a_batch_that_cannot_grow_keeps_what_it_has) {
  batch<anchor> filled;
  filled.reserve(2);
  filled.emplace(false);
  filled.emplace(true);

  EXPECT_THROW(filled.reserve(100), std::runtime_error);

  ASSERT_EQ(filled.size(), 2U);
  EXPECT_TRUE(filled.events()[1].is_fixed);
}

TEST(batch_test, a_range_of_unknown_size_is_appended_event_by_event) {
  batch<int> filled;

  filled.append(std::views::iota(0, 10) |
                std::views::filter([](int number) { return number % 3 == 0; }));

  EXPECT_EQ(contents(filled), (std::vector<int>{0, 3, 6, 9}));
}

}  // namespace
}  // namespace genstage
