#include <gtest/gtest.h>

#include <cstdio>
#include <genstage/process/server.hpp>
#include <genstage/simulation/exploration.hpp>
#include <genstage/supervision/supervisor.hpp>
#include <memory>
#include <set>
#include <string>
#include <utility>

// Small programs of which every order is tried.
namespace genstage {
namespace {

using namespace std::chrono_literals;
using endings = std::set<std::string>;

struct letter {
  char text;
};
struct go {};

class reader final : public server {
 public:
  explicit reader(std::string* read) : read_{read} {}
  void handle_cast(letter sent) { *read_ += sent.text; }

 private:
  std::string* read_;
};

class writer final : public server {
 public:
  writer(ref<reader> to, std::string text) : to_{std::move(to)}, text_{std::move(text)} {}
  void handle_cast(go) {
    cast(to_, letter{text_.front()});
    text_.erase(0, 1);
    if (!text_.empty()) cast(ref<writer>{self()}, go{});
  }

 private:
  ref<reader> to_;
  std::string text_;
};

/// Writers that each write two letters to one reader.
class letters final : public explored_program {
 public:
  explicit letters(endings* seen) : seen_{seen} {
    const auto to = *spawn<reader>(world_.home(), {}, &read_);
    for (const char* text : {"ab", "xy"}) {
      cast(*spawn<writer>(world_.home(), {}, to, std::string{text}), go{});
    }
  }
  simulation& world() override { return world_; }
  std::optional<std::string> broken(bool is_at_rest) override {
    if (is_at_rest) seen_->insert(read_);
    return std::nullopt;
  }
  std::string state() const override { return read_; }

 private:
  endings* seen_;
  std::string read_;
  simulation world_{1};
};

const endings all_orders{"abxy", "axby", "axyb", "xaby", "xayb", "xyab"};

exploration explore_letters(endings& seen, const exploration_options& options) {
  return explore([&] { return std::make_unique<letters>(&seen); }, options);
}

TEST(exploration_sim_test, every_order_that_messages_can_have_is_seen) {
  endings seen;

  const exploration all = explore_letters(seen, {});

  EXPECT_EQ(seen, all_orders);
  EXPECT_TRUE(all.is_complete);
  EXPECT_EQ(all.at_rest, all_orders.size());
}

TEST(exploration_sim_test, what_is_skipped_and_merged_hides_no_state) {
  for (const bool merge_equal : {true, false}) {
    endings seen_all;
    endings seen_some;

    const exploration all =
        explore_letters(seen_all, {.skip_commuting = false, .merge_equal = merge_equal});
    const exploration some = explore_letters(seen_some, {.merge_equal = merge_equal});

    EXPECT_EQ(seen_all, all_orders);
    EXPECT_EQ(seen_some, all_orders);
    EXPECT_EQ(some.states, all.states);
    EXPECT_EQ(some.depth, all.depth);
    EXPECT_LT(some.transitions, all.transitions);
    std::printf("letters, %s: %s; without skipping: %s\n", merge_equal ? "merged" : "not merged",
                to_string(some).c_str(), to_string(all).c_str());
  }
}

TEST(exploration_sim_test, an_exploration_that_grows_too_large_says_that_it_is_not_complete) {
  endings seen;

  const exploration some = explore_letters(seen, {.most_states = 20});

  EXPECT_FALSE(some.is_complete);
  EXPECT_NE(to_string(some).find("not complete"), std::string::npos);
}

/// A message and a timer that is due at the same instant.
class race final : public explored_program {
 public:
  explicit race(endings* seen) : seen_{seen} {
    const auto to = *spawn<reader>(world_.home(), {}, &read_);
    cast_after(0ms, to, letter{'t'});
    cast(*spawn<writer>(world_.home(), {}, to, std::string{"m"}), go{});
  }
  simulation& world() override { return world_; }
  std::optional<std::string> broken(bool is_at_rest) override {
    if (is_at_rest) seen_->insert(read_);
    return std::nullopt;
  }

 private:
  endings* seen_;
  std::string read_;
  simulation world_{1};
};

TEST(exploration_sim_test, a_timer_that_is_due_fires_before_and_after_each_message) {
  endings seen;

  (void)explore([&] { return std::make_unique<race>(&seen); });

  EXPECT_EQ(seen, (endings{"tm", "mt"}));
}

/// Waits with a letter in its frame, where no description reaches.
class slow_reader final : public server {
 public:
  explicit slow_reader(std::string* read) : read_{read} {}
  task<> handle_cast(letter sent) {
    auto pause = sleep_for(1s);
    co_await std::move(pause);
    *read_ += sent.text;
  }
  std::string describe_state() const { return "reads"; }

 private:
  std::string* read_;
};

/// Lets the first letter through and no other.
class gate final : public server {
 public:
  explicit gate(ref<slow_reader> to) : to_{std::move(to)} {}
  void handle_cast(letter sent) {
    if (!std::exchange(is_shut_, true)) cast(to_, sent);
  }
  std::string describe_state() const { return is_shut_ ? "shut" : "open"; }

