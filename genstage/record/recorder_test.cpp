#include <gtest/gtest.h>

#include <atomic>
#include <genstage/record/recorder.hpp>
#include <latch>
#include <map>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace genstage {
namespace {

/// Sets the thread's time for the length of a test.
class kept_time {
 public:
  explicit kept_time(std::uint64_t at) { coarse_clock::keep(at); }
  ~kept_time() { coarse_clock::leave(); }
  kept_time(const kept_time&) = delete;
  kept_time& operator=(const kept_time&) = delete;
};

TEST(recorder_test, records_come_back_in_the_order_they_were_noted) {
  recorder records{8};
  records.note(record_kind::ask, 1, 7, 100);
  records.note(record_kind::delivery, 2, 7, 60);

  const auto kept = records.read();

  ASSERT_EQ(kept.size(), 2U);
  EXPECT_EQ(kept[0].count, 100U);
  EXPECT_EQ(kept[1].kind, record_kind::delivery);
}

TEST(recorder_test, a_full_ring_forgets_the_oldest) {
  recorder records{4};

  for (std::uint64_t count = 1; count <= 6; ++count) records.note(record_kind::ask, 1, 1, count);

  const auto kept = records.read();
  ASSERT_EQ(kept.size(), 4U);
  EXPECT_EQ(kept.front().count, 3U);
  EXPECT_EQ(kept.back().count, 6U);
}

TEST(recorder_test, a_ring_says_how_many_records_it_has_noted_with_the_last_one_that_is_kept) {
  recorder records{4};

  for (std::uint64_t count = 1; count <= 6; ++count) records.note(record_kind::ask, 1, 1, count);

  const kept_records kept = records.kept();
  ASSERT_EQ(kept.rings.size(), 1U);
  EXPECT_EQ(kept.rings[0], (ring_mark{0, 6, kept.records.back().order}));
}

TEST(recorder_test, a_record_has_the_time_of_its_thread_unless_that_has_been_noted_already) {
  const kept_time now{1000};
  recorder records{8};
  records.note(record_kind::ask, 1, 7, 1);
  records.note(record_kind::ask, 1, 7, 2);
  coarse_clock::keep(5000);
  records.note(record_kind::ask, 1, 7, 3);

  const auto kept = records.read();

  EXPECT_EQ(kept[0].order, 1000U);
  EXPECT_EQ(kept[1].order, 1001U);
  EXPECT_EQ(kept[2].order, 5000U);
}

TEST(recorder_test, a_process_that_moves_to_a_thread_whose_clock_is_behind_keeps_its_order) {
  recorder records{8};
  std::uint64_t last = 0;
  const auto note_at = [&](std::uint64_t time, std::uint64_t count) {
    std::thread{[&] {
      const kept_time now{time};
      last = records.note(record_kind::ask, 1, 7, count, last);
    }}.join();
  };

  note_at(9000, 1);
  note_at(2000, 2);

  const auto kept = records.read();
  EXPECT_EQ(kept[0].count, 1U);
  EXPECT_EQ(kept[1].count, 2U);
  EXPECT_EQ(kept[1].order, 9001U);
}

TEST(recorder_test, a_thread_that_ends_leaves_its_ring_to_the_next) {
  recorder records{2};

  for (std::uint64_t count = 1; count <= 5; ++count) {
    std::thread{[&] { records.note(record_kind::ask, 1, 1, count); }}.join();
  }

  const auto kept = records.read();
  ASSERT_EQ(kept.size(), 2U) << "all wrote to one ring";
  EXPECT_EQ(kept[0].count, 4U);
  EXPECT_EQ(kept[1].count, 5U);
}

TEST(recorder_test, recorders_at_one_address_after_another_do_not_share_what_they_keep) {
  std::optional<recorder> records;
  for (int round = 0; round < 3; ++round) {
    records.emplace(4);
    records->note(record_kind::ask, 1, 1, 1);

    EXPECT_EQ(records->read().size(), 1U);
  }
}

TEST(recorder_test, what_is_read_while_two_threads_write_is_whole_and_in_order) {
  constexpr std::uint64_t rounds = 20'000;
  recorder records{64};
  std::atomic<int> at_work{2};
  std::latch both_have_a_ring{2};
  const auto write = [&](std::uint32_t process) {
    std::uint64_t last = records.note(record_kind::ask, process, process, 1);
    both_have_a_ring.arrive_and_wait();
    for (std::uint64_t count = 2; count <= rounds; ++count) {
      last = records.note(record_kind::ask, process, count * process, count, last);
    }
    at_work.fetch_sub(1);
  };

  std::thread first{write, 3};
  std::thread second{write, 5};
  do {
    std::map<std::uint32_t, std::uint64_t> last;
    for (const record& each : records.read()) {
      ASSERT_EQ(each.subscription, each.count * each.process);
      ASSERT_LT(std::exchange(last[each.process], each.count), each.count);
    }
  } while (at_work.load() > 0);
  first.join();
  second.join();

  EXPECT_EQ(records.read().size(), 128U);
}

}  // namespace
}  // namespace genstage
