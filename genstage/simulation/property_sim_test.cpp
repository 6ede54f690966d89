#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <genstage/process/server.hpp>
#include <genstage/simulation/property.hpp>
#include <genstage/simulation/simulation_arguments.hpp>
#include <genstage/supervision/supervisor.hpp>
#include <memory>
#include <string>

// A box office whose clerk takes a ticket in one callback and sells it in the next: whoever kills
// it in between, loses the ticket.
namespace genstage {
namespace {

struct take_ticket {};
struct sell_ticket {};

struct office {
  int left = 5;
  int sold = 0;
};

class clerk final : public server {
 public:
  explicit clerk(office* books) : books_{books} {}
  void handle_cast(take_ticket) {
    if (books_->left == 0) return;
    --books_->left;
    cast(ref<clerk>{self()}, sell_ticket{});
  }
  void handle_cast(sell_ticket) { ++books_->sold; }

 private:
  office* books_;
};

child_spec clerk_at(office* books) {
  child_spec made{.id = "clerk", .start = {}, .name = "clerk"};
  made.start = [books](runtime& home, spawn_options options) -> result<process_ref> {
    auto spawned = spawn<clerk>(home, std::move(options), books);
    if (!spawned) return std::unexpected{spawned.error()};
    return spawned->process();
  };
  return made;
}

bool is_clerk(std::string_view subject) {
  return subject == "clerk";
}

void no_ticket_is_lost(trial& once) {
  office books;
  simulation world{once.seed()};
  once.run_in(world);
  supervisor_spec tree;
  tree.limits.restarts = 100;
  tree.children.push_back(clerk_at(&books));
  const auto top = *start_supervisor(world.home(), std::move(tree), {});
  for (int customer = 0; customer < 5; ++customer) {
    world.settle();
    if (auto found = find(world.home(), name<clerk>{"clerk"})) cast(*found, take_ticket{});
  }
  world.settle();
  once.expect(books.left + books.sold == 5, "a ticket is lost");
}

property_options deadly() {
  return {.seeds = 1'000,
          .faults = {.kill = 0.05, .callback = 0.05, .at_most = 4, .may_fail = is_clerk}};
}

TEST(property_sim_test, a_property_that_holds_is_never_reported) {
  EXPECT_FALSE(find_failure({.seeds = 200}, no_ticket_is_lost));
}

TEST(property_sim_test, a_broken_one_is_shrunk_to_the_single_fault_that_matters) {
  const auto broken = find_failure(deadly(), no_ticket_is_lost);

  ASSERT_TRUE(broken);
  EXPECT_EQ(broken->why, "a ticket is lost");
  ASSERT_EQ(broken->faults.size(), 1U) << to_string(*broken);
  EXPECT_EQ(broken->faults[0].subject, "clerk");
}

TEST(property_sim_test, a_failure_says_how_to_see_it_again) {
  simulation_arguments::of_program().command = "box_office";
  const property_failure failure{17,
                                 {{fault_kind::kill, "clerk", 9}},
                                 "a ticket is lost",
                                 4,
                                 {{fault_kind::kill, "clerk", 3}, {fault_kind::drop, "n", 1}},
                                 12};

  EXPECT_EQ(to_string(failure),
            "property: broken with seed 17, faults \"kill clerk at step 9\": a ticket is lost\n"
            "  found with seed 4, faults \"kill clerk at step 3; drop crossing 1 of n\"; 12 runs "
            "to this\n"
            "  replay: box_office --replay 17 --faults 'kill clerk at step 9'");
}

TEST(property_sim_test, the_plan_of_a_run_gives_the_same_trace_byte_by_byte) {
  std::size_t with_faults = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    std::string chosen;
    std::string planned;

    const trial_outcome first = run_trial(no_ticket_is_lost, deadly(), seed, std::nullopt,
                                          [&](std::string_view line) { (chosen += line) += '\n'; });
    const trial_outcome second =
        run_trial(no_ticket_is_lost, {}, seed, first.faults,
                  [&](std::string_view line) { (planned += line) += '\n'; });

    EXPECT_EQ(chosen, planned) << seed;
    EXPECT_EQ(first.why, second.why) << seed;
    EXPECT_EQ(first.faults, second.faults) << seed;
    EXPECT_GT(chosen.size(), 500U);
    with_faults += first.faults.empty() ? 0 : 1;
  }
  EXPECT_GT(with_faults, 50U);
}

TEST(property_sim_test, what_a_property_throws_breaks_it) {
  const auto broken =
      find_failure({.seeds = 1}, [](trial&) { throw std::runtime_error{"no world today"}; });

  EXPECT_EQ(broken->why, "it threw \"no world today\"");
}

// What follows is a program of its own, as a reader of a failure would run it.

TEST(property_sim_test, DISABLED_box_office) {
  const auto broken = find_failure(deadly(), no_ticket_is_lost);
  ASSERT_FALSE(broken) << to_string(*broken);
}

std::string output_of(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe{popen((command + " 2>&1").c_str(), "r"),
                                                   &pclose};
  std::string all;
  std::array<char, 4096> some{};
  while (std::fgets(some.data(), some.size(), pipe.get()) != nullptr) all += some.data();
  return all;
}

std::string trace_in(const std::string& output) {
  const std::size_t begin = output.find("0 0ms ");
  const std::size_t end = output.find("genstage/simulation/property_sim_test.cpp", begin);
  return begin < end ? output.substr(begin, end - begin) : "";
}

TEST(property_sim_test, the_command_that_a_failure_prints_replays_it) {
  const std::string disabled = " --gtest_also_run_disabled_tests";
  const std::string program{testing::internal::GetArgvs().front()};

  const std::string said =
      output_of(program + disabled + " --gtest_filter=property_sim_test.DISABLED_box_office");
  const std::size_t at = said.find("replay: ");
  ASSERT_NE(at, std::string::npos) << said;
  const std::string command = said.substr(at + 8, said.find('\n', at) - at - 8) + disabled;
  const std::string first = trace_in(output_of(command));
  const std::string second = trace_in(output_of(command));

  EXPECT_NE(first.find("fault: "), std::string::npos) << command;
  EXPECT_EQ(first, second);
}

}  // namespace
}  // namespace genstage
