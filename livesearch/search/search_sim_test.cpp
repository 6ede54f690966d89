#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <genstage/http/scripted_client.hpp>
#include <genstage/observe/blame.hpp>
#include <genstage/simulation/property.hpp>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "livesearch/search/lane.hpp"
#include "livesearch/search/search_desk.hpp"

// Whole searches over lanes, in virtual time.
namespace livesearch {
namespace {

using namespace std::chrono_literals;
using genstage::errc;
using genstage::http::scripted_answer;
using lines = std::vector<std::string>;

std::string feed(const std::string& id) {
  return "<rss version=\"2.0\"><channel><item><title>From " + id +
         "</title><link>https://example.org/" + id + "</link></item></channel></rss>";
}

/// Writes what it is told, with the virtual time in milliseconds.
class note_taker final : public search_listener {
 public:
  explicit note_taker(lines* notes) : notes_{notes} {}
  void started(const search_plan& plan) override {
    notes_->push_back(fmt::format("start {} {}", plan.query.text, plan.sites.size()));
  }
  void answered(const searchable_site& site, const site_answer& answer,
                std::chrono::nanoseconds elapsed) override {
    notes_->push_back(
        fmt::format("{} {} {}", site.definition.id, to_string(answer.outcome), elapsed / 1ms));
  }
  void ended(const search_summary& summary) override {
    notes_->push_back(fmt::format("end {} {} results {}/{} {}", to_string(summary.reason),
                                  summary.results, summary.answered, summary.sites,
                                  summary.elapsed / 1ms));
  }

 private:
  lines* notes_;
};

/// Lanes and a desk in a simulation, with sites that answer by script.
class search_world {
 public:
  explicit search_world(std::uint64_t seed) : world{seed} {
    scripted.emplace(world);
    scripted->cross(network);
  }

  static site_definition site(std::string id, std::chrono::milliseconds limit = 3000ms,
                              std::uint32_t concurrency = 2, double rate = 1000) {
    site_definition made;
    made.id = std::move(id);
    made.request.url = "https://" + made.id + ".example.org/?q={query}";
    made.limits.time = limit;
    made.limits.concurrency = concurrency;
    made.limits.rate.count = rate;
    made.answer.format = answer_format::feed;
    return made;
  }

  void open(std::vector<site_definition> definitions) {
    for (const site_definition& each : definitions) {
      client.answer(each.id + ".example", 20ms,
                    scripted_answer("application/rss+xml", feed(each.id)));
    }
    sites = *site_catalog::make(std::move(definitions));
    board.emplace(sites);
    genstage::supervisor_spec tree;
    tree.children.push_back(lanes(sites, {&client, &*board}));
    tree.children.push_back(genstage::child(desk, &*board));
    top = *world.home().spawn(std::make_unique<genstage::supervisor>(std::move(tree)));
    world.settle();
  }

  void search(lines& told, std::stop_token searcher = {}, std::string query = "stage") {
    ASSERT_TRUE(begin(told, searcher, std::move(query)));
    world.settle();
  }
  bool begin(lines& told, const std::stop_token& searcher = {}, std::string query = "stage") {
    auto wish = std::make_shared<search_wish>(search_wish{
        *plan_search(sites, *parse_query(query)), std::make_shared<note_taker>(&told), searcher});
    return genstage::cast(world.home(), desk, search_desk::begin{std::move(wish)}).has_value();
  }
  /// One search for each, of a query of its own.
  void search_apart(std::vector<lines>& all) {
    for (std::size_t index = 0; index < all.size(); ++index) {
      search(all[index], {}, "stage" + std::to_string(index));
    }
  }
  std::size_t searches() {
    const auto found = genstage::find(world.home(), desk);
    return **world.run_until(genstage::call(*found, search_desk::count_searches{}));
  }

