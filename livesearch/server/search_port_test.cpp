#include "livesearch/server/search_port.hpp"

#include <gtest/gtest.h>

#include <genstage/replay/tape_test.hpp>
#include <utility>
#include <vector>

namespace livesearch {
namespace {

class reader final : public search_listener {
 public:
  void started(const search_plan&) override {}
  void answered(const searchable_site&, const site_answer&, std::chrono::nanoseconds) override {}
  void ended(const search_summary&) override {}
  [[nodiscard]] std::size_t untaken() const override { return left; }
  void when_taken(std::function<void()> notice) override { took = std::move(notice); }

  std::size_t left = 0;
  std::function<void()> took;
};

class search_port_test : public ::testing::Test {
 protected:
  /// A search that comes, of which a reader is slow, and whose searcher leaves.
  void record() {
    search_port port{&log};
    const std::uint64_t number = port.next();
    std::stop_source searcher;
    auto leaves = port.leaving(number, searcher);
    const auto behind = std::make_shared<reader>();
    const auto watched = port.watched(number, behind);
    port.enter(number,
               {.raw_target = "/api/search?q=stage",
                .headers = {{"Host", "here"}, {"Traceparent", "00-1-2-01"}},
                .peer = "127.0.0.1:5"},
               [&] { watched->when_taken([this] { ++taken; }); });
    behind->left = 77;
    EXPECT_EQ(watched->untaken(), 77U);
    behind->took();
    leaves(genstage::http::exchange_end::client_left);
    EXPECT_TRUE(searcher.stop_requested());
  }

  genstage::tape log;
  int taken = 0;
};

TEST_F(search_port_test, what_came_for_a_search_comes_again) {
  record();
  ASSERT_EQ(std::exchange(taken, 0), 1);
  log.rewind();
  std::vector<search_port::visit> visits;
  std::stop_token searcher;
  std::shared_ptr<search_listener> watched;

  search_port again{&log};
  again.play([&](const search_port::visit& come, std::stop_token leaves, const auto& watch) {
    visits.push_back(come);
    searcher = std::move(leaves);
    watched = watch(std::make_shared<reader>());
    watched->when_taken([this] { ++taken; });
    return true;
  });

  EXPECT_TRUE(log.play_next());
  ASSERT_EQ(visits.size(), 1U);
  EXPECT_EQ(visits[0].target, "/api/search?q=stage");
  EXPECT_EQ(visits[0].peer, "127.0.0.1:5");
  EXPECT_EQ(visits[0].trace, (genstage::http::http_headers{{"Traceparent", "00-1-2-01"}}));
  EXPECT_EQ(watched->untaken(), 77U);
  EXPECT_TRUE(log.play_next());
  EXPECT_EQ(taken, 1);
  EXPECT_FALSE(searcher.stop_requested());
  EXPECT_TRUE(log.play_next());
  EXPECT_TRUE(searcher.stop_requested());
}

TEST_F(search_port_test, what_is_no_visit_does_not_fit) {
  EXPECT_FALSE(visit_of_bytes(""));
  EXPECT_FALSE(visit_of_bytes("took"));
  const std::string whole = to_bytes({.target = "/", .peer = "x", .trace = {{"a", "b"}}});
  EXPECT_FALSE(visit_of_bytes(whole.substr(0, whole.size() - 1)));
}

TEST(search_port_without_a_log_test, everything_is_passed_on) {
  search_port port{nullptr};
  const auto behind = std::make_shared<reader>();
  std::stop_source searcher;
  bool has_begun = false;

  EXPECT_EQ(port.watched(port.next(), behind), behind);
  port.enter(0, {}, [&] { has_begun = true; });
  port.leaving(0, searcher)(genstage::http::exchange_end::finished);

  EXPECT_TRUE(has_begun);
  EXPECT_TRUE(searcher.stop_requested());
}

}  // namespace
}  // namespace livesearch
