#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <genstage/http/server.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "livesearch/server/search_json.hpp"
#include "livesearch/server/served_sites_test.hpp"

// The whole application over real sockets on loopback, with sites that behave badly.
namespace livesearch {
namespace {

constexpr std::string_view feed =
    "<rss version=\"2.0\"><channel><item><title>Stage</title>"
    "<link>https://example.org/stage</link></item></channel></rss>";
constexpr std::string_view feed_type = "application/rss+xml";

/// Sites of every bad habit, by the first part of the path.
class odd_sites {
 public:
  odd_sites(genstage::reactor& reactor, genstage::driver& scheduler) : scheduler_{scheduler} {
    server_ = *http::http_server::listen(reactor, {.max_stream_bytes = 64U << 20U},
                                         [this](http::server_request request, http::responder to) {
                                           answer(request.target.path, std::move(to));
                                         });
  }

  [[nodiscard]] std::string url() const { return server_->url(); }

 private:
  void answer(const std::string& path, http::responder to) {
    const auto reply = [&](std::string type, std::string body, unsigned status = 200) {
      to.respond({status, std::move(type), {}, std::move(body)});
    };
    if (path == "/fast") return later(20ms, std::move(to));
    if (path == "/never") return keep(std::move(to));
    if (path == "/picture") return reply("image/png", "\x89PNG");
    if (path == "/broken") return reply(std::string{feed_type}, "<rss><channel><item>");
    if (path == "/error") return reply("text/html", "<h1>oops", 500);
    if (path == "/slow_down") return reply("text/plain", "", 429);
    if (path == "/huge") return reply(std::string{feed_type}, std::string(3U << 20U, 'x'));
    if (path == "/loop") {
      return to.respond({302, "text/plain", {{"Location", "/loop"}}, ""});
    }
    if (path == "/inward") {
      return to.respond({302, "text/plain", {{"Location", "http://10.0.0.1/"}}, ""});
    }
    if (path == "/endless") return pour(std::move(to));
    reply("text/plain", "?", 404);
  }

  void later(std::chrono::milliseconds delay, http::responder to) {
    scheduler_.arm(scheduler_.now() + delay, [held = std::move(to)]() mutable noexcept {
      held.respond({200, std::string{feed_type}, {}, std::string{feed}});
    });
  }
  void keep(http::responder to) {
    const std::scoped_lock lock{mutex_};
    kept_.push_back(std::move(to));
  }
  /// An answer without end: as much as is taken, again and again.
  void pour(http::responder to) {
    const std::scoped_lock lock{mutex_};
    auto stream =
        std::make_shared<http::response_stream>(to.begin_stream(200, std::string{feed_type}));
    const auto fill = [weak = std::weak_ptr{stream}] {
      const auto poured = weak.lock();
      while (poured &&
             poured->write(std::string(64U << 10U, ' ')) == http::stream_write::accepted) {
      }
    };
    stream->on_drained(fill);
    fill();
    streams_.push_back(std::move(stream));
  }

  genstage::driver& scheduler_;
  std::mutex mutex_;
  std::vector<http::responder> kept_;
  std::vector<std::shared_ptr<http::response_stream>> streams_;
  std::unique_ptr<http::http_server> server_;
};

class server_acceptance_test : public served_sites {
 protected:
  server_acceptance_test() {
    std::vector<site_definition> definitions;
    for (const char* const id : {"fast", "never", "picture", "broken", "error", "slow_down", "huge",
                                 "loop", "inward", "endless"}) {
      site_definition site;
      site.id = id;
      site.name = id;
      site.network = network_scope::loopback;
      site.request.url = fmt::format("{}/{}?q={{query}}", odd.url(), id);
      // Only who never answers may come to its limit, however busy the machine is.
      site.limits.time = std::string_view{id} == "never" ? 1000ms : 60'000ms;
      site.limits.rate.count = 100;
      site.answer.format = answer_format::feed;
      definitions.push_back(std::move(site));
    }
    site_definition dead = definitions.front();
    dead.id = "dead";
    dead.request.url = "http://127.0.0.1:1/?q={query}";
    definitions.push_back(dead);
    site_definition outward = definitions.front();
    outward.id = "outward";
    outward.network = network_scope::public_network;
    definitions.push_back(outward);
    serve(std::move(definitions));
  }
  ~server_acceptance_test() override { close(); }

  json search(const std::string& target) { return json::parse(get("/api/search" + target).body); }
  /// The outcome of one site's part, with its message.
  std::pair<std::string, std::string> outcome(const std::string& site) {
    const json part = search("?q=stage&site=" + site)["sites"][0];
    return {part["outcome"], part["message"]};
  }
  std::string refusal(const std::string& target, unsigned status = 400) {
    const http::http_response response = get("/api/search" + target);
    EXPECT_EQ(response.status, status);
    return json::parse(response.body)["error"]["message"];
  }

