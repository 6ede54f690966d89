#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <genstage/http/scripted_client.hpp>
#include <genstage/simulation/simulation.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "livesearch/search/lane.hpp"
#include "livesearch/search/map_memory_test.hpp"
#include "livesearch/search/search_desk.hpp"

// One site's lane, in virtual time: sharing, caching, retries, the breaker, turns.
namespace livesearch {
namespace {

using namespace std::chrono_literals;
using genstage::errc;
using genstage::http::scripted_answer;

/// What one search was told of the site.
struct told {
  std::optional<site_answer> answer{};
  std::chrono::milliseconds after{0};
  std::optional<search_end> end{};
};

class keeper final : public search_listener {
 public:
  keeper(told* to, std::size_t untaken) : told_{to}, untaken_{untaken} {}
  void started(const search_plan&) override {}
  void answered(const searchable_site&, const site_answer& answer,
                std::chrono::nanoseconds elapsed) override {
    told_->answer = answer;
    told_->after = std::chrono::duration_cast<std::chrono::milliseconds>(elapsed);
  }
  void ended(const search_summary& summary) override { told_->end = summary.reason; }
  [[nodiscard]] std::size_t untaken() const override { return untaken_; }

 private:
  told* told_;
  std::size_t untaken_;
};

class lane_sim_test : public ::testing::Test {
 protected:
  lane_sim_test() {
    scripted.emplace(world);
    definition.id = "wiki";
    definition.request.url = "https://wiki.example.org/?q={query}";
    definition.limits.rate.count = 1000;
    definition.answer.format = answer_format::feed;
  }

  void open() {
    if (top) {
      world.home().exit(top, genstage::exit_reason::shutdown());
      world.settle();
    }
    std::vector<site_definition> all = others;
    all.push_back(definition);
    sites = *site_catalog::make(std::move(all));
    board.emplace(sites);
    genstage::supervisor_spec tree;
    tree.children.push_back(lanes(sites, {&client, &*board, &memory}));
    tree.children.push_back(genstage::child(desk, &*board));
    top = *world.home().spawn(std::make_unique<genstage::supervisor>(std::move(tree)));
    world.settle();
  }
  void answer_with_results(genstage::duration after = 20ms) {
    client.answer("wiki.example", after,
                  scripted_answer("application/rss+xml",
                                  "<rss version=\"2.0\"><channel><item><title>Stage</title><link>"
                                  "https://example.org/</link></item></channel></rss>"));
  }
  void redirect_then_answer() {
    answer_with_results();
    auto elsewhere = scripted_answer("text/html", "");
    elsewhere.status = 302;
    elsewhere.headers.push_back({"Location", "/found?q=stage"});
    client.answer("example.org/?q=stage", 1ms, elsewhere);
  }
  void search(told& to, const std::string& query, std::string searcher = {},
              search_order order = search_order::side_by_side, std::stop_token leaves = {},
              std::size_t untaken = 0) {
    auto wish = std::make_shared<search_wish>();
    wish->plan = *plan_search(sites, *parse_query(query));
    wish->plan.cache = cache;
    wish->listener = std::make_shared<keeper>(&to, untaken);
    wish->searcher = std::move(leaves);
    wish->name = {std::move(searcher), order};
    ASSERT_TRUE(genstage::cast(world.home(), desk, search_desk::begin{std::move(wish)}));
    world.settle();
  }
  /// A search that is run to its end.
  told search_to_end(std::string query) {
    told result;
    search(result, std::move(query));
    world.run_for(5s);
    return result;
  }
  void fail_until_open() {
    client.answer("wiki.example", 1ms, genstage::fail(errc::unreachable, "no route"));
    definition.limits.retries = 0;
    open();
    for (int count = 0; count < 5; ++count) {
      told result;
      search(result, "failing" + std::to_string(count));
      world.run_for(10ms);
    }
  }
  site_outcome outcome(const told& from) { return from.answer.value().outcome; }

