// The code that docs/guide.md shows, and that it does what the guide says. Real programs would have
// their stages in files of their own.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <genstage/genstage.hpp>
#include <genstage/simulation/simulation.hpp>
#include <ranges>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace gs = genstage;

namespace {

using namespace std::chrono_literals;

class counter final : public gs::producer<std::int64_t> {
 public:
  void handle_demand(gs::demand asked, gs::output<std::int64_t>& out) override {
    const auto count = static_cast<std::int64_t>(asked);
    out.append(std::views::iota(next_, next_ + count));
    next_ += count;
  }

 private:
  std::int64_t next_ = 0;
};

struct arrived {
  std::vector<std::string> lines;
};

// What comes from outside is a message; what nobody has asked for yet is buffered.
class inlet final : public gs::producer<std::string> {
 public:
  void handle_demand(gs::demand, gs::output<std::string>&) override {}

  void handle_cast(arrived news, gs::output<std::string>& out) { out.append(news.lines); }

  gs::buffer_options buffer() const override {
    return {.size = 1000, .keep = gs::buffer_keep::first};
  }
};

// Takes its time for each batch without holding a thread.
class patient final : public gs::async_consumer<std::int64_t> {
 public:
  explicit patient(std::vector<std::int64_t>* done) : done_{done} {}

  gs::task<> handle_events(std::span<std::int64_t> events) override {
    for (const std::int64_t event : events) {
      auto pause = gs::sleep_for(1s);
      co_await std::move(pause);
      done_->push_back(event);
    }
  }

 private:
  std::vector<std::int64_t>* done_;
};

struct add {
  std::int64_t value;
};
struct get_sum {};

class tally final : public gs::server {
 public:
  void handle_cast(add request) { sum_ += request.value; }
  std::int64_t handle_call(get_sum) const { return sum_; }

 private:
  std::int64_t sum_ = 0;
};

inline constexpr gs::name<tally> totals{"totals"};

class adder final : public gs::async_consumer<std::int64_t> {
 public:
  gs::task<> handle_events(std::span<std::int64_t> events) override {
    for (const std::int64_t event : events) (void)gs::cast(home(), totals, add{event});
    const auto found = gs::find(home(), totals);
    if (!found) co_return;
    auto asked = gs::call(*found, get_sum{});
    const auto sum = co_await std::move(asked);
    if (sum && *sum > 1000) stop(gs::exit_reason::normal());
  }
};

// At most five events a second, whatever the producer could give.
class rate_limited final : public gs::consumer<std::int64_t> {
 public:
  struct next_second {};
  explicit rate_limited(std::vector<std::int64_t>* taken) : taken_{taken} {}

  gs::subscription_mode handle_subscribe(gs::peer_role, const gs::subscription& from,
                                         const gs::subscription_options&) override {
    producer_ = from;
    gs::cast(gs::ref<rate_limited>{self()}, next_second{});
    return gs::subscription_mode::manual;
  }

  void handle_cast(next_second) {
    ask(producer_, gs::demand{5});
    gs::cast_after(1s, gs::ref<rate_limited>{self()}, next_second{});
  }

  void handle_events(std::span<std::int64_t> events) override {
    taken_->insert(taken_->end(), events.begin(), events.end());
  }

 private:
  gs::subscription producer_{};
  std::vector<std::int64_t>* taken_;
};

class fragile final : public gs::consumer<std::int64_t> {
 public:
  void handle_events(std::span<std::int64_t>) override {
    throw std::runtime_error{"no room on the disk"};
  }
};

inline constexpr gs::name<counter> numbers{"numbers"};
inline constexpr gs::name<adder> added{"added"};
inline constexpr gs::name<fragile> written{"written"};

gs::supervisor_spec tree() {
  return {.strategy = gs::restart_strategy::rest_for_one,
          .limits = {.restarts = 3, .within = 5s},
          .children = {gs::child(totals), gs::child(numbers),
                       gs::child(added)
                           .times(2)
                           .subscribe_to(numbers, {.max_demand = 10})
                           .restart(gs::restart_type::transient)
                           .shutdown(2s)}};
}

TEST(guide_sim_test, a_patient_consumer_takes_one_second_for_each_event) {
  gs::simulation world{1};
  std::vector<std::int64_t> done;
  const auto source = gs::spawn<counter>(world.home(), {});
  const auto slow = gs::spawn<patient>(world.home(), {}, &done);
  (void)world.run_until(gs::subscribe(*slow, *source, {.max_demand = 4}));

  world.run_for(10s);

  EXPECT_EQ(done.size(), 10U);
}

TEST(guide_sim_test, what_arrives_from_outside_waits_until_somebody_asks) {
  class keeper final : public gs::consumer<std::string> {
   public:
    explicit keeper(std::vector<std::string>* kept) : kept_{kept} {}
    void handle_events(std::span<std::string> lines) override {
      kept_->insert(kept_->end(), lines.begin(), lines.end());
    }

   private:
    std::vector<std::string>* kept_;
  };
  gs::simulation world{1};
  std::vector<std::string> kept;
  const auto from = gs::spawn<inlet>(world.home(), {});
  gs::cast(*from, arrived{{"one", "two"}});
  world.settle();

  const auto to = gs::spawn<keeper>(world.home(), {}, &kept);
  (void)world.run_until(gs::subscribe(*to, *from));
  world.settle();

  EXPECT_EQ(kept, (std::vector<std::string>{"one", "two"}));
}

TEST(guide_sim_test, a_rate_limited_consumer_takes_five_events_a_second) {
  gs::simulation world{1};
  std::vector<std::int64_t> taken;
  const auto source = gs::spawn<counter>(world.home(), {});
  const auto slow = gs::spawn<rate_limited>(world.home(), {}, &taken);
  (void)world.run_until(gs::subscribe(*slow, *source));

  world.run_for(3500ms);

  EXPECT_EQ(taken.size(), 20U);
}

TEST(guide_sim_test, stages_call_servers_and_stop_when_they_have_enough) {
  gs::simulation world{1};
  const auto top = world.home().spawn(std::make_unique<gs::supervisor>(tree()));

  world.run();

  EXPECT_TRUE(world.home().find("totals"));
  EXPECT_FALSE(world.home().find("added/0"));
  EXPECT_FALSE(world.home().find("added/1"));
  EXPECT_TRUE(*top);
}

TEST(guide_sim_test, a_stage_that_keeps_crashing_uses_up_the_restart_budget) {
  gs::simulation world{1};
  gs::supervisor_spec crashing{
      .limits = {.restarts = 3, .within = 5s},
      .children = {gs::child(numbers), gs::child(written).subscribe_to(numbers)}};
  const auto top = world.home().spawn(std::make_unique<gs::supervisor>(std::move(crashing)));

  const auto reason = world.run_until(world.home().down(*top));

  EXPECT_EQ(**reason, gs::exit_reason::shutdown());
}

TEST(guide_sim_test, every_interleaving_delivers_in_order) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    gs::simulation world{seed};
    std::vector<std::int64_t> done;
    const auto source = gs::spawn<counter>(world.home(), {});
    const auto slow = gs::spawn<patient>(world.home(), {}, &done);
    (void)world.run_until(gs::subscribe(*slow, *source, {.max_demand = 4}));

    world.run_for(5s);

    ASSERT_EQ(done, (std::vector<std::int64_t>{0, 1, 2, 3, 4})) << "seed " << seed;
  }
}

}  // namespace
