#include <gtest/gtest.h>

#include <genstage/stage/conversation_test.hpp>
#include <genstage/stage/operations.hpp>
#include <random>
#include <stdexcept>

// A producer talks plainly with an only consumer, past its dispatcher and its sums. Whatever
// happens, nobody can tell that from the ordinary way.
namespace genstage {
namespace {

using namespace conversation;

/// Decides as the demand dispatcher does, but a stage does not know that, so that all goes the
/// ordinary way.
class ordinary {
 public:
  admission subscribe(const joining& wish) { return inner_.subscribe(wish); }
  void cancel(unique_id tag) { inner_.cancel(tag); }
  void ask(unique_id tag, demand asked) { inner_.ask(tag, asked); }
  [[nodiscard]] demand deliverable() const { return inner_.deliverable(); }
  [[nodiscard]] demand outstanding(unique_id tag) const { return inner_.outstanding(tag); }
  std::span<const delivery> dispatch(std::uint64_t count) { return inner_.dispatch(count); }

 private:
  demand_dispatcher inner_;
};

struct fail_next {};

/// Mostly answers a demand exactly; at times with less, with more, or by throwing.
template <class D>
class moody final : public producer<std::int64_t> {
 public:
  moody(std::uint64_t seed, journal* seen) : choose_{seed}, seen_{seen} {}
  auto dispatcher() const { return D{}; }

  void handle_demand(demand asked, output<std::int64_t>& out) override {
    seen_->push_back("demand " + std::to_string(asked.count()));
    auto made = static_cast<std::int64_t>(asked);
    const auto mood = choose_() % 12;
    if (mood == 0) made = 0;
    if (mood == 1) --made;
    if (mood == 2) made += 2;
    while (made-- > 0) out.emit(next_++);
    if (fails_) throw std::runtime_error{"a bad mood"};
  }
  void handle_cast(emit told, output<std::int64_t>& out) { out.append(told.events); }
  void handle_cast(fail_next) { fails_ = true; }
  void handle_cancel(const cancellation& ended) override { seen_->push_back(described(ended)); }
  void terminate(const exit_reason& reason) override {
    seen_->push_back("terminate " + to_string(reason));
  }

 private:
  std::mt19937_64 choose_;
  journal* seen_;
  std::int64_t next_ = 0;
  bool fails_ = false;
};
static_assert(producer_side<std::int64_t, moody<demand_dispatcher>>::may_be_plain);
static_assert(!producer_side<std::int64_t, moody<ordinary>>::may_be_plain);

/// What everybody saw, in the order in which it happened.
template <class D>
journal life(std::uint64_t seed) {
  journal seen;
  world here{seed};
  std::mt19937_64 choose{seed};
  const auto pick = [&](std::uint64_t limit) {
    return static_cast<std::int64_t>(choose() % limit);
  };
  const auto from = here.start<moody<D>>(seed, &seen);
  std::vector<ref<sink>> sinks;
  const auto arrive = [&](sink_rules rules) {
    sinks.push_back(here.start<sink>(&seen, std::move(rules)));
    (void)subscribe(sinks.back(), from,
                    {.max_demand = 1 + pick(4), .cancel = cancel_mode::temporary});
  };
  arrive({.mode = subscription_mode::manual, .first_ask = 1});
  for (int turn = 0; turn < 60; ++turn) {
    const ref<sink>& one = sinks[static_cast<std::size_t>(pick(sinks.size()))];
    switch (pick(24)) {
      case 0:
        arrive({.mode = subscription_mode::manual});
        break;
      case 1:
        arrive({.stop_at_call = 20});
        break;
      case 2:
        cast(one, leave{exit_reason::normal()});
        break;
      case 3:
        cast(from, emit{sequence(1'000 * turn, 1 + pick(3))});
        break;
      case 4:
        set_demand(from, pick(2) == 0 ? demand_mode::accumulate : demand_mode::forward);
        break;
      case 5:
        if (pick(4) == 0) cast(from, fail_next{});
        break;
      default:
        cast(one, ask_for{1 + pick(3)});
    }
    if (pick(3) > 0) here.sim.settle();
  }
  const auto buffered = here.sim.run_until(estimate_buffered_count(from));
  seen.push_back(buffered && *buffered ? std::to_string(**buffered) : "nobody");
  return seen;
}

TEST(plain_conversation_seeds_sim_test, nobody_can_tell_it_from_the_ordinary_way) {
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    EXPECT_EQ(life<demand_dispatcher>(seed), life<ordinary>(seed)) << "seed " << seed;
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace genstage
