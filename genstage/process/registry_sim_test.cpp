#include <gtest/gtest.h>

#include <algorithm>
#include <genstage/genstage.hpp>
#include <genstage/simulation/simulation.hpp>
#include <string>
#include <vector>

// Processes under keys: A12, A23.
namespace genstage {
namespace {

using journal = std::vector<std::string>;
using room_registry = registry<std::string, int>;

struct enter_room {
  std::string key;
  int value = 0;
};
struct leave_room {
  std::string key;
};
struct raise_value {
  std::string key;
};
struct leave {};
struct watch {
  process_ref who;
};

class guest final : public server {
 public:
  guest(room_registry* rooms, journal* seen) : rooms_{rooms}, seen_{seen} {}
  ~guest() { seen_->push_back("gone"); }

  std::string handle_call(enter_room asked) {
    const auto outcome = rooms_->register_self(asked.key, asked.value);
    if (outcome) return "entered";
    return outcome.error().message + ", holder " + to_string(outcome.error().holder);
  }
  bool handle_call(leave_room asked) { return rooms_->unregister_self(asked.key); }
  std::string handle_call(raise_value asked) {
    const auto outcome = rooms_->update_value(asked.key, [](int& value) { ++value; });
    return outcome ? "raised" : outcome.error().message;
  }
  void handle_cast(leave) { stop(exit_reason::normal()); }
  void handle_cast(watch asked) { monitor(asked.who); }
  void handle_cast(registry_change<std::string> change) {
    seen_->push_back((change.what == registry_event::registered ? "+" : "-") + change.key +
                     to_string(change.who));
  }
  void handle_down(const down& notice) {
    seen_->push_back("down, holds " + std::to_string(rooms_->keys(notice.who).size()));
    if (rooms_->register_self("lobby", 2)) seen_->push_back("took over");
  }

 private:
  room_registry* rooms_;
  journal* seen_;
};

/// A world with a registry of one kind and three guests.
struct house {
  explicit house(registry_keys kind, std::uint64_t seed = 1)
      : world{seed}, rooms{world.home(), "rooms", kind} {}
  ref<guest> add() { return *spawn<guest>(world.home(), {}, &rooms, &seen); }
  template <class M>
  auto ask(const ref<guest>& who, M request) {
    return **world.run_until(call(who, std::move(request)));
  }

