#include <gtest/gtest.h>

#include <any>
#include <genstage/stage/conversation_test.hpp>
#include <genstage/stage/operations.hpp>
#include <stdexcept>

// What a stage tells its dispatcher, and when: section 13 of the specification, with the
// recommendations G-097 and G-098.
namespace genstage {
namespace {

using namespace conversation;

struct dispatcher_rules {
  /// The operation that throws; empty for none.
  std::string throws_in{};
  /// Refuses whoever has this as its own option.
  std::string refused{};
};

/// Writes down what it is told, and leaves the decisions to a demand dispatcher.
class scribe {
 public:
  scribe(journal* told, dispatcher_rules rules) : told_{told}, rules_{std::move(rules)} {}

  admission subscribe(const joining& wish) {
    const auto* own = std::any_cast<std::string>(&wish.options.user);
    note("subscribe", own != nullptr ? *own : "");
    if (own != nullptr && *own == rules_.refused) {
      return std::unexpected{exit_reason::user("is full, 0 more are allowed; refused")};
    }
    return decides_.subscribe(wish);
  }
  void cancel(unique_id tag) {
    note("cancel", "");
    decides_.cancel(tag);
  }
  void ask(unique_id tag, demand asked) {
    note("ask", std::to_string(asked.count()));
    decides_.ask(tag, asked);
  }
  std::span<const delivery> dispatch(std::uint64_t count) {
    note("dispatch", std::to_string(count));
    return decides_.dispatch(count);
  }
  [[nodiscard]] demand deliverable() const { return decides_.deliverable(); }
  [[nodiscard]] demand outstanding(unique_id tag) const { return decides_.outstanding(tag); }

 private:
  void note(const std::string& what, const std::string& detail) {
    told_->push_back(detail.empty() ? what : what + " " + detail);
    if (rules_.throws_in == what) throw std::runtime_error{"no idea"};
  }

  journal* told_;
  dispatcher_rules rules_;
  demand_dispatcher decides_;
};
static_assert(counting_dispatcher<scribe>);

class office final : public producer<std::int64_t> {
 public:
  office(journal* told, journal* seen, dispatcher_rules rules = {},
         demand_mode mode = demand_mode::forward)
      : told_{told}, seen_{seen}, rules_{std::move(rules)}, mode_{mode} {}
  auto dispatcher() const { return scribe{told_, rules_}; }
  demand_mode initial_demand() const override { return mode_; }
  void handle_demand(demand, output<std::int64_t>&) override {}
  void handle_cancel(const cancellation& ended) override { seen_->push_back(described(ended)); }
  void handle_cast(emit told, output<std::int64_t>& out) { out.append(told.events); }
  void terminate(const exit_reason& reason) override {
    seen_->push_back("terminate " + to_string(reason));
  }

 private:
  journal* told_;
  journal* seen_;
  dispatcher_rules rules_;
  demand_mode mode_;
};

/// Writes down what options it joins with.
class client final : public consumer<std::int64_t> {
 public:
  explicit client(journal* seen) : seen_{seen} {}
  void handle_events(std::span<std::int64_t> events) override {
    seen_->push_back(described(events));
  }
  subscription_mode handle_subscribe(peer_role, const subscription& from,
                                     const subscription_options& options) override {
    seen_->push_back("joins as " + std::any_cast<std::string>(options.user));
    from_ = from;
    return subscription_mode::manual;
  }
  void handle_cancel(const cancellation& ended) override { seen_->push_back(described(ended)); }
  void handle_cast(ask_for told) { ask(from_, demand{told.count}); }

 private:
  journal* seen_;
  subscription from_{};
};

class dispatcher_contract_sim_test : public ::testing::Test {
 protected:
  static subscription_options as(const std::string& who) {
    return {.cancel = cancel_mode::temporary, .user = who};
  }

