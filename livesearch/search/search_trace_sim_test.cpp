#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <genstage/http/scripted_client.hpp>
#include <genstage/http/trace_headers.hpp>
#include <genstage/observe/otlp.hpp>
#include <genstage/observe/otlp_fields_test.hpp>
#include <genstage/simulation/simulation.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "livesearch/search/lane.hpp"
#include "livesearch/search/search_desk.hpp"

// A search as spans of a trace, and what of it the sites learn.
namespace livesearch {
namespace {

using namespace std::chrono_literals;
using genstage::span_ended;
using genstage::trace_context;
namespace http = genstage::http;

/// Keeps the headers of what is asked.
class noted_client final : public http::http_client {
 public:
  explicit noted_client(http::http_client& behind) : behind_{behind} {}
  http::transfer_id start(http::http_request request, completion on_done) override {
    headers.insert_or_assign(request.url, request.headers);
    return behind_.start(std::move(request), std::move(on_done));
  }
  void cancel(http::transfer_id transfer) noexcept override { behind_.cancel(transfer); }

  std::map<std::string, http::http_headers> headers;  ///< of the last request to a URL

 private:
  http::http_client& behind_;
};

class indifferent final : public search_listener {
 public:
  void started(const search_plan&) override {}
  void answered(const searchable_site&, const site_answer&, std::chrono::nanoseconds) override {}
  void ended(const search_summary&) override {}
};

class search_trace_sim_test : public ::testing::Test {
 protected:
  search_trace_sim_test() {
    scripted.emplace(world);
    asking.emplace(*scripted);
    searcher.state = "rojo=1";
    const std::string feed =
        "<rss version=\"2.0\"><channel><item><title>Stage</title><link>https://example.org/"
        "</link></item></channel></rss>";
    scripted->answer("good.example", 20ms, http::scripted_answer("application/rss+xml", feed));
    scripted->answer("bad.example", 20ms, genstage::fail(genstage::errc::unreachable, "no route"));
    scripted->ignore("mute.example");
  }

  static site_definition site(std::string id) {
    site_definition made;
    made.id = std::move(id);
    made.request.url = "https://" + made.id + ".example/?q={query}";
    made.limits.rate.count = 1000;
    made.answer.format = answer_format::feed;
    return made;
  }
  void open(std::vector<site_definition> definitions) {
    sites = *site_catalog::make(std::move(definitions));
    board.emplace(sites);
    genstage::supervisor_spec tree;
    tree.children.push_back(lanes(sites, {&*asking, &*board}));
    tree.children.push_back(genstage::child(desk, &*board));
    (void)world.home().spawn(std::make_unique<genstage::supervisor>(std::move(tree)));
    world.settle();
  }
  void listen() {
    (void)world.home().telemetry().attach<span_ended>(
        "test", [this](const span_ended& ended) { spans.push_back(ended); });
  }
  void search(std::optional<trace_context> trace, std::stop_token leaves = {}) {
    auto wish = std::make_shared<search_wish>();
    wish->plan = *plan_search(sites, *parse_query("private words"));
    wish->listener = std::make_shared<indifferent>();
    wish->searcher = std::move(leaves);
    wish->trace = std::move(trace);
    ASSERT_TRUE(genstage::cast(world.home(), desk, search_desk::begin{std::move(wish)}));
    world.settle();
  }
  using facts_of = std::map<std::string, genstage::attribute_value>;

  const span_ended& span(const std::string& name) {
    const auto found = std::ranges::find(spans, name, &span_ended::name);
    if (found == spans.end()) throw std::runtime_error{"no span " + name};
    return *found;
  }
  static facts_of facts(const span_ended& of) {
    return {of.attributes.begin(), of.attributes.end()};
  }
  [[nodiscard]] std::string told(const std::string& site, std::string_view header) const {
    return std::string{http::find_header(
        asking->headers.at("https://" + site + ".example/?q=private%20words"), header)};
  }