  odd_sites odd{reactor, home->scheduler()};
};

TEST_F(server_acceptance_test, a_fast_site_is_not_held_up_by_one_that_never_answers) {
  const json found = search("?q=stage&site=fast&site=never");

  const json& fast = found["sites"][0];
  const json& never = found["sites"][1];
  fmt::print(
      "fast site (20 ms): told after {} ms; site that never answers (limit 1000 ms): ended "
      "after {} ms; search over after {} ms\n",
      fast["elapsed_ms"].get<int>(), never["elapsed_ms"].get<int>(),
      found["elapsed_ms"].get<int>());
  EXPECT_EQ(fast["outcome"], "results");
  EXPECT_LT(fast["elapsed_ms"], never["elapsed_ms"]);
  EXPECT_EQ(never["outcome"], "timed_out");
  EXPECT_GE(never["elapsed_ms"], 1000);
  EXPECT_LT(never["elapsed_ms"], 10'000);
}

TEST_F(server_acceptance_test, the_stream_begins_tells_each_site_and_ends) {
  const http::http_response response = get("/api/search/stream?q=stage&site=fast&site=error");

  EXPECT_EQ(response.content_type, "text/event-stream");
  const std::string& body = response.body;
  const std::size_t start = body.find("id: 1\nevent: start\ndata: {\"query\":\"stage\"");
  const std::size_t error =
      body.find("event: site\ndata: {\"id\":\"error\",\"outcome\":\"bad_answer\"");
  const std::size_t fast = body.find("event: site\ndata: {\"id\":\"fast\",\"outcome\":\"results\"");
  const std::size_t end = body.find("id: 4\nevent: end\ndata: {\"reason\":\"complete\"");
  EXPECT_EQ(start, 0U);
  EXPECT_LT(start, error);
  EXPECT_LT(error, fast);
  EXPECT_LT(fast, end);
  EXPECT_NE(end, std::string::npos);
}

TEST_F(server_acceptance_test, each_bad_site_ends_in_an_outcome_of_its_own) {
  EXPECT_EQ(outcome("picture").first, "bad_answer");
  EXPECT_EQ(outcome("broken").first, "bad_answer");
  EXPECT_EQ(outcome("error").second, "The site answered status 500.");
  EXPECT_EQ(outcome("slow_down").first, "rate_limited");
  EXPECT_EQ(outcome("dead").first, "unreachable");

  const auto [huge, huge_why] = outcome("huge");
  EXPECT_EQ(huge, "bad_answer");
  EXPECT_NE(huge_why.find("larger than 2097152 bytes"), std::string::npos) << huge_why;

  const auto [loop, loop_why] = outcome("loop");
  EXPECT_EQ(loop, "bad_answer");
  EXPECT_NE(loop_why.find("redirect"), std::string::npos) << loop_why;

  EXPECT_EQ(outcome("endless").first, "bad_answer");
}

TEST_F(server_acceptance_test, no_site_leads_to_an_address_that_it_may_not_reach) {
  const auto [inward, inward_why] = outcome("inward");
  EXPECT_EQ(inward, "skipped");
  EXPECT_NE(inward_why.find("10.0.0.1"), std::string::npos) << inward_why;

  EXPECT_EQ(outcome("outward").first, "skipped");
  EXPECT_EQ(outcome("fast").first, "results");
}

TEST_F(server_acceptance_test, bad_requests_get_a_clear_error_and_the_server_stays_up) {
  EXPECT_EQ(refusal("?q="), "query: it is empty, at least one character is needed; not searched");
  EXPECT_EQ(refusal(""), refusal("?q="));
  EXPECT_EQ(refusal("?q=" + std::string(10'000, 'x')),
            "query: it is too long (10000 bytes), at most 1000 are allowed; not searched");
  EXPECT_EQ(refusal("?q=%ff%fe"), "query: byte 1 is not valid UTF-8; not searched");
  EXPECT_NE(refusal("?q=x&site=nowhere").find("site: \"nowhere\" is not known, known are fast"),
            std::string::npos);
  EXPECT_EQ(get("/nothing/here").status, 404U);
  EXPECT_EQ(get("/healthz").body, "{\"status\":\"ok\"}\n");
}

TEST_F(server_acceptance_test, the_page_and_the_list_of_sites_are_served) {
  const http::http_response page = get("/");
  EXPECT_EQ(page.status, 200U);
  EXPECT_NE(page.body.find("<html"), std::string::npos);
  EXPECT_TRUE(http::has_header(page.headers, "Content-Security-Policy"));

  const json listed = json::parse(get("/api/sites").body);
  EXPECT_EQ(listed["sites"].size(), sites.all().size());
  EXPECT_EQ(listed["offline"], true);
}

TEST_F(server_acceptance_test, a_killed_fetcher_costs_one_answer_and_is_back_for_the_next_search) {
  const auto kill_fetchers = [&] {
    for (const char* const name : {"lane/never/fetcher/0", "lane/never/fetcher/1"}) {
      home->exit(home->find(name), genstage::exit_reason::kill());
    }
  };
  kill_fetchers();

  const json found = search("?q=stage&site=fast&site=never");

  for (const json& part : found["sites"]) {
    EXPECT_EQ(part["outcome"], part["id"] == "fast" ? "results" : "timed_out");
  }
  EXPECT_EQ(outcome("never").first, "timed_out");
}

TEST_F(server_acceptance_test, a_searcher_who_leaves_ends_the_search) {
  EXPECT_EQ(get("/api/search?q=stage&site=never", 100ms).status, 0U);

  const auto at = genstage::find(*home, desk);
  // The server learns of it with the closed connection, whenever the system tells it.
  std::size_t running = 1;
  const auto patience = std::chrono::steady_clock::now() + 20s;
  while (running > 0 && std::chrono::steady_clock::now() < patience) {
    std::this_thread::sleep_for(1ms);
    running = *genstage::sync_wait(genstage::call(*at, search_desk::count_searches{}));
  }
  EXPECT_EQ(running, 0U);
}

}  // namespace
}  // namespace livesearch