  journal seen;
  simulation world;
  room_registry rooms;
  ref<guest> ann = add();
  ref<guest> bob = add();
};

// A23
TEST(registry_sim_test, a_unique_key_is_refused_to_a_second_process_and_the_holder_is_named) {
  house all{registry_keys::unique};

  EXPECT_EQ(all.ask(all.ann, enter_room{"lobby"}), "entered");

  EXPECT_EQ(all.ask(all.bob, enter_room{"lobby"}),
            "registry rooms: key lobby is held by <0.1>; not registered, holder <0.1>");
  EXPECT_EQ(all.rooms.whereis("lobby"), all.ann.process());
  EXPECT_FALSE(all.rooms.whereis("attic"));
  EXPECT_EQ(all.rooms.count(), 1U);
}

// A23
TEST(registry_sim_test, a_duplicate_key_is_held_by_many_and_dispatch_reaches_them_all) {
  house all{registry_keys::duplicate};
  all.ask(all.ann, enter_room{"lobby", 1});
  all.ask(all.bob, enter_room{"lobby", 2});
  all.ask(all.bob, enter_room{"attic", 3});
  int sum = 0;

  const std::size_t reached = all.rooms.dispatch("lobby", [&](auto entries) {
    for (const auto& each : entries) {
      sum += each.value;
      cast(ref<guest>{each.process}, leave{});
    }
  });

  EXPECT_EQ(reached, 2U);
  EXPECT_EQ(sum, 3);
  EXPECT_EQ(all.rooms.dispatch("cellar", [](auto) { FAIL(); }), 0U);
  EXPECT_EQ(all.rooms.count("lobby"), 2U);
  EXPECT_EQ(all.rooms.keys(all.bob.id()), (std::vector<std::string>{"lobby", "attic"}));
  const auto large = all.rooms.select([](const auto&, const auto& each) { return each.value > 2; });
  ASSERT_EQ(large.size(), 1U);
  EXPECT_EQ(large.front().first, "attic");
  all.world.settle();
  EXPECT_EQ(all.rooms.count(), 0U);
}

// A23
TEST(registry_sim_test, an_owner_can_change_its_value_and_leave) {
  house all{registry_keys::duplicate};
  all.ask(all.ann, enter_room{"lobby", 1});
  all.ask(all.ann, enter_room{"lobby", 7});

  EXPECT_EQ(all.ask(all.ann, raise_value{"lobby"}), "raised");
  EXPECT_EQ(all.rooms.lookup("lobby").front().value, 2);
  EXPECT_EQ(all.ask(all.bob, raise_value{"lobby"}),
            "registry rooms: key lobby is not held by this process; not updated");
  EXPECT_FALSE(all.ask(all.bob, leave_room{"lobby"}));
  EXPECT_TRUE(all.ask(all.ann, leave_room{"lobby"}));
  EXPECT_EQ(all.rooms.count(), 0U);
  EXPECT_TRUE(all.rooms.keys(all.ann.id()).empty());
}

// A23
TEST(registry_sim_test, listeners_are_told_of_every_change) {
  house all{registry_keys::unique};
  all.rooms.listen(all.bob);

  all.ask(all.ann, enter_room{"lobby"});
  all.ask(all.ann, enter_room{"attic"});
  all.ask(all.ann, leave_room{"attic"});
  cast(all.ann, leave{});
  all.world.settle();

  EXPECT_EQ(all.seen,
            (journal{"+lobby<0.1>", "+attic<0.1>", "-attic<0.1>", "gone", "-lobby<0.1>"}));
}

// A12, A23
TEST(registry_sim_test, whoever_got_the_down_finds_the_key_free) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    house all{registry_keys::unique, seed};
    all.ask(all.ann, enter_room{"lobby", 1});
    cast(all.bob, watch{all.ann.process()});
    all.world.settle();

    if (seed % 2 == 0) {
      cast(all.ann, leave{});
    } else {
      all.world.home().exit(all.ann.process(), exit_reason::kill());
    }
    all.world.settle();

    EXPECT_EQ(all.seen, (journal{"gone", "down, holds 0", "took over"})) << "seed " << seed;
    EXPECT_EQ(all.rooms.whereis("lobby"), all.bob.process()) << "seed " << seed;
  }
}

TEST(registry_sim_test, only_processes_of_its_runtime_can_hold_a_key) {
  house all{registry_keys::unique};
  simulation elsewhere{1};
  room_registry foreign{elsewhere.home(), "foreign", registry_keys::unique};
  auto stranger = *spawn<guest>(all.world.home(), {}, &foreign, &all.seen);

  EXPECT_EQ(foreign.register_self("lobby", 1).error().message,
            "registry foreign: key lobby can be held by a process of its runtime only; not "
            "registered");
  EXPECT_EQ(all.ask(stranger, enter_room{"lobby"}),
            "registry foreign: key lobby can be held by a process of its runtime only; not "
            "registered, holder <0.0>");
}

TEST(registry_sim_test, processes_may_outlive_the_registry) {
  journal seen;
  simulation world{1};
  auto rooms = std::make_unique<room_registry>(world.home(), "rooms", registry_keys::unique);
  auto ann = *spawn<guest>(world.home(), {}, rooms.get(), &seen);
  (void)world.run_until(call(ann, enter_room{"lobby"}));

  rooms.reset();
  cast(ann, leave{});
  world.settle();

  EXPECT_EQ(world.home().process_count(), 0U);
}

}  // namespace
}  // namespace genstage
