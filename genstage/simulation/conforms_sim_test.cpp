#include <gtest/gtest.h>

#include <genstage/genstage.hpp>
#include <genstage/simulation/conforms.hpp>
#include <map>
#include <memory>
#include <ranges>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>

namespace genstage {
namespace {

using namespace std::chrono_literals;

class counter : public producer<int> {
 public:
  void handle_demand(demand asked, output<int>& out) override {
    out.append(std::views::iota(next_, next_ + static_cast<int>(asked)));
    next_ += static_cast<int>(asked);
  }

 private:
  int next_ = 0;
};

class tripler final : public producer_consumer<int, std::string> {
 public:
  void handle_events(std::span<int> events, output<std::string>& out) override {
    for (const int event : events) {
      for (int copy = 0; copy < 3; ++copy) out.emit(std::to_string(event));
    }
  }
};

class filter final : public producer_consumer<int, int> {
 public:
  void handle_events(std::span<int> events, output<int>& out) override {
    for (const int event : events) {
      if (event % 50 == 0) out.emit(event);
    }
  }
};

class patient final : public async_consumer<std::string> {
 public:
  task<> handle_events(std::span<std::string>) override {
    auto pause = sleep_for(1s);
    co_await std::move(pause);
  }
};

// Ten at a time, and what else was asked for when the clock says so.
class remembering final : public producer<int> {
 public:
  struct tick {};
  void handle_demand(demand asked, output<int>& out) override {
    if (asked_.is_zero()) cast_after(1s, ref<remembering>{self()}, tick{});
    asked_ += asked;
    give(out);
  }
  void handle_cast(tick, output<int>& out) {
    give(out);
    if (!asked_.is_zero()) cast_after(1s, ref<remembering>{self()}, tick{});
  }

 private:
  void give(output<int>& out) {
    for (int count = 0; count < 10 && !asked_.is_zero(); ++count, asked_ -= demand{1}) out.emit(1);
  }
  demand asked_;
};

class shares final : public producer<int> {
 public:
  auto dispatcher() const {
    return partition_dispatcher{{.partitions = 2}, [](const int& event) { return event % 2; }};
  }
  void handle_demand(demand asked, output<int>& out) override {
    for (; !asked.is_zero(); asked -= demand{1}) out.emit(next_++);
  }

 private:
  int next_ = 0;
};

class loud final : public counter {
 public:
  auto dispatcher() const { return broadcast_dispatcher{}; }
};

TEST(conforms_sim_test, stages_that_keep_the_rules_conform) {
  EXPECT_EQ(conforms<shares>().breaches(), "");
  EXPECT_EQ(conforms<loud>().breaches(), "");
  EXPECT_EQ(conforms<counter>().breaches(), "");
  EXPECT_EQ(conforms<tripler>().breaches(), "");
  EXPECT_EQ(conforms<filter>().breaches(), "");
  EXPECT_EQ(conforms<patient>().breaches(), "");
  EXPECT_EQ(conforms<remembering>().breaches(), "");
  EXPECT_EQ(conforms<range_producer<int>>(std::views::iota(0, 50)).breaches(), "");
}

/// What conforms says after the stage's name and the seed.
std::string said(const conformance& found) {
  const std::string& all = found.breaches();
  const std::size_t seed = all.find(": seed ");
  return seed == std::string::npos ? "nothing" : all.substr(all.find(": ", seed + 2) + 2);
}

class forgetful final : public producer<int> {
 public:
  void handle_demand(demand asked, output<int>& out) override {
    for (int count = 0; count < 10 && !asked.is_zero(); ++count, asked -= demand{1}) out.emit(1);
  }
};

TEST(conforms_sim_test, a_producer_that_forgets_what_it_owes_is_found) {
  const std::string found = said(conforms<forgetful>());

  EXPECT_TRUE(found.starts_with("asked for 200 events at once it gave 10, asked for as many in "))
      << found;
  EXPECT_TRUE(found.ends_with("has to be remembered (G-143)")) << found;
}

class minds_leavers final : public producer<int> {
 public:
  void handle_demand(demand, output<int>&) override {}
  void handle_cancel(const cancellation& ended) override {
    if (ended.cause == cancel_cause::down) throw std::runtime_error{"come back"};
  }
};

TEST(conforms_sim_test, a_stage_that_does_not_outlive_its_peers_is_found) {
  const std::string found = said(conforms<minds_leavers>());

  EXPECT_TRUE(found.starts_with("after \"")) << found;
  EXPECT_TRUE(
      found.ends_with("\": it ended with error (std::runtime_error: come back) in "
                      "handle_cancel, and must outlive what its peers do"))
      << found;
}

// Takes two subscriptions of one peer for one.
class knows_peers_only final : public counter {
 public:
  subscription_mode handle_subscribe(peer_role, const subscription& from,
                                     const subscription_options&) override {
    guests_[from.peer.id()] = true;
    return subscription_mode::automatic;
  }
  void handle_cancel(const cancellation& ended) override {
    if (guests_.erase(ended.from.peer.id()) == 0) throw std::logic_error{"who was that?"};
  }

