#include <gtest/gtest.h>

#include <genstage/stage/protocol.hpp>
#include <genstage/stage/spare_messages.hpp>
#include <memory>
#include <utility>

namespace genstage {
namespace {

using message_of_ints = batch_message<int>;

std::unique_ptr<message_of_ints> spent() {
  return std::make_unique<message_of_ints>(message_kind::ask, unique_id{7}, pid{});
}

TEST(spare_messages_test, the_one_that_came_last_is_taken_first) {
  spare_messages<int> kept;
  auto first = spent();
  auto second = spent();
  const auto* const earlier = first.get();
  const auto* const later = second.get();
  kept.put(std::move(first));
  kept.put(std::move(second));

  EXPECT_EQ(kept.take().get(), later);
  EXPECT_EQ(kept.take().get(), earlier);
  EXPECT_EQ(kept.take(), nullptr);
}

TEST(spare_messages_test, no_more_are_kept_than_are_likely_to_be_needed) {
  spare_messages<int> kept;
  for (int count = 0; count < 100; ++count) kept.put(spent());

  EXPECT_EQ(kept.size(), 32U);
}

TEST(spare_messages_test, an_ask_takes_others_along_until_it_is_cleared) {
  spare_messages<int> kept;
  kept.put(spent());
  kept.put(spent());
  message_of_ints ask{message_kind::ask, unique_id{7}, pid{}};

  ask.take_along(std::move(kept));

  EXPECT_EQ(kept.size(), 0U);
  EXPECT_EQ(ask.spent.size(), 2U);
  EXPECT_FALSE(ask.is_plain);
  ask.clear();
  EXPECT_EQ(ask.spent.size(), 0U);
}

}  // namespace
}  // namespace genstage
