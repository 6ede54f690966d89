#include <gtest/gtest.h>

#include <algorithm>
#include <genstage/dispatch/broadcast_dispatcher.hpp>
#include <genstage/dispatch/partition_dispatcher.hpp>
#include <genstage/process/scoped_span.hpp>
#include <genstage/stage/conversation_test.hpp>
#include <stdexcept>
#include <string>
#include <vector>

// The trace that batches carry.
namespace genstage {
namespace {

using namespace conversation;
using namespace std::chrono_literals;

const trace_context outside = make_trace(0xa, 0xb, 0xc);

struct emit_traced {
  numbers events;
  trace_context under = outside;
};

/// Emits what it is told to, under a trace or under none.
template <class Dispatcher>
class tracer final : public producer<std::int64_t> {
 public:
  explicit tracer(Dispatcher dispatcher = Dispatcher{}) : dispatcher_{std::move(dispatcher)} {}

  void handle_demand(demand, output<std::int64_t>&) override {}
  void handle_cast(emit_traced told, output<std::int64_t>& out) {
    out.append(told.events);
    out.trace(told.under);
  }
  void handle_cast(emit told, output<std::int64_t>& out) { out.append(told.events); }
  Dispatcher dispatcher() const { return dispatcher_; }

 private:
  Dispatcher dispatcher_;
};
using plain_tracer = tracer<demand_dispatcher>;

/// What it got, and under which span of its own.
struct seen {
  numbers events;
  std::string span;
  bool operator==(const seen&) const = default;
};

class reader final : public consumer<std::int64_t> {
 public:
  explicit reader(std::vector<seen>* into) : into_{into} {}
  void handle_events(std::span<std::int64_t> events) override {
    into_->push_back({{events.begin(), events.end()},
                      trace() != nullptr ? to_traceparent(*trace()) : std::string{"none"}});
    if (events.front() == 13) throw std::runtime_error{"13"};
  }

 private:
  std::vector<seen>* into_;
};

class slow_reader final : public async_consumer<std::int64_t> {
 public:
  task<> handle_events(std::span<std::int64_t>) override {
    auto waiting = sleep_for(3s);
    co_await std::move(waiting);
  }
};

/// Lets even numbers through.
class filter final : public producer_consumer<std::int64_t, std::int64_t> {
 public:
  void handle_events(std::span<std::int64_t> events, output<std::int64_t>& out) override {
    for (const std::int64_t each : events) {
      if (each % 2 == 0) out.emit(each);
    }
  }
};

class trace_sim_test : public testing::Test {
 protected:
  void listen() {
    ASSERT_TRUE(here.sim.home().telemetry().attach<span_ended>(
        "test", [this](const span_ended& span) { spans.push_back(span); }));
  }
  [[nodiscard]] const span_ended& of(const std::string& name) const {
    const auto found = std::ranges::find(spans, name, &span_ended::name);
    if (found == spans.end()) throw std::invalid_argument{name};
    return *found;
  }