  world here;
  journal told;
  journal up;
  journal down;
};

// G-055, G-219, G-221
TEST_F(dispatcher_contract_sim_test,
       options_of_the_programs_own_reach_the_consumer_and_dispatcher) {
  const auto from = here.start<office>(&told, &up);

  here.join(here.start<client>(&down), from, as("first class"));
  here.sim.settle();

  EXPECT_EQ(down, (journal{"joins as first class"}));
  EXPECT_EQ(told, (journal{"subscribe first class"}));
}

// G-219, G-222 to G-224, G-226
TEST_F(dispatcher_contract_sim_test, it_is_told_of_each_ask_each_event_and_each_end_once) {
  const auto from = here.start<office>(&told, &up);
  const auto first = here.start<client>(&down);
  const auto second = here.start<client>(&down);
  const unique_id tag = here.join(first, from, as("one"));
  here.join(second, from, as("two"));
  cast(first, ask_for{2});
  here.sim.settle();

  cast(from, emit{sequence(0, 3)});
  here.sim.settle();
  cancel(from, tag, exit_reason::normal());
  here.sim.settle();
  here.kill(second);

  EXPECT_EQ(told,
            (journal{"subscribe one", "subscribe two", "ask 2", "dispatch 3", "cancel", "cancel"}));
  EXPECT_EQ(std::ranges::count(down, "0..1 (2)"), 1);
}

// G-147, G-224
TEST_F(dispatcher_contract_sim_test, it_is_told_of_events_though_nobody_is_subscribed) {
  const auto from = here.start<office>(&told, &up);

  cast(from, emit{sequence(0, 3)});
  here.sim.settle();

  EXPECT_EQ(told, (journal{"dispatch 3"}));
  EXPECT_EQ(**here.sim.run_until(estimate_buffered_count(from)), 3U);
}

// G-097: GenStage has the dispatcher end what it has not taken.
TEST_F(dispatcher_contract_sim_test,
       whom_it_refuses_is_told_in_words_that_name_it_and_all_others_go_on) {
  const auto from =
      here.start_named<office>("office", &told, &up, dispatcher_rules{.refused = "rude"});
  const auto to = here.start_named<client>("rude client", &down);
  here.join(here.start<client>(&down), from, as("polite"));

  here.join(to, from, as("rude"));
  here.sim.settle();

  const std::string why =
      "subscription rude client -> office: scribe: is full, 0 more are allowed; refused";
  EXPECT_EQ(told, (journal{"subscribe polite", "subscribe rude"}));
  EXPECT_EQ(up, (journal{"consumer gone: cancel " + why}));
  EXPECT_EQ(here.lines, (journal{"error " + why}));
  EXPECT_EQ(down.back(), "producer gone: cancel " + why);
  EXPECT_TRUE(here.is_alive(from));
}

// G-158, G-159, G-228
TEST_F(dispatcher_contract_sim_test, while_demand_is_accumulated_it_is_told_of_all_but_events) {
  const auto from = here.start<office>(&told, &up, dispatcher_rules{}, demand_mode::accumulate);
  const auto to = here.start<client>(&down);
  const unique_id tag = here.join(to, from, as("one"));
  cast(to, ask_for{2});
  here.sim.settle();
  cast(from, emit{sequence(0, 3)});
  here.sim.settle();
  cancel(from, tag, exit_reason::normal());
  here.sim.settle();

  EXPECT_EQ(told, (journal{"subscribe one", "ask 2", "cancel"}));
}

// G-229
TEST_F(dispatcher_contract_sim_test, an_exception_in_it_ends_the_stage_after_terminate) {
  for (const std::string where : {"subscribe", "ask", "dispatch", "cancel"}) {
    told.clear();
    up.clear();
    const auto from = here.start<office>(&told, &up, dispatcher_rules{.throws_in = where});
    auto end = here.watch(from);
    const auto to = here.start<client>(&down);
    const unique_id tag = here.join(to, from, as("one"));
    cast(to, ask_for{2});
    here.sim.settle();
    cast(from, emit{sequence(0, 1)});
    here.sim.settle();
    cancel(from, tag, exit_reason::normal());

    const std::string reason = here.fate(end);

    EXPECT_TRUE(reason.starts_with("error (std::runtime_error: no idea)")) << where;
    EXPECT_EQ(told.back().substr(0, where.size()), where);
    EXPECT_EQ(up, (journal{"terminate " + reason}));
  }
}

}  // namespace
}  // namespace genstage
