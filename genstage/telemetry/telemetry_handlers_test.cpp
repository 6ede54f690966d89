#include <gtest/gtest.h>

#include <atomic>
#include <genstage/telemetry/telemetry_handlers.hpp>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace genstage {
namespace {

struct door_opened {
  int number = 0;
};
struct step_taken {
  static constexpr telemetry_switch with = telemetry_switch::batches;
  int length = 0;
};

class telemetry_handlers_test : public testing::Test {
 protected:
  std::vector<std::string> logged_;
  telemetry_handlers telemetry_{
      [this](const log_record& line) { logged_.push_back(line.subject + ": " + line.text); }};
  std::vector<int> seen_;

  result<void> attach(std::string id, int factor = 1) {
    return telemetry_.attach<door_opened>(std::move(id), [this, factor](const door_opened& event) {
      seen_.push_back(event.number * factor);
    });
  }
};

TEST_F(telemetry_handlers_test, handlers_of_the_type_are_called_in_the_order_of_their_attachment) {
  ASSERT_TRUE(attach("first"));
  ASSERT_TRUE(attach("second", 10));

  telemetry_.emit(door_opened{3});
  telemetry_.emit(step_taken{5});

  EXPECT_EQ(seen_, (std::vector{3, 30}));
}

TEST_F(telemetry_handlers_test, an_id_is_attached_to_a_type_once) {
  ASSERT_TRUE(attach("bell"));

  const result<void> again = attach("bell");

  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, errc::already_exists);
  EXPECT_EQ(again.error().message,
            "telemetry handler bell: is attached to genstage::(anonymous namespace)::door_opened "
            "already; not attached");
  EXPECT_TRUE(telemetry_.attach<step_taken>("bell", [](const step_taken&) {}));
}

TEST_F(telemetry_handlers_test, what_is_detached_is_called_no_more_and_no_longer_wanted) {
  ASSERT_TRUE(attach("bell"));
  ASSERT_TRUE(telemetry_.attach<step_taken>("bell", [](const step_taken&) {}));
  ASSERT_TRUE(telemetry_.is_wanted<door_opened>());

  EXPECT_EQ(telemetry_.detach("bell"), 2U);

  EXPECT_FALSE(telemetry_.is_wanted<door_opened>());
  EXPECT_FALSE(telemetry_.is_wanted<step_taken>());
  EXPECT_EQ(telemetry_.detach("bell"), 0U);
  telemetry_.emit(door_opened{3});
  EXPECT_TRUE(seen_.empty());
}

TEST_F(telemetry_handlers_test, who_listens_to_rare_events_does_not_have_frequent_ones_made) {
  ASSERT_TRUE(attach("bell"));
  int made = 0;
  const auto make = [&] { return step_taken{++made}; };

  telemetry_.emit_made(make);
  ASSERT_TRUE(telemetry_.attach<step_taken>("pace", [](const step_taken&) {}));
  telemetry_.emit_made(make);

  EXPECT_EQ(made, 1);
}

TEST_F(telemetry_handlers_test, a_handler_that_throws_is_detached_everywhere_and_reported_once) {
  std::vector<std::string> told;
  ASSERT_TRUE(telemetry_.attach<handler_failed>("watch", [&](const handler_failed& event) {
    told.push_back(event.id + " " + event.event + " " + event.what);
  }));
  ASSERT_TRUE(telemetry_.attach<door_opened>(
      "bad", [](const door_opened&) { throw std::runtime_error{"no bell"}; }));
  ASSERT_TRUE(telemetry_.attach<step_taken>("bad", [](const step_taken&) {}));
  ASSERT_TRUE(attach("good"));

  telemetry_.emit(door_opened{1});
  telemetry_.emit(door_opened{2});

  EXPECT_EQ(seen_, (std::vector{1, 2}));
  const std::string type = "genstage::(anonymous namespace)::door_opened";
  EXPECT_EQ(told, std::vector{"bad " + type + " no bell"});
  EXPECT_EQ(logged_, std::vector{"telemetry: handler bad of " + type + " threw no bell; detached"});
  EXPECT_FALSE(telemetry_.is_wanted<step_taken>());
}

TEST_F(telemetry_handlers_test, who_cannot_even_hear_of_failures_is_detached_as_well) {
  ASSERT_TRUE(telemetry_.attach<handler_failed>("watch", [](const handler_failed&) { throw 1; }));
  ASSERT_TRUE(telemetry_.attach<door_opened>("bad", [](const door_opened&) { throw 2; }));

  telemetry_.emit(door_opened{1});

  EXPECT_EQ(logged_.size(), 2U);
  EXPECT_FALSE(telemetry_.is_wanted<door_opened>());
}

TEST_F(telemetry_handlers_test, a_handler_may_attach_and_detach) {
  ASSERT_TRUE(telemetry_.attach<door_opened>("once", [&](const door_opened&) {
    telemetry_.detach("once");
    EXPECT_TRUE(attach("after"));
  }));

  telemetry_.emit(door_opened{1});
  telemetry_.emit(door_opened{2});

  EXPECT_EQ(seen_, std::vector{2});
}

/// For the thread sanitizer, and for the promise that a failure is reported once.
TEST(telemetry_handlers_stress_test,
     threads_that_emit_attach_and_detach_do_not_disturb_each_other) {
  std::atomic<int> reports{0};
  telemetry_handlers telemetry{[&](const log_record&) { ++reports; }};
  std::atomic<int> counted{0};
  ASSERT_TRUE(telemetry.attach<step_taken>("count", [&](const step_taken&) { ++counted; }));
  std::vector<std::thread> all;
  for (int thread = 0; thread < 4; ++thread) {
    all.emplace_back([&telemetry, id = "own" + std::to_string(thread)] {
      for (int round = 0; round < 200; ++round) {
        EXPECT_TRUE(telemetry.attach<step_taken>(id, [](const step_taken&) {}));
        telemetry.emit(step_taken{round});
        EXPECT_EQ(telemetry.detach(id), 1U);
      }
    });
  }
  ASSERT_TRUE(telemetry.attach<step_taken>("bad", [](const step_taken&) { throw 1; }));
  for (std::thread& each : all) each.join();

  telemetry.emit(step_taken{});

  EXPECT_EQ(counted, 4 * 200 + 1);
  EXPECT_EQ(reports, 1);
}

}  // namespace
}  // namespace genstage