  world here;
  std::vector<span_ended> spans;
  std::vector<seen> got;
};

TEST_F(trace_sim_test, each_stage_that_handles_a_batch_adds_a_span_under_the_one_before) {
  const auto from = here.start_named<plain_tracer>("from");
  const auto through = here.start_named<filter>("through");
  const auto to = here.start_named<reader>("to", &got);
  here.join(to, through);
  here.join(through, from);
  listen();

  cast(from, emit_traced{{1, 2, 3, 4}});
  here.sim.settle();

  ASSERT_EQ(spans.size(), 2U);
  const span_ended& first = of("through");
  const span_ended& second = of("to");
  EXPECT_EQ(first.parent, outside.span_id);
  EXPECT_EQ(second.parent, first.context.span_id);
  EXPECT_EQ(second.context.trace_id, outside.trace_id);
  EXPECT_EQ(got, (std::vector<seen>{{{2, 4}, to_traceparent(second.context)}}));
  EXPECT_TRUE(std::ranges::count(first.attributes, std::pair<std::string, attribute_value>{
                                                       "genstage.events", std::int64_t{4}}));
  EXPECT_EQ(second.error, "");
}

TEST_F(trace_sim_test, where_nobody_wants_spans_the_context_is_passed_on_as_it_is) {
  const auto from = here.start<plain_tracer>();
  const auto through = here.start<filter>();
  const auto to = here.start<reader>(&got);
  here.join(to, through);
  here.join(through, from);

  cast(from, emit_traced{{2}});
  here.sim.settle();

  EXPECT_EQ(got, (std::vector<seen>{{{2}, to_traceparent(outside)}}));
}

TEST_F(trace_sim_test, what_is_not_sampled_is_passed_on_and_not_told) {
  trace_context quiet = outside;
  quiet.is_sampled = false;
  const auto from = here.start<plain_tracer>();
  const auto to = here.start<reader>(&got);
  here.join(to, from);
  listen();

  cast(from, emit_traced{{1}, quiet});
  here.sim.settle();

  EXPECT_TRUE(spans.empty());
  EXPECT_EQ(got, (std::vector<seen>{{{1}, to_traceparent(quiet)}}));
}

/// Messages turn round and are filled again, so what was in them must not stay there.
TEST_F(trace_sim_test, a_batch_without_a_trace_has_none_whatever_came_before) {
  const auto from = here.start<plain_tracer>();
  const auto through = here.start<filter>();
  const auto to = here.start<reader>(&got);
  here.join(to, through, {.max_demand = 1, .min_demand = 0});
  here.join(through, from, {.max_demand = 1, .min_demand = 0});

  for (int round = 0; round < 3; ++round) {
    cast(from, emit_traced{{2}});
    here.sim.settle();
    cast(from, emit_traced{{1}});  // The filter makes nothing of it.
    here.sim.settle();
    cast(from, emit{{4}});
    here.sim.settle();
  }

  ASSERT_EQ(got.size(), 6U);
  for (std::size_t each = 0; each < got.size(); ++each) {
    EXPECT_EQ(got[each].span, each % 2 == 0 ? to_traceparent(outside) : "none") << each;
  }
}

TEST_F(trace_sim_test, a_batch_that_is_cut_for_several_consumers_is_traced_in_all_its_parts) {
  const auto from = here.start<plain_tracer>();
  for (int each = 0; each < 3; ++each) {
    here.join(here.start<reader>(&got), from, {.max_demand = 2, .min_demand = 0});
  }

  cast(from, emit_traced{{1, 2, 3, 4, 5}});
  here.sim.settle();

  ASSERT_EQ(got.size(), 3U);
  for (const seen& each : got) EXPECT_EQ(each.span, to_traceparent(outside));
}

TEST_F(trace_sim_test, a_broadcast_is_traced_for_each_consumer) {
  const auto from = here.start<tracer<broadcast_dispatcher>>();
  const auto first = here.start<reader>(&got);
  const auto second = here.start<reader>(&got);
  here.join(first, from);
  here.join(second, from);

  cast(from, emit_traced{{1}});
  here.sim.settle();
  cast(from, emit{{2}});
  here.sim.settle();

  ASSERT_EQ(got.size(), 4U);
  EXPECT_EQ(std::ranges::count(got, seen{{1}, to_traceparent(outside)}), 2);
  EXPECT_EQ(std::ranges::count(got, seen{{2}, "none"}), 2);
}

TEST_F(trace_sim_test, what_is_sorted_into_partitions_stays_in_its_trace) {
  const auto parity = [](const std::int64_t& event) { return static_cast<std::size_t>(event % 2); };
  using dispatcher = decltype(partition_dispatcher{{.partitions = 2}, +parity});
  const auto from = here.start<tracer<dispatcher>>(dispatcher{{.partitions = 2}, +parity});
  here.join(here.start<reader>(&got), from, {.partition = 0});
  here.join(here.start<reader>(&got), from, {.partition = 1});

  cast(from, emit_traced{{1, 2}});
  here.sim.settle();
  cast(from, emit{{3, 4}});
  here.sim.settle();

  ASSERT_EQ(got.size(), 4U);
  for (const seen& each : got) {
    EXPECT_EQ(each.span, each.events.front() < 3 ? to_traceparent(outside) : "none");
  }
}

TEST_F(trace_sim_test, what_waits_in_a_buffer_leaves_its_trace) {
  const auto from = here.start<plain_tracer>();
  cast(from, emit_traced{{1}});
  here.sim.settle();

  here.join(here.start<reader>(&got), from);
  here.sim.settle();

  EXPECT_EQ(got, (std::vector<seen>{{{1}, "none"}}));
}

TEST_F(trace_sim_test, a_span_says_why_its_stage_failed) {
  const auto from = here.start<plain_tracer>();
  const auto to = here.start_named<reader>("to", &got);
  here.join(to, from);
  listen();

  cast(from, emit_traced{{13}});
  here.sim.settle();

  ASSERT_EQ(spans.size(), 1U);
  EXPECT_NE(of("to").error.find("13"), std::string::npos) << of("to").error;
}

TEST_F(trace_sim_test, the_span_of_a_callback_that_waits_lasts_until_it_has_ended) {
  const auto from = here.start<plain_tracer>();
  const auto to = here.start_named<slow_reader>("to");
  here.join(to, from, {.max_demand = 1, .min_demand = 0});
  listen();

  cast(from, emit_traced{{1}});
  here.sim.run();
  cast(from, emit_traced{{1}});
  here.sim.run_for(1s);
  here.kill(to);

  ASSERT_EQ(spans.size(), 2U);
  EXPECT_EQ(spans[0].took, 3s);
  EXPECT_EQ(spans[0].error, "");
  EXPECT_EQ(spans[1].took, 1s);
  EXPECT_EQ(spans[1].error, "killed");
}

TEST_F(trace_sim_test, a_program_tells_spans_of_its_own_under_a_parent_or_as_a_new_trace) {
  listen();
  {
    scoped_span alone{here.sim.home(), "alone"};
    scoped_span below{here.sim.home(), "below", &alone.context()};
    below.be(span_kind::client);
    below.add("peer", "example");
    below.fail("no answer");
    here.sim.run_for(2s);
  }

  ASSERT_EQ(spans.size(), 2U);
  EXPECT_EQ(of("below").parent, of("alone").context.span_id);
  EXPECT_EQ(of("below").error, "no answer");
  EXPECT_EQ(of("alone").parent, (std::array<std::uint8_t, 8>{}));
  EXPECT_TRUE(of("alone").context.is_valid());
  EXPECT_EQ(of("alone").took, 2s);
}

}  // namespace
}  // namespace genstage