  // Before the world, since the world's processes cancel their requests when they are destroyed.
  std::optional<genstage::http::scripted_client> scripted;
  std::optional<lane_board> board;
  genstage::simulation world;
  genstage::boundary network{world, "network"};
  genstage::http::scripted_client& client = *scripted;
  site_catalog sites;
  genstage::process_ref top;
  lines notes;
};

class search_sim_test : public ::testing::Test, public search_world {
 protected:
  search_sim_test() : search_world{1} {}
};

TEST_F(search_sim_test, each_site_is_told_when_it_answers_and_the_search_ends_after_the_last) {
  open({site("wiki"), site("docs")});
  client.answer("docs.example", 70ms, scripted_answer("application/rss+xml", feed("docs")));

  search(notes);
  world.run_for(5s);

  EXPECT_EQ(notes, (lines{"start stage 2", "wiki results 20", "docs results 70",
                          "end complete 2 results 2/2 70"}));
  EXPECT_EQ(searches(), 0U);
}

TEST_F(search_sim_test,
       a_site_that_never_answers_costs_the_fast_one_nothing_and_ends_at_its_limit) {
  open({site("fast"), site("hung", 3000ms)});
  client.ignore("hung.example");

  search(notes);
  world.run_for(10s);

  EXPECT_EQ(notes, (lines{"start stage 2", "fast results 20", "hung timed_out 3000",
                          "end complete 1 results 1/2 3000"}));
  EXPECT_EQ(client.in_flight(), 0U);
}

TEST_F(search_sim_test, killing_a_fetcher_costs_only_its_own_sites_results) {
  for (std::uint64_t seed = 1; seed < 30; ++seed) {
    search_world fresh{seed};
    fresh.open({site("wiki"), site("docs")});
    fresh.search(notes);
    fresh.world.run_for(5ms);

    fresh.world.home().exit(fresh.world.home().find("lane/wiki/fetcher/0"),
                            genstage::exit_reason::kill());
    fresh.world.home().exit(fresh.world.home().find("lane/wiki/fetcher/1"),
                            genstage::exit_reason::kill());
    fresh.world.run_for(5s);
    EXPECT_EQ(notes, (lines{"start stage 2", "wiki skipped 5", "docs results 20",
                            "end complete 1 results 1/2 20"}))
        << "seed " << seed;

    notes.clear();
    fresh.search(notes);
    fresh.world.run_for(5s);
    EXPECT_EQ(notes.back(), "end complete 2 results 2/2 20") << "seed " << seed;
    notes.clear();
  }
}

TEST_F(search_sim_test, a_searcher_who_leaves_aborts_what_is_in_flight) {
  open({site("wiki"), site("docs")});
  std::stop_source searcher;
  search(notes, searcher.get_token());
  world.run_for(5ms);
  ASSERT_EQ(client.in_flight(), 2U);

  searcher.request_stop();
  world.settle();

  EXPECT_EQ(client.in_flight(), 0U);
  EXPECT_EQ(client.cancelled(), 2U);
  EXPECT_EQ(notes, (lines{"start stage 2"}));
  EXPECT_EQ(searches(), 0U);
}

TEST_F(search_sim_test, a_job_whose_searcher_has_left_is_not_fetched) {
  open({site("wiki", 3000ms, 1)});
  lines others;
  std::stop_source searcher;
  search(others, {}, "first");
  search(notes, searcher.get_token(), "second");

  searcher.request_stop();
  world.run_for(5s);

  EXPECT_EQ(client.asked().size(), 1U);
  EXPECT_EQ(others.back(), "end complete 1 results 1/1 20");
}

TEST_F(search_sim_test, the_concurrency_of_a_site_bounds_its_requests_in_flight) {
  open({site("wiki", 3000ms, 2)});
  std::vector<lines> all(5);
  search_apart(all);

  EXPECT_EQ(client.in_flight(), 2U);
  world.run_for(5s);

  EXPECT_EQ(all[0].back(), "end complete 1 results 1/1 20");
  EXPECT_EQ(all[4].back(), "end complete 1 results 1/1 60");
}

TEST_F(search_sim_test, the_rate_of_a_site_is_demand_given_by_the_clock) {
  open({site("wiki", 3000ms, 8, 2.0)});
  std::vector<lines> all(4);
  search_apart(all);

  world.run_for(5s);

  EXPECT_EQ(all[1].back(), "end complete 1 results 1/1 20");
  EXPECT_EQ(all[2].back(), "end complete 1 results 1/1 1020");
  EXPECT_EQ(all[3].back(), "end complete 1 results 1/1 1020");
}

TEST_F(search_sim_test, a_search_whose_turn_would_come_too_late_is_told_so_at_once) {
  open({site("wiki", 1000ms, 8, 1.0)});
  std::vector<lines> all(3);
  search_apart(all);

  EXPECT_EQ(all[2],
            (lines{"start stage2 1", "wiki rate_limited 0", "end complete 0 results 0/1 0"}));
}

TEST_F(search_sim_test, a_full_lane_says_that_it_is_busy) {
  open({site("wiki", 60000ms, 1)});
  client.ignore("wiki.example");
  std::vector<lines> all(site_limits{}.queue + 2);
  search_apart(all);

  EXPECT_EQ(all.back(), (lines{"start stage257 1", "wiki busy 0", "end complete 0 results 0/1 0"}));
}

TEST_F(search_sim_test, twice_what_a_site_can_take_leaves_those_it_answers_as_fast_as_ever) {
  open({site("wiki", 3000ms, 2)});
  client.answer("wiki.example", 50ms, scripted_answer("application/rss+xml", feed("wiki")));
  std::vector<lines> all(500);

  for (lines& each : all) {  // 80 a second, where two hands can do 40
    search(each, {}, "stage" + std::to_string(&each - all.data()));
    world.run_for(12500us);
  }
  world.run_for(5s);

  std::size_t answered = 0;
  for (std::size_t index = 100; index < all.size(); ++index) {  // without the first second
    const std::string& outcome = all[index].at(1);
    ASSERT_TRUE(outcome.starts_with("wiki results ") || outcome.starts_with("wiki busy "))
        << outcome;
    const auto taken = std::stoi(outcome.substr(outcome.rfind(' ')));
    EXPECT_LE(taken, outcome.starts_with("wiki busy ") ? 31 : 81) << index;
    if (outcome.starts_with("wiki results ")) ++answered;
  }
  EXPECT_GE(answered, 195U);  // No hand idles.
}

TEST_F(search_sim_test, a_burst_waits_for_its_turn) {
  open({site("wiki", 3000ms, 2)});
  std::vector<lines> all(80);
  search_apart(all);

  world.run_for(5s);

  for (const lines& each : all) EXPECT_EQ(each.at(1).substr(0, 12), "wiki results");
  EXPECT_EQ(all.back().at(1), "wiki results 800");
}

TEST_F(search_sim_test, a_lane_tells_how_it_is_doing) {
  open({site("wiki", 3000ms, 2)});
  std::vector<lines> all(5);
  search_apart(all);
  world.run_for(10ms);

  const genstage::name<job_router> router{"lane/wiki/router"};
  const auto found = *genstage::find(world.home(), router);
  const auto state = **world.run_until(genstage::call(found, job_router::report{}));

  EXPECT_EQ(state.running, 2U);
  EXPECT_EQ(state.waiting, 3U);
  EXPECT_EQ(state.oldest_wait, 10ms);
}

TEST_F(search_sim_test, failures_are_told_as_what_they_are) {
  std::vector<site_definition> all{site("a"), site("b"), site("c"), site("d")};
  for (site_definition& each : all) each.limits.retries = 0;
  open(std::move(all));
  client.answer("a.example", 1ms, genstage::fail(errc::unreachable, "no route"));
  client.answer("b.example", 2ms, genstage::fail(errc::refused, "guard"));
  client.answer("c.example", 3ms, scripted_answer("image/png", "PNG"));
  client.answer("d.example", 4ms,
                scripted_answer("application/rss+xml", "<rss version=\"2.0\"><channel/></rss>"));

  search(notes);
  world.run_for(1s);

  EXPECT_EQ(notes, (lines{"start stage 4", "a unreachable 1", "b skipped 2", "c bad_answer 3",
                          "d no_results 4", "end complete 0 results 1/4 4"}));
}

TEST_F(search_sim_test, when_the_program_stops_each_search_gets_its_end) {
  open({site("wiki"), site("hung")});
  client.ignore("hung.example");
  std::vector<lines> all(10);
  search_apart(all);
  world.run_for(100ms);

  world.home().exit(top, genstage::exit_reason::shutdown());
  world.run_for(1s);

  for (const lines& each : all) {
    EXPECT_EQ(each.back(), "end stopping 1 results 1/2 100");
  }
  EXPECT_EQ(world.home().process_count(), 0U);
  EXPECT_EQ(client.in_flight(), 0U);
}

// Who is the reason, when something is slow.

TEST_F(search_sim_test, while_a_site_hangs_its_lane_is_blamed_and_nobody_else) {
  open({site("wiki"), site("hung", 10s), site("docs")});
  client.ignore("hung.example");
  std::vector<lines> all(6);
  search_apart(all);
  world.run_for(3s);

  const auto found = genstage::blame(**world.run_until(genstage::take_snapshot(world.home())));

  ASSERT_EQ(found.size(), 2U);
  for (const genstage::finding& each : found) {
    EXPECT_TRUE(each.label.starts_with("lane/hung/fetcher/")) << genstage::to_string(each);
    EXPECT_EQ(each.what, genstage::illness::slow_sink) << genstage::to_string(each);
  }
}

TEST_F(search_sim_test, in_lanes_that_work_nobody_is_blamed) {
  open({site("wiki"), site("docs")});
  genstage::snapshot before;
  for (int round = 0; round < 5; ++round) {
    std::vector<lines> all(20);
    search_apart(all);
    world.run_for(2s);
    genstage::snapshot now = **world.run_until(genstage::take_snapshot(world.home()));

    const auto found = genstage::blame(now, &before);

    EXPECT_TRUE(found.empty()) << genstage::to_string(found.front());
    before = std::move(now);
  }
}

// The network loses and delays, and whatever belongs to a lane fails.

bool is_lane_or_network(std::string_view subject) {
  return subject.starts_with("lane") || subject == "network";
}

/// One start, each site at most once, and one end, which is complete only if it names all.
bool is_whole(const lines& told, std::size_t sites) {
  if (told.size() < 2 || !told.front().starts_with("start ")) return false;
  if (!told.back().starts_with("end ")) return false;
  std::set<std::string> answered;
  for (std::size_t index = 1; index + 1 < told.size(); ++index) {
    if (!answered.insert(told[index].substr(0, told[index].find(' '))).second) return false;
  }
  return !told.back().starts_with("end complete") || answered.size() == sites;
}

void every_search_is_told_to_its_end(genstage::trial& once) {
  std::vector<lines> all(5);
  search_world here{once.seed()};
  here.open({search_world::site("wiki", 3000ms, 1), search_world::site("docs")});
  once.run_in(here.world);

  for (lines& told : all) {
    if (!here.begin(told)) told = {"start ", "end of the program"};
    here.world.run_for(std::chrono::milliseconds{once.pick(50)});
  }
  here.world.run_for(30s);

  for (const lines& told : all) {
    once.expect(is_whole(told, 2), fmt::format("told: {}", fmt::join(told, ", ")));
  }
  once.expect(here.client.in_flight() == 0, "a request is left in flight");
}

TEST_F(search_sim_test, every_search_is_told_to_its_end_whatever_fails_on_the_way) {
  const auto broken = genstage::find_failure({.seeds = 2'000,
                                              .faults = {.kill = 0.02,
                                                         .start = 0.05,
                                                         .callback = 0.01,
                                                         .delay = 0.2,
                                                         .drop = 0.1,
                                                         .longest_delay = 5s,
                                                         .at_most = 4,
                                                         .may_fail = is_lane_or_network}},
                                             every_search_is_told_to_its_end);
  EXPECT_FALSE(broken) << to_string(*broken);
}

TEST_F(search_sim_test, a_search_without_sites_ends_at_once) {
  open({});

  search(notes);

  EXPECT_EQ(notes, (lines{"start stage 0", "end complete 0 results 0/0 0"}));
}

}  // namespace
}  // namespace livesearch