  // Before the world, whose processes cancel their requests when they are destroyed.
  std::optional<http::scripted_client> scripted;
  std::optional<noted_client> asking;
  std::optional<lane_board> board;
  std::vector<span_ended> spans;
  genstage::simulation world{1};
  site_catalog sites;
  trace_context searcher = genstage::make_trace(1, 2, 3);
};

TEST_F(search_trace_sim_test, a_search_is_a_span_with_one_beneath_it_for_each_site) {
  listen();
  open({site("good"), site("bad")});

  search(searcher);
  world.run_for(10s);

  ASSERT_EQ(spans.size(), 3U);
  const span_ended& whole = span("search");
  EXPECT_EQ(whole.context.trace_id, searcher.trace_id);
  EXPECT_EQ(whole.parent, searcher.span_id);
  EXPECT_EQ(whole.context.state, "rojo=1");
  EXPECT_EQ(whole.kind, genstage::span_kind::server);
  EXPECT_EQ(facts(whole), (facts_of{{"livesearch.end", "complete"},
                                    {"livesearch.results", std::int64_t{1}},
                                    {"livesearch.sites", std::int64_t{2}},
                                    {"livesearch.failed", std::int64_t{1}}}));
  const span_ended& good = span("ask good");
  EXPECT_EQ(good.parent, whole.context.span_id);
  EXPECT_EQ(good.kind, genstage::span_kind::client);
  EXPECT_EQ(good.error, "");
  EXPECT_GE(good.took, 20ms);
  EXPECT_LT(good.took, whole.took);
  EXPECT_EQ(facts(good), (facts_of{{"livesearch.site", "good"},
                                   {"livesearch.outcome", "results"},
                                   {"livesearch.results", std::int64_t{1}},
                                   {"http.response.status_code", std::int64_t{200}},
                                   {"http.response.body.size", std::int64_t{110}},
                                   {"http.request.resend_count", std::int64_t{0}}}));
  const span_ended& bad = span("ask bad");
  EXPECT_EQ(bad.parent, whole.context.span_id);
  EXPECT_EQ(bad.error, "no route");
  EXPECT_EQ(facts(bad), (facts_of{{"livesearch.site", "bad"},
                                  {"livesearch.outcome", "unreachable"},
                                  {"livesearch.results", std::int64_t{0}},
                                  {"http.request.resend_count", std::int64_t{1}}}));
}

TEST_F(search_trace_sim_test, a_collector_is_told_them_as_published_and_no_words_of_the_searcher) {
  listen();
  open({site("good"), site("bad")});
  search(searcher);
  world.run_for(10s);

  const std::string body = genstage::otlp_traces_json(spans, "livesearch", 0);

  genstage::otlp_fields::expect_published(nlohmann::json::parse(body), "ExportTraceServiceRequest");
  EXPECT_EQ(body.find("private"), std::string::npos);
}

TEST_F(search_trace_sim_test, without_a_span_of_the_searcher_a_search_begins_a_trace) {
  listen();
  open({site("good")});

  search(std::nullopt);
  world.run_for(1s);

  ASSERT_EQ(spans.size(), 2U);
  EXPECT_TRUE(span("search").context.is_valid());
  EXPECT_FALSE((trace_context{.trace_id = {1}, .span_id = span("search").parent}.is_valid()));
}

TEST_F(search_trace_sim_test, a_searcher_who_leaves_is_no_failure) {
  listen();
  open({site("good"), site("mute")});
  std::stop_source leaves;
  search(searcher, leaves.get_token());
  world.run_for(100ms);

  leaves.request_stop();
  world.run_for(100ms);

  ASSERT_EQ(spans.size(), 3U);
  EXPECT_EQ(facts(span("ask mute")),
            (facts_of{{"livesearch.site", "mute"}, {"livesearch.outcome", "left"}}));
  EXPECT_EQ(span("ask mute").error, "");
  EXPECT_EQ(facts(span("search")).at("livesearch.end"), genstage::attribute_value{"left"});
}

TEST_F(search_trace_sim_test, a_site_learns_of_the_trace_only_if_its_definition_says_so) {
  listen();
  site_definition own = site("good");
  own.request.trace = trace_headers::sent;
  open({std::move(own), site("bad")});

  search(searcher);
  world.run_for(10s);

  EXPECT_EQ(told("good", "traceparent"), to_traceparent(span("ask good").context));
  EXPECT_EQ(told("good", "tracestate"), "rojo=1");
  EXPECT_EQ(told("bad", "traceparent"), "");
  EXPECT_EQ(told("bad", "tracestate"), "");
}

TEST_F(search_trace_sim_test, without_anybody_who_wants_spans_the_trace_is_passed_on_as_it_came) {
  site_definition own = site("good");
  own.request.trace = trace_headers::sent;
  open({std::move(own)});

  search(searcher);
  world.run_for(1s);

  EXPECT_EQ(told("good", "traceparent"), to_traceparent(searcher));
}

TEST_F(search_trace_sim_test, what_the_searcher_does_not_sample_has_no_spans) {
  listen();
  open({site("good")});
  searcher.is_sampled = false;

  search(searcher);
  world.run_for(1s);

  EXPECT_TRUE(spans.empty());
}

}  // namespace
}  // namespace livesearch
