#include <genstage/http/detail/receive_buffer.hpp>

#include <gtest/gtest.h>

namespace {

using genstage::http::detail::receive_buffer;

TEST(receive_buffer, is_large_among_few_transfers) {
  EXPECT_EQ(receive_buffer(0), 16'383U);
  EXPECT_EQ(receive_buffer(256), 16'383U);
}

TEST(receive_buffer, shrinks_so_that_all_together_take_no_more_down_to_a_page_each) {
  EXPECT_EQ(512 * (receive_buffer(512) + 1), 4U << 20U);
  EXPECT_EQ(receive_buffer(1024), 4095U);
  EXPECT_EQ(receive_buffer(100'000), 4095U);
}

}  // namespace
