#include <gtest/gtest.h>

#include <genstage/stage/conversation_test.hpp>
#include <genstage/stage/operations.hpp>
#include <stdexcept>

// How a batch is sorted into partitions: what goes where, and what is left of it if that fails.
namespace genstage {
namespace {

using namespace conversation;

int parcels = 0;  // How many there are.

/// Not trivial, so that one too many or too few is noticed. Some can't be moved once they are sent.
struct parcel {
  static constexpr std::int64_t fixed = 1000;

  explicit parcel(std::int64_t for_whom) : number{for_whom} { ++parcels; }
  parcel(parcel&& other) : number{other.number} {  // NOLINT: throwing is what it is for.
    if (is_sent && number == fixed) throw std::runtime_error{"too heavy"};
    ++parcels;
  }
  parcel& operator=(parcel&&) = default;
  ~parcel() { --parcels; }

  std::int64_t number;
  static inline bool is_sent = false;
};

struct post {
  numbers events;
};

/// Multiples of 3 to partition 0 and so on; negative ones can't be read.
struct by_three {
  std::int64_t operator()(const parcel& sent) const {
    if (sent.number < 0) throw std::runtime_error{"illegible"};
    return sent.number % 3;
  }
};

class office final : public producer<parcel> {
 public:
  auto dispatcher() const { return partition_dispatcher{{.partitions = 3}, by_three{}}; }
  void handle_demand(demand, output<parcel>&) override {}
  void handle_cast(post told, output<parcel>& out) {
    out.append(told.events);
    parcel::is_sent = true;
  }
};

/// Has all three partitions, so that it sees in which order they are served.
class house final : public consumer<parcel> {
 public:
  explicit house(std::vector<numbers>* got) : got_{got} {}
  void handle_events(std::span<parcel> events) override {
    got_->emplace_back();
    for (const parcel& each : events) got_->back().push_back(each.number);
  }

 private:
  std::vector<numbers>* got_;
};

class partition_sorting_sim_test : public ::testing::Test {
 protected:
  partition_sorting_sim_test() { parcel::is_sent = false; }

  /// Why the producer ended, if it did. Afterwards nothing runs any more.
  std::string post_all(numbers events) {
    world here;
    const auto from = here.start<office>();
    const auto to = here.start<house>(&got);
    for (const int which : {0, 1, 2}) {
      here.join(to, from, {.max_demand = 1000, .min_demand = 0, .partition = which});
    }
    auto end = here.watch(from);
    cast(from, post{std::move(events)});
    return here.fate(end);
  }

  std::vector<numbers> got;
};

TEST_F(partition_sorting_sim_test, parts_leave_in_the_order_of_their_first_events) {
  EXPECT_EQ(post_all({5, 3, 8, 6, 1, 2}), "alive");

  EXPECT_EQ(got, (std::vector<numbers>{{5, 8, 2}, {3, 6}, {1}}));
  EXPECT_EQ(parcels, 0);
}

TEST_F(partition_sorting_sim_test, a_part_may_be_much_larger_than_the_others) {
  numbers events{1};
  numbers expected;
  for (std::int64_t each = 0; each < 900; each += 3) expected.push_back(each);
  events.insert(events.end(), expected.begin(), expected.end());
  events.push_back(2);

  EXPECT_EQ(post_all(events), "alive");

  EXPECT_EQ(got, (std::vector<numbers>{{1}, expected, {2}}));
  EXPECT_EQ(parcels, 0);
}

TEST_F(partition_sorting_sim_test, what_was_sorted_before_a_hash_threw_is_destroyed_once) {
  EXPECT_NE(post_all({0, 1, 3, 6, 9, 12, -1, 2}).find("illegible"), std::string::npos);

  EXPECT_TRUE(got.empty());
  EXPECT_EQ(parcels, 0);
}

TEST_F(partition_sorting_sim_test, what_was_sorted_before_a_move_threw_is_destroyed_once) {
  EXPECT_NE(post_all({0, 1, 3, 6, 9, 12, parcel::fixed, 2}).find("too heavy"), std::string::npos);

  EXPECT_TRUE(got.empty());
  EXPECT_EQ(parcels, 0);
}

}  // namespace
}  // namespace genstage
