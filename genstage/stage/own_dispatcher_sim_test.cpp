#include <gtest/gtest.h>

#include <algorithm>
#include <genstage/stage/conversation_test.hpp>
#include <vector>

// A dispatcher that is none of the library's, at work in a stage: section 13 of the specification.
namespace genstage {
namespace {

using namespace conversation;

/// A dispatcher of the test's own: urgent events (negative ones) to the first consumer, the others
/// to the second, and zeros to nobody.
class two_lanes {
 public:
  admission subscribe(const joining& wish) {
    if (lanes_.size() == 2) return std::unexpected{exit_reason::user("both lanes are taken")};
    lanes_.push_back({wish.tag, demand{}});
    return {};
  }
  void cancel(unique_id tag) {
    std::erase_if(lanes_, [&](const lane& each) { return each.tag == tag; });
  }
  void ask(unique_id tag, demand asked) { find(tag)->left += asked; }
  [[nodiscard]] demand deliverable() const {
    return lanes_.size() < 2 ? demand{} : std::max(lanes_[0].left, lanes_[1].left);
  }
  [[nodiscard]] demand outstanding(unique_id tag) const {
    return std::ranges::find(lanes_, tag, &lane::tag)->left;
  }
  std::span<const delivery> dispatch(std::span<std::int64_t> events) {
    decided_.clear();
    for (const std::int64_t event : events) {
      if (event == 0) {
        decided_.push_back({unique_id::none, 1});  // Costs nobody any demand.
        continue;
      }
      lane* const to = lanes_.size() < 2 ? nullptr : &lanes_[event < 0 ? 0 : 1];
      if (to == nullptr || to->left.is_zero()) break;
      to->left -= demand{1};
      decided_.push_back({to->tag, 1});
    }
    return decided_;
  }

 private:
  struct lane {
    unique_id tag;
    demand left;
  };
  lane* find(unique_id tag) { return &*std::ranges::find(lanes_, tag, &lane::tag); }

  std::vector<lane> lanes_;
  std::vector<delivery> decided_;
};
static_assert(routing_dispatcher<two_lanes, std::int64_t>);
static_assert(counting_dispatcher<demand_dispatcher>);

class triage final : public producer<std::int64_t> {
 public:
  auto dispatcher() const { return two_lanes{}; }
  void handle_demand(demand, output<std::int64_t>&) override {}
  void handle_cast(emit told, output<std::int64_t>& out) { out.append(told.events); }
};

/// Takes one consumer, and notes whose ends it is told of.
class exclusive {
 public:
  explicit exclusive(std::vector<unique_id>* told) : told_{told} {}

  admission subscribe(const joining&) {
    if (is_taken_) return std::unexpected{exit_reason::user("it is taken")};
    is_taken_ = true;
    return {};
  }
  void cancel(unique_id tag) {
    told_->push_back(tag);
    is_taken_ = false;
  }
  void ask(unique_id, demand asked) { left_ += asked; }
  [[nodiscard]] demand deliverable() const { return {}; }
  [[nodiscard]] demand outstanding(unique_id) const { return left_; }
  std::span<const delivery> dispatch(std::uint64_t) { return {}; }

 private:
  std::vector<unique_id>* told_;
  bool is_taken_ = false;
  demand left_;
};

class shop final : public producer<std::int64_t> {
 public:
  explicit shop(std::vector<unique_id>* told) : told_{told} {}
  auto dispatcher() const { return exclusive{told_}; }
  void handle_demand(demand, output<std::int64_t>&) override {}

 private:
  std::vector<unique_id>* told_;
};

// G-097: GenStage calls the dispatcher's cancel for it.
TEST(own_dispatcher_sim_test, a_dispatcher_is_told_of_no_end_of_what_it_has_not_taken) {
  world here;
  journal first;
  journal second;
  std::vector<unique_id> told;
  const auto from = here.start<shop>(&told);
  const subscription_options may_end{.cancel = cancel_mode::temporary};
  const unique_id taken = here.join(here.start<sink>(&first), from, may_end);
  here.join(here.start<sink>(&second), from, may_end);
  here.sim.settle();
  ASSERT_EQ(second.size(), 2U) << "it was refused, and heard of it";
  EXPECT_EQ(told, std::vector<unique_id>{});

  cancel(from, taken, exit_reason::normal());
  here.sim.settle();

  EXPECT_EQ(told, std::vector<unique_id>{taken});
}

// G-219, G-224
TEST(own_dispatcher_sim_test, a_dispatcher_of_ones_own_routes_events_one_by_one) {
  recorder records{1U << 12U};
  world here{1, &records};
  journal first;
  journal second;
  const auto start_manual = [&](journal& into) {
    return here.start<sink>(&into, sink_rules{.mode = subscription_mode::manual});
  };
  const auto from = here.start<triage>();
  const auto urgent = start_manual(first);
  const auto others = start_manual(second);
  here.join(urgent, from);
  here.join(others, from);
  cast(urgent, ask_for{2});
  cast(others, ask_for{3});
  here.sim.settle();

  cast(from, emit{{1, -1, 2, 0, -2, -3, 4}});
  here.sim.settle();
  EXPECT_EQ(first, (journal{"joins producer", "-1..-2 (2)"}));
  EXPECT_EQ(second, (journal{"joins producer", "1..2 (2)"}));

  // What waits behind an event that nobody takes keeps its place.
  cast(others, ask_for{5});
  here.sim.settle();
  EXPECT_EQ(second.size(), 2U);
  cast(urgent, ask_for{1});
  here.sim.settle();
  EXPECT_EQ(first.back(), "-3..-3 (1)");
  EXPECT_EQ(second.back(), "4..4 (1)");
  std::uint64_t discarded = 0;
  for (const record& each : records.read()) {
    discarded += each.kind == record_kind::discarded ? each.count : 0;
  }
  EXPECT_EQ(discarded, 1U);
}

}  // namespace
}  // namespace genstage
