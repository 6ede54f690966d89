// The part of docs/guide.md about dispatchers.
#include <gtest/gtest.h>

#include <genstage/genstage.hpp>
#include <genstage/simulation/simulation.hpp>
#include <span>
#include <string>
#include <vector>

namespace gs = genstage;

namespace {

struct price {
  std::string share;
  int cents;
};

// Every reader of the same batch: nothing is copied.
class ticker final : public gs::producer<price> {
 public:
  auto dispatcher() const { return gs::broadcast_dispatcher{}; }
  void handle_demand(gs::demand, gs::output<price>&) override {}
  void handle_cast(price news, gs::output<price>& out) { out.emit(std::move(news)); }
};

class wall final : public gs::consumer<const price> {
 public:
  explicit wall(std::vector<std::string>* shown) : shown_{shown} {}
  void handle_events(std::span<const price> prices) override {
    for (const price& each : prices) shown_->push_back(each.share);
  }

 private:
  std::vector<std::string>* shown_;
};

gs::subscription_options expensive() {
  return {.selector = [](const price& each) { return each.cents > 100'00; }};
}

struct mail {
  int user;
  std::string text;
};

// Each user's mails in order, and a user whose mailbox is slow holds up nobody else.
class inbox final : public gs::partitioned_producer<mail> {
 public:
  auto dispatcher() const {
    return gs::partition_dispatcher{{.partitions = 4},
                                    [](const mail& each) { return each.user % 4; }};
  }
  void handle_demand(std::size_t partition, gs::demand asked, gs::output<mail>& out) override {
    for (; !asked.is_zero(); asked -= gs::demand{1}) out.emit({static_cast<int>(partition), "hi"});
  }
};

class mailbox final : public gs::consumer<mail> {
 public:
  explicit mailbox(std::vector<int>* users) : users_{users} {}
  void handle_events(std::span<mail> mails) override {
    for (const mail& each : mails) users_->push_back(each.user);
    if (users_->size() >= 10) stop(gs::exit_reason::normal());
  }

 private:
  std::vector<int>* users_;
};

TEST(dispatchers_sim_test, everybody_sees_each_price_or_those_it_selects) {
  gs::simulation world{1};
  std::vector<std::string> all;
  std::vector<std::string> some;
  const auto source = gs::spawn<ticker>(world.home(), {});
  const auto one = gs::spawn<wall>(world.home(), {}, &all);
  const auto other = gs::spawn<wall>(world.home(), {}, &some);
  (void)world.run_until(gs::subscribe(*one, *source));
  (void)world.run_until(gs::subscribe(*other, *source, expensive()));

  gs::cast(*source, price{"ACME", 120'00});
  gs::cast(*source, price{"Penny", 3});
  world.settle();

  EXPECT_EQ(all, (std::vector<std::string>{"ACME", "Penny"}));
  EXPECT_EQ(some, std::vector<std::string>{"ACME"});
}

TEST(dispatchers_sim_test, each_mailbox_gets_its_own_mails) {
  gs::simulation world{1};
  std::vector<int> users;
  const auto source = gs::spawn<inbox>(world.home(), {});
  const auto second = gs::spawn<mailbox>(world.home(), {}, &users);
  (void)world.run_until(gs::subscribe(*second, *source, {.max_demand = 5, .partition = 2}));

  world.settle();

  EXPECT_GE(users.size(), 10U);
  EXPECT_EQ(users, std::vector<int>(users.size(), 2));
}

}  // namespace
