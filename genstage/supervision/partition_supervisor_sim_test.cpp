#include <gtest/gtest.h>

#include <genstage/process/server.hpp>
#include <genstage/supervision/household_test.hpp>
#include <genstage/supervision/partition_supervisor.hpp>
#include <limits>

// Children that share the keys among them, as in A62.
namespace genstage {
namespace {

using namespace family;

// A62
TEST(partition_of_test, an_integer_goes_by_its_absolute_value_and_another_key_by_its_hash) {
  EXPECT_EQ(partition_of(7, 4), 3U);
  EXPECT_EQ(partition_of(-7, 4), 3U);
  EXPECT_EQ(partition_of(std::uint64_t{8}, 4), 0U);
  EXPECT_EQ(partition_of(std::numeric_limits<std::int64_t>::min(), 10), 8U);
  EXPECT_EQ(partition_of(std::string{"x"}, 4), std::hash<std::string>{}("x") % 4);
}

struct resize_to {
  std::size_t running;
};

class resizer : public server {
 public:
  resizer(ref<supervisor> what, journal* seen) : what_{std::move(what)}, seen_{seen} {}
  task<> handle_cast(resize_to asked) {
    auto resizing = resize(what_, asked.running);
    const auto outcome = co_await std::move(resizing);
    seen_->push_back(outcome ? "resized" : outcome.error().message);
  }

 private:
  ref<supervisor> what_;
  journal* seen_;
};

class partition_supervisor_sim_test : public household {
 protected:
  partition_spec of(std::size_t partitions) {
    return {.name = "parts", .partitions = partitions, .make = [this](std::size_t index) {
              return make("p" + std::to_string(index));
            }};
  }
};

// A62
TEST_F(partition_supervisor_sim_test, each_partition_is_given_its_index_and_found_by_a_key) {
  EXPECT_EQ(start({.children = {supervised(of(3))}}), std::nullopt);

  EXPECT_EQ(seen, (journal{"+p0", "+p1", "+p2"}));
  const auto found = find_partition<worker>(world.home(), "parts", 3, 5);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->id(), world.home().find("parts/2").id());
}

// A62
TEST_F(partition_supervisor_sim_test, partitions_shrink_and_grow_back_and_no_further) {
  start({.children = {supervised(of(3))}});
  const auto parts = *find(world.home(), name<supervisor>{"parts"});
  const auto asker = *spawn<resizer>(world.home(), {}, parts, &seen);
  take();

  for (const std::size_t each : {1U, 3U, 4U}) {
    cast(asker, resize_to{each});
    world.run_for(1s);
  }

  EXPECT_EQ(take(),
            (journal{"-p1", "-p2", "resized", "+p1", "+p2", "resized",
                     "resize: 4 partitions are asked for, from 1 to 3 are allowed; not changed"}));
}

// A62
TEST_F(partition_supervisor_sim_test, no_partition_at_all_is_refused_in_words) {
  const auto failure = start({.children = {supervised(of(0))}});

  EXPECT_NE(to_string(*failure).find("it has 0 partitions, at least 1 is allowed; not started"),
            std::string::npos);
}

}  // namespace
}  // namespace genstage
