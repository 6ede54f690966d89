#include <gtest/gtest.h>

#include <atomic>
#include <genstage/genstage.hpp>
#include <genstage/task/sync_wait.hpp>
#include <string>
#include <thread>
#include <vector>

// A registry and system requests on real threads, for the thread and address sanitizers.
namespace genstage {
namespace {

using namespace std::chrono_literals;
using numbers = registry<int, int>;

struct shuffle {
  int round;
};

/// Registers and leaves keys as it is told, and ends by itself after some rounds.
class member final : public server {
 public:
  explicit member(numbers* all) : all_{all} {}
  void handle_cast(shuffle asked) {
    const int key = asked.round % 7;
    if (all_->register_self(key, 0)) (void)all_->update_value(key, [](int& value) { ++value; });
    if (asked.round % 3 == 0) all_->unregister_self((key + 3) % 7);
    if (asked.round == 40) stop(exit_reason::normal());
    ++handled;
  }
  int handled = 0;

 private:
  numbers* all_;
};

struct get_balance {};

class listener final : public server {
 public:
  void handle_cast(registry_change<int> change) {
    balance_ += change.what == registry_event::registered ? 1 : -1;
  }
  int handle_call(get_balance) const { return balance_; }

 private:
  int balance_ = 0;
};

void run_members(registry_keys kind) {
  runtime home{{.log = silent_log(), .workers = 2}};
  numbers all{home, "numbers", kind};
  auto hears = *spawn<listener>(home, {});
  all.listen(hears);
  std::atomic<bool> done{false};
  std::thread reader{[&] {
    while (!done) {
      for (int key = 0; key < 7; ++key) {
        all.dispatch(key, [](auto entries) {
          for (const auto& each : entries) cast(ref<member>{each.process}, shuffle{1});
        });
        (void)all.whereis(key);
      }
      std::this_thread::yield();
    }
  }};

  for (int generation = 0; generation < 20; ++generation) {
    std::vector<ref<member>> members;
    for (int count = 0; count < 8; ++count) members.push_back(*spawn<member>(home, {}, &all));
    std::vector<operation<exit_reason>> ends;
    for (const auto& each : members) ends.push_back(home.down(each.process()));
    for (int round = 0; round <= 40; ++round) {
      for (const auto& each : members) cast(each, shuffle{round});
    }
    home.exit(members.front().process(), exit_reason::kill());
    for (auto& each : ends) (void)sync_wait(std::move(each));
    for (const auto& each : members) EXPECT_TRUE(all.keys(each.id()).empty());
  }
  done = true;
  reader.join();

  EXPECT_EQ(all.count(), 0U);
  // A call, which comes after all changes, as a look into its state would not.
  EXPECT_EQ(*sync_wait(call(hears, get_balance{}, 1min)), 0);
}

// A23
TEST(registry_stress_test, unique_keys_are_all_free_when_their_holders_have_ended) {
  run_members(registry_keys::unique);
}

// A23
TEST(registry_stress_test, duplicate_keys_are_all_free_when_their_holders_have_ended) {
  run_members(registry_keys::duplicate);
}

// A27, A28, A29
TEST(introspection_stress_test, requests_from_many_threads_never_meet_a_callback_that_runs) {
  runtime home{{.log = silent_log(), .workers = 2}};
  numbers all{home, "numbers", registry_keys::unique};
  auto subject = *spawn<member>(home, {}, &all);
  std::vector<std::thread> curious;
  for (int number = 0; number < 3; ++number) {
    curious.emplace_back([&, number] {
      for (int round = 0; round < 200; ++round) {
        cast(subject, shuffle{1});
        const auto handled = [](const member& at) { return at.handled; };
        EXPECT_TRUE(sync_wait(get_state(subject, handled, 1min)).has_value());
        if (number == 0) {
          EXPECT_TRUE(sync_wait(suspend(subject, 1min)).has_value());
          EXPECT_TRUE(sync_wait(status(subject, 1min)).has_value());
          EXPECT_TRUE(sync_wait(resume(subject, 1min)).has_value());
        } else if (number == 1) {
          (void)sync_wait(keep_log(subject.process(), round % 2 == 0 ? 5 : 0, 1min));
        }
      }
    });
  }

  for (std::thread& each : curious) each.join();

  EXPECT_TRUE(sync_wait(resume(subject)).has_value());
  while (*sync_wait(get_state(subject, [](const member& at) { return at.handled; })) < 600) {
  }
}

}  // namespace
}  // namespace genstage
