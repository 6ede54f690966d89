#include <gtest/gtest.h>

#include <genstage/genstage.hpp>
#include <genstage/task/sync_wait.hpp>
#include <string>
#include <thread>
#include <vector>

// Processes that are abandoned at any moment of their life, for the thread and address sanitizers.
namespace genstage {
namespace {

struct meet {
  process_ref other;
};

class busy final : public server {
 public:
  explicit busy(registry<int>* keys) : keys_{keys} {}
  void init() { trap_exits(); }
  void handle_cast(meet asked) {
    link(asked.other);
    monitor(asked.other);
    (void)keys_->register_self(static_cast<int>(self().id().index));
    process::current()->unlink(asked.other);
    link(asked.other);
  }
  void handle_exit(const exit_signal&) {}
  void handle_down(const down&) {}

 private:
  registry<int>* keys_;
};

// A1, A11, A12
TEST(abandon_stress_test, a_process_abandoned_at_any_moment_is_told_as_killed_exactly_once) {
  runtime home{{.log = silent_log(), .workers = 2}};
  registry<int> keys{home, "keys", registry_keys::duplicate};
  for (int round = 0; round < 200; ++round) {
    std::vector<ref<busy>> all;
    std::vector<operation<exit_reason>> ends;
    for (int count = 0; count < 6; ++count) {
      auto [far, near] = make_operation<exit_reason>();
      all.push_back(
          *spawn<busy>(home, {.name = "busy/" + std::to_string(count), .ended = far}, &keys));
      ends.push_back(std::move(near));
    }
    for (std::size_t from = 0; from < all.size(); ++from) {
      for (const auto& to : all) {
        if (to != all[from]) cast(all[from], meet{to.process()});
      }
    }

    for (const auto& each : all) {
      if (each.id().index % 2 == 0) home.exit(each.process(), exit_reason::kill());
      home.abandon(each.process());
      EXPECT_FALSE(home.abandon(each.process()));
    }

    for (auto& each : ends) EXPECT_EQ(*sync_wait(std::move(each)), exit_reason::killed());
    for (const auto& each : all) EXPECT_FALSE(home.find(each.id()));
    EXPECT_FALSE(home.find("busy/0"));
  }
  while (home.process_count() > 0) std::this_thread::yield();
  EXPECT_EQ(keys.count(), 0U);
}

}  // namespace
}  // namespace genstage