 private:
  std::map<pid, bool> guests_;
};

TEST(conforms_sim_test, a_stage_that_takes_two_subscriptions_of_a_peer_for_one_is_found) {
  const std::string found = said(conforms<knows_peers_only>());

  EXPECT_NE(found.find("std::logic_error: who was that?"), std::string::npos) << found;
}

class helper final : public server {};

// Starts a process with a name that ends only if the stage may say goodbye.
class leaves_a_helper final : public counter {
 public:
  void init() {
    const auto started = spawn<helper>(home(), {.name = "helper"});
    if (!started) throw std::runtime_error{"there is one"};
    helper_ = *started;
  }
  void terminate(const exit_reason&) override { exit(helper_.process(), exit_reason::kill()); }

 private:
  ref<helper> helper_{};
};

TEST(conforms_sim_test, a_stage_that_cannot_take_its_own_place_after_a_kill_is_found) {
  const std::string found = said(conforms<leaves_a_helper>());

  EXPECT_TRUE(
      found.ends_with("it ended with error (std::runtime_error: there is one) in init, and "
                      "must outlive what its peers do"))
      << found;
}

class waits_for_ever final : public async_consumer<int> {
 public:
  task<> handle_events(std::span<int> events) override {
    if (events.size() < 5) co_return;
    auto [far, near] = make_operation<int>();
    kept_ = std::make_unique<completion<int>>(std::move(far));
    operation<int> never = std::move(near);
    (void)co_await std::move(never);
  }

 private:
  std::unique_ptr<completion<int>> kept_;
};

TEST(conforms_sim_test, a_callback_that_waits_for_ever_is_found) {
  EXPECT_TRUE(said(conforms<waits_for_ever>())
                  .ends_with("it does not answer any more: a callback waits for something that "
                             "never comes"));
}

class reads_the_outside final : public counter {
 public:
  explicit reads_the_outside(std::shared_ptr<int> world) : world_{std::move(world)} {}
  void handle_demand(demand asked, output<int>& out) override {
    if (++*world_ % 7 == 0) return;
    counter::handle_demand(asked, out);
  }

 private:
  std::shared_ptr<int> world_;
};

TEST(conforms_sim_test, a_stage_that_is_not_the_same_twice_is_found) {
  EXPECT_TRUE(
      said(conforms<reads_the_outside>(std::make_shared<int>(0))).starts_with("two runs differ: "));
}

class asks_by_hand final : public consumer<int> {
 public:
  subscription_mode handle_subscribe(peer_role, const subscription& from,
                                     const subscription_options& options) override {
    ask(from, demand{options.max_demand});
    return subscription_mode::manual;
  }
  void handle_events(std::span<int>) override {}
};

TEST(conforms_sim_test, a_consumer_that_never_asks_again_is_found) {
  EXPECT_TRUE(said(conforms<asks_by_hand>())
                  .ends_with("it has handled what it had and does not ask for more (G-122)"));
}

TEST(conforms_sim_test, a_breach_names_the_stage_and_the_seed) {
  const conformance found = conforms<forgetful>(conformance_options{.first_seed = 7, .seeds = 1});

  EXPECT_FALSE(found);
  EXPECT_NE(found.breaches().find("forgetful: seed 7: "), std::string::npos) << found.breaches();
}

}  // namespace
}  // namespace genstage
