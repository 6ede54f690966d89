#include <gtest/gtest.h>

#include <genstage/record/record.hpp>

namespace genstage {
namespace {

TEST(recorder_test, records_come_back_in_the_order_they_were_noted) {
  recorder ring{8};
  ring.note(record_kind::ask, 1, 7, 100);
  ring.note(record_kind::delivery, 2, 7, 60);

  const auto kept = ring.read();

  ASSERT_EQ(kept.size(), 2U);
  EXPECT_EQ(kept[0].count, 100U);
  EXPECT_EQ(kept[1].kind, record_kind::delivery);
}

TEST(recorder_test, a_full_ring_forgets_the_oldest) {
  recorder ring{4};

  for (std::uint64_t count = 1; count <= 6; ++count) ring.note(record_kind::ask, 1, 1, count);

  const auto kept = ring.read();
  ASSERT_EQ(kept.size(), 4U);
  EXPECT_EQ(kept.front().count, 3U);
  EXPECT_EQ(kept.back().count, 6U);
}

}  // namespace
}  // namespace genstage