 private:
  ref<slow_reader> to_;
  bool is_shut_ = false;
};

class carrier final : public server {
 public:
  carrier(ref<gate> to, char text) : to_{std::move(to)}, text_{text} {}
  void handle_cast(go) { cast(to_, letter{text_}); }
  std::string describe_state() const { return std::string{text_}; }

 private:
  ref<gate> to_;
  char text_;
};

class two_carriers final : public explored_program {
 public:
  explicit two_carriers(endings* seen) : seen_{seen} {
    const auto last = *spawn<slow_reader>(world_.home(), {}, &read_);
    const auto between = *spawn<gate>(world_.home(), {}, last);
    for (const char text : {'a', 'x'}) {
      cast(*spawn<carrier>(world_.home(), {}, between, text), go{});
    }
  }
  simulation& world() override { return world_; }
  std::optional<std::string> broken(bool is_at_rest) override {
    if (is_at_rest) seen_->insert(read_);
    return std::nullopt;
  }
  std::string state() const override { return read_; }

 private:
  endings* seen_;
  std::string read_;
  simulation world_{1};
};

TEST(exploration_sim_test, states_that_differ_in_a_callback_that_waits_are_not_merged) {
  endings seen;

  const exploration all = explore([&] { return std::make_unique<two_carriers>(&seen); },
                                  {.identity = state_identity::description});

  EXPECT_TRUE(all.is_complete);
  EXPECT_EQ(seen, (endings{"a", "x"}));
}

// A clerk that takes a ticket and sells it in one callback, or in two.

enum class selling : std::uint8_t { at_once, later };
struct take_ticket {};
struct sell_ticket {};

class clerk final : public server {
 public:
  clerk(int* left, int* sold, selling how) : left_{left}, sold_{sold}, how_{how} {}
  void handle_cast(take_ticket) {
    --*left_;
    if (how_ == selling::at_once) {
      ++*sold_;
    } else {
      cast(ref<clerk>{self()}, sell_ticket{});
    }
  }
  void handle_cast(sell_ticket) { ++*sold_; }

 private:
  int* left_;
  int* sold_;
  selling how_;
};

class box_office final : public explored_program {
 public:
  explicit box_office(selling how) {
    const auto who = *spawn<clerk>(world_.home(), {.name = "clerk"}, &left_, &sold_, how);
    cast(who, take_ticket{});
    cast(who, take_ticket{});
  }
  simulation& world() override { return world_; }
  std::optional<std::string> broken(bool is_at_rest) override {
    if (is_at_rest && left_ + sold_ != 2) return "a ticket is lost";
    return std::nullopt;
  }
  std::string state() const override { return std::to_string(left_) + " " + std::to_string(sold_); }

 private:
  int left_ = 2;
  int sold_ = 0;
  simulation world_{1};
};

exploration explore_office(selling how, std::size_t kills) {
  return explore([how] { return std::make_unique<box_office>(how); }, {.kills = kills});
}

TEST(exploration_sim_test, a_kill_at_every_step_finds_what_breaks_and_tells_the_way) {
  EXPECT_FALSE(explore_office(selling::at_once, 1).broken);
  EXPECT_FALSE(explore_office(selling::later, 0).broken);

  const exploration seen = explore_office(selling::later, 1);

  EXPECT_EQ(seen.broken, "a ticket is lost");
  EXPECT_NE(to_string(seen).find("\n  kill <0.1>\n"), std::string::npos) << to_string(seen);
  EXPECT_NE(to_string(seen).find("clerk takes "), std::string::npos) << to_string(seen);
}

/// A supervisor and two children, of which either, or the supervisor, is killed.
class family final : public explored_program {
 public:
  family() {
    supervisor_spec tree{.strategy = restart_strategy::one_for_all};
    for (const char* id : {"a", "b"}) {
      child_spec child{.id = id, .start = {}, .name = id};
      child.start = [this](runtime& home, spawn_options options) -> result<process_ref> {
        auto spawned = spawn<reader>(home, std::move(options), &unread_);
        if (!spawned) return std::unexpected{spawned.error()};
        return spawned->process();
      };
      tree.children.push_back(std::move(child));
    }
    top_ = start_supervisor(world_.home(), std::move(tree), {.name = "top"})->process().id();
  }
  simulation& world() override { return world_; }
  std::optional<std::string> broken(bool is_at_rest) override {
    const std::size_t expected = world_.home().find(top_) ? 3 : 0;
    if (!is_at_rest || world_.home().process_count() == expected) return std::nullopt;
    return std::to_string(world_.home().process_count()) + " live";
  }

 private:
  std::string unread_;
  simulation world_{1};
  pid top_;
};

TEST(exploration_sim_test, a_supervisor_is_whole_or_gone_whoever_is_killed_when) {
  const auto make = [] { return std::make_unique<family>(); };

  const exploration some = explore(make, {.kills = 1});
  const exploration all = explore(make, {.kills = 1, .skip_commuting = false});

  EXPECT_FALSE(some.broken) << to_string(some);
  EXPECT_TRUE(some.is_complete);
  EXPECT_EQ(some.states, all.states);
  EXPECT_LE(some.transitions, all.transitions);
  std::printf("a supervisor with two children, one kill: %s\n", to_string(some).c_str());
}

}  // namespace
}  // namespace genstage