  std::optional<genstage::http::scripted_client> scripted;
  std::optional<lane_board> board;
  map_memory memory;
  genstage::simulation world{1};
  genstage::http::scripted_client& client = *scripted;
  site_definition definition;
  std::vector<site_definition> others;
  site_catalog sites;
  cache_use cache = cache_use::allowed;
  genstage::process_ref top;
};

TEST_F(lane_sim_test, searches_that_ask_the_same_share_one_request_and_are_told_so) {
  answer_with_results();
  open();
  told first;
  told second;
  search(first, "stage");
  world.run_for(5ms);
  search(second, "stage");
  world.run_for(1s);

  EXPECT_EQ(client.asked().size(), 1U);
  EXPECT_EQ(outcome(first), site_outcome::results);
  EXPECT_FALSE(first.answer->is_shared);
  EXPECT_EQ(outcome(second), site_outcome::results);
  EXPECT_TRUE(second.answer->is_shared);
  EXPECT_EQ(second.after, 15ms);
}

TEST_F(lane_sim_test, a_shared_request_goes_on_until_the_last_searcher_has_left) {
  client.ignore("wiki.example");
  open();
  told first;
  told second;
  std::stop_source one;
  std::stop_source other;
  search(first, "stage", "a", search_order::side_by_side, one.get_token());
  search(second, "stage", "b", search_order::side_by_side, other.get_token());

  one.request_stop();
  world.settle();
  EXPECT_EQ(client.in_flight(), 1U);
  other.request_stop();
  world.settle();
  EXPECT_EQ(client.in_flight(), 0U);
}

TEST_F(lane_sim_test, a_search_is_one_process_and_leaves_nothing_behind) {
  client.ignore("wiki.example");
  open();
  const std::size_t before = world.home().process_count();
  std::vector<told> all(50);
  for (told& each : all) search(each, "q" + std::to_string(&each - all.data()));
  EXPECT_EQ(world.home().process_count(), before + all.size());

  world.run_for(10s);

  EXPECT_EQ(world.home().process_count(), before);
}

TEST_F(lane_sim_test, different_queries_never_get_each_other_s_answers) {
  open();
  client.answer("q=one", 20ms,
                scripted_answer("application/rss+xml",
                                "<rss version=\"2.0\"><channel><item><title>One</title><link>"
                                "https://example.org/1</link></item></channel></rss>"));
  client.answer("q=two", 10ms,
                scripted_answer("application/rss+xml",
                                "<rss version=\"2.0\"><channel><item><title>Two</title><link>"
                                "https://example.org/2</link></item></channel></rss>"));
  std::vector<told> all(40);
  for (std::size_t index = 0; index < all.size(); ++index) {
    search(all[index], index % 2 == 0 ? "one" : "two");
    world.run_for(std::chrono::milliseconds{index % 7});
  }
  world.run_for(3s);

  for (std::size_t index = 0; index < all.size(); ++index) {
    ASSERT_EQ(outcome(all[index]), site_outcome::results) << index;
    EXPECT_EQ(all[index].answer->hits.at(0).title, index % 2 == 0 ? "One" : "Two") << index;
  }
}

TEST_F(lane_sim_test, an_answer_is_given_again_with_its_age_until_it_expires) {
  answer_with_results();
  definition.limits.cache = 60s;
  open();

  EXPECT_FALSE(search_to_end("stage").answer->age);
  const told again = search_to_end("stage");
  EXPECT_EQ(again.answer->age, 4980ms);
  EXPECT_EQ(again.answer->hits.size(), 1U);
  world.run_for(60s);
  EXPECT_FALSE(search_to_end("stage").answer->age);
  EXPECT_EQ(client.asked().size(), 2U);
}

TEST_F(lane_sim_test, a_search_that_wants_no_kept_answer_asks_the_site_and_renews_what_is_kept) {
  answer_with_results();
  definition.limits.cache = 60s;
  open();
  search_to_end("stage");

  cache = cache_use::bypassed;
  EXPECT_FALSE(search_to_end("stage").answer->age);
  cache = cache_use::allowed;
  EXPECT_EQ(search_to_end("stage").answer->age, 4980ms);
  EXPECT_EQ(client.asked().size(), 2U);
}

TEST_F(lane_sim_test, an_error_is_never_given_again) {
  client.answer("wiki.example", 1ms, scripted_answer("image/png", "PNG"));
  definition.limits.cache = 60s;
  open();
  EXPECT_EQ(outcome(search_to_end("stage")), site_outcome::bad_answer);

  answer_with_results();

  EXPECT_EQ(outcome(search_to_end("stage")), site_outcome::results);
}

TEST_F(lane_sim_test, without_a_time_to_live_nothing_is_kept) {
  answer_with_results();
  open();
  search_to_end("stage");
  search_to_end("stage");

  EXPECT_EQ(client.asked().size(), 2U);
  EXPECT_TRUE(memory.answers.empty());
}

TEST_F(lane_sim_test, a_failure_that_may_pass_is_tried_again_within_the_limit) {
  client.answer("wiki.example", 1ms, genstage::fail(errc::unreachable, "no route"));
  open();
  told result;
  search(result, "stage");
  world.run_for(1ms);

  answer_with_results();
  world.run_for(3s);

  EXPECT_EQ(outcome(result), site_outcome::results);
  EXPECT_LT(result.after, 200ms);
}

TEST_F(lane_sim_test, a_site_that_fails_is_skipped_at_once_and_probed_for_nobody) {
  fail_until_open();
  const std::size_t asked = client.asked().size();

  told skipped;
  search(skipped, "stage");
  EXPECT_EQ(outcome(skipped), site_outcome::skipped);
  EXPECT_EQ(skipped.after, 0ms);
  EXPECT_EQ(client.asked().size(), asked);

  answer_with_results();
  world.run_for(6s);
  EXPECT_EQ(client.asked().size(), asked + 1);
  EXPECT_EQ(client.asked().back(), "https://wiki.example.org/?q=test");
  EXPECT_EQ(outcome(search_to_end("stage")), site_outcome::results);
}

TEST_F(lane_sim_test, a_probe_that_hangs_costs_no_searcher_anything) {
  fail_until_open();
  client.ignore("wiki.example");
  world.run_for(6s);
  ASSERT_EQ(client.in_flight(), 1U);

  told skipped;
  search(skipped, "stage");
  EXPECT_EQ(outcome(skipped), site_outcome::skipped);
  EXPECT_EQ(skipped.after, 0ms);
  world.run_for(3s);
  EXPECT_EQ(client.in_flight(), 0U);
}

TEST_F(lane_sim_test, an_open_breaker_is_open_after_a_restart) {
  fail_until_open();
  const std::size_t asked = client.asked().size();

  open();

  EXPECT_EQ(outcome(search_to_end("stage")), site_outcome::skipped);
  world.run_for(1s);
  EXPECT_EQ(client.asked().size(), asked + 1);  // the probe
}

TEST_F(lane_sim_test, a_site_that_hangs_opens_the_breaker_like_one_that_fails) {
  client.ignore("wiki.example");
  open();
  for (int count = 0; count < 5; ++count) search_to_end("hung" + std::to_string(count));

  told skipped;
  search(skipped, "stage");

  EXPECT_EQ(outcome(skipped), site_outcome::skipped);
}

TEST_F(lane_sim_test, a_site_that_asks_to_wait_is_left_alone_until_then) {
  auto limited = scripted_answer("text/plain", "");
  limited.status = 429;
  limited.headers.push_back({"Retry-After", "30"});
  client.answer("wiki.example", 1ms, limited);
  open();
  const told first = search_to_end("one");
  EXPECT_EQ(outcome(first), site_outcome::rate_limited);
  EXPECT_EQ(first.answer->retry_after, 30s);

  answer_with_results();
  const told second = search_to_end("two");
  EXPECT_EQ(outcome(second), site_outcome::rate_limited);
  EXPECT_EQ(second.after, 0ms);
  EXPECT_EQ(client.asked().size(), 1U);
  world.run_for(25s);
  EXPECT_EQ(outcome(search_to_end("three")), site_outcome::results);
}

TEST_F(lane_sim_test, a_time_range_is_reckoned_back_from_the_moment_of_the_request) {
  answer_with_results();
  definition.request.url += "{newer}";
  definition.query.newer = {{"day", "&since={since}"}};
  open();
  world.run_for(48h);
  search_to_end("stage newer:day");

  EXPECT_EQ(client.asked().back(), "https://wiki.example.org/?q=stage&since=86400");
}

TEST_F(lane_sim_test, a_redirect_is_followed_as_a_request_that_waits_for_its_turn) {
  redirect_then_answer();
  definition.limits.rate.count = 1;
  open();
  const told result = search_to_end("stage");

  EXPECT_EQ(client.asked().back(), "https://wiki.example.org/found?q=stage");
  EXPECT_EQ(outcome(result), site_outcome::results);
  EXPECT_EQ(result.after, 1020ms);
}

TEST_F(lane_sim_test, a_redirect_whose_turn_would_come_too_late_is_not_followed) {
  redirect_then_answer();
  definition.limits.rate.count = 0.1;
  open();
  const told result = search_to_end("stage");

  EXPECT_EQ(outcome(result), site_outcome::rate_limited);
  EXPECT_EQ(result.after, 1ms);
  EXPECT_EQ(client.asked().size(), 1U);
}

TEST_F(lane_sim_test, the_killed_supervisor_of_all_lanes_comes_back_with_its_lanes) {
  client.ignore("q=lost");
  open();
  told lost;
  search(lost, "lost");
  world.run_for(100ms);

  world.home().exit(world.home().find("lanes"), genstage::exit_reason::kill());
  world.run_for(1s);
  answer_with_results();

  EXPECT_EQ(outcome(lost), site_outcome::skipped);
  EXPECT_EQ(client.in_flight(), 0U);
  EXPECT_EQ(outcome(search_to_end("stage")), site_outcome::results);
}

TEST_F(lane_sim_test, who_asks_for_much_does_not_make_others_wait) {
  answer_with_results(100ms);
  definition.limits.concurrency = 1;
  definition.limits.time = 20s;
  open();
  std::vector<told> greedy(20);
  for (std::size_t index = 0; index < greedy.size(); ++index) {
    search(greedy[index], "greedy" + std::to_string(index), "greedy");
  }
  told modest;
  search(modest, "modest", "modest");
  world.run_for(20s);

  EXPECT_EQ(modest.after, 300ms);
  EXPECT_EQ(greedy.back().after, 2100ms);
}

TEST_F(lane_sim_test, a_searcher_s_new_search_ends_the_one_before_and_its_request) {
  client.ignore("q=first");
  open();
  told first;
  told second;
  search(first, "first", "me", search_order::newest_only);
  ASSERT_EQ(client.in_flight(), 1U);
  client.ignore("q=second");
  search(second, "second", "me", search_order::newest_only);

  EXPECT_EQ(first.end, search_end::superseded);
  EXPECT_EQ(outcome(first), site_outcome::skipped);
  EXPECT_EQ(client.in_flight(), 1U);
  EXPECT_EQ(client.cancelled(), 1U);
}

TEST_F(lane_sim_test, busy_says_how_long_and_a_full_lane_shows_that_it_is_full) {
  client.ignore("wiki.example");
  definition.limits.time = 60s;
  definition.limits.concurrency = 1;
  open();
  std::vector<told> all(site_limits{}.queue + 2);
  EXPECT_FALSE(all_full(*board, *sites.select({})));
  for (std::size_t index = 0; index < all.size(); ++index) {
    search(all[index], "q" + std::to_string(index), std::to_string(index));
  }

  EXPECT_EQ(outcome(all.back()), site_outcome::busy);
  EXPECT_GE(all.back().answer->retry_after, 200ms);
  EXPECT_TRUE(all_full(*board, *sites.select({})));
}

TEST_F(lane_sim_test, a_reader_who_takes_nothing_holds_back_only_his_own_search) {
  answer_with_results();
  open();
  told held;
  told other;
  search(held, "held", "a", search_order::side_by_side, {}, search_session::most_held);
  search(other, "other", "b");
  world.run_for(1s);
  EXPECT_EQ(client.asked().size(), 1U);
  EXPECT_EQ(outcome(other), site_outcome::results);
  EXPECT_FALSE(held.answer);

  world.run_for(3s);
  EXPECT_EQ(outcome(held), site_outcome::skipped);
  EXPECT_EQ(held.answer->message,
            "It was not asked, as the answers before it were not taken in time.");
}

TEST_F(lane_sim_test, a_site_that_did_not_fit_until_its_limit_is_not_asked_at_it) {
  client.ignore("wiki.example");
  definition.limits.results = 100;  // Two of these are all that one reader may get.
  for (const char* const id : {"a", "b", "c"}) {
    others.push_back(definition);
    others.back().id = id;
  }
  open();
  told result;
  search(result, "stage");

  world.run_for(5s);

  EXPECT_EQ(client.asked().size(), 2U);
  EXPECT_EQ(outcome(result), site_outcome::skipped);
}

TEST_F(lane_sim_test, a_day_s_number_is_not_passed_and_its_end_is_said) {
  answer_with_results();
  definition.limits.per_day = 2;
  open();
  search_to_end("one");
  search_to_end("two");
  open();  // A restart does not give a new day.

  const told third = search_to_end("three");

  EXPECT_EQ(outcome(third), site_outcome::rate_limited);
  EXPECT_EQ(third.answer->message, "At most 2 requests a day are sent to this site.");
  EXPECT_GT(third.answer->retry_after, 24h - 1min);
}

TEST_F(lane_sim_test, nothing_found_where_there_always_was_something_is_suspicious) {
  answer_with_results();
  open();
  for (int count = 0; count < 50; ++count) search_to_end("q" + std::to_string(count));
  client.answer("wiki.example", 1ms,
                scripted_answer("application/rss+xml", "<rss version=\"2.0\"><channel/></rss>"));

  EXPECT_EQ(outcome(search_to_end("a")), site_outcome::no_results);
  EXPECT_EQ(outcome(search_to_end("b")), site_outcome::no_results);
  EXPECT_EQ(outcome(search_to_end("c")), site_outcome::suspicious);
}

}  // namespace
}  // namespace livesearch
