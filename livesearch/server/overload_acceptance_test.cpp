#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <charconv>
#include <chrono>
#include <genstage/http/loopback_socket.hpp>
#include <genstage/http/server.hpp>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "livesearch/server/search_json.hpp"
#include "livesearch/server/served_sites_test.hpp"

// What searchers are told over real sockets when there is more than can be taken: by a site, or by
// a reader.
namespace livesearch {
namespace {

constexpr std::size_t big_sites = 40;
constexpr std::size_t results_of_a_big_site = 100;

std::string feed(std::size_t items, const std::string& words) {
  std::string text = "<rss version=\"2.0\"><channel>";
  for (std::size_t index = 0; index < items; ++index) {
    text += fmt::format(
        "<item><title>{} {}</title><link>https://example.org/{}</link><description>{}"
        "</description></item>",
        index, words.substr(0, 1000), index, words);
  }
  return text + "</channel></rss>";
}

/// One site that answers, one that never does, and many whose answers are half a megabyte.
class demanding_sites {
 public:
  explicit demanding_sites(genstage::reactor& reactor) {
    std::string words;
    for (int count = 0; count < 1000; ++count) words += "\xf0\x9f\x90\x9f";
    big_ = feed(results_of_a_big_site, words);
    server_ = *http::http_server::listen(
        reactor, {}, [this](http::server_request request, http::responder to) {
          if (request.target.path == "/never") {
            const std::scoped_lock lock{mutex_};
            return kept_.push_back(std::move(to));
          }
          const bool is_big = request.target.path == "/big";
          if (is_big) ++big_asked_;
          to.respond({200, "application/rss+xml", {}, is_big ? big_ : feed(1, "Stage")});
        });
  }
  [[nodiscard]] std::string url() const { return server_->url(); }
  [[nodiscard]] std::size_t big_asked() const { return big_asked_.load(); }

 private:
  std::string big_;
  std::atomic<std::size_t> big_asked_{0};
  std::mutex mutex_;
  std::vector<http::responder> kept_;
  std::unique_ptr<http::http_server> server_;
};

class overload_acceptance_test : public served_sites {
 protected:
  overload_acceptance_test() {
    std::vector<site_definition> definitions;
    definitions.push_back(site("fast", "fast"));
    site_definition narrow = site("narrow", "never");
    narrow.limits.time = 60s;
    narrow.limits.concurrency = 1;
    narrow.limits.queue = 1;
    definitions.push_back(std::move(narrow));
    for (std::size_t index = 0; index < big_sites; ++index) {
      site_definition big = site(fmt::format("big{}", index), "big");
      big.categories = {"big"};
      big.limits.time = 3s;
      big.limits.results = results_of_a_big_site;
      definitions.push_back(std::move(big));
    }
    serve(std::move(definitions));
  }
  ~overload_acceptance_test() override { close(); }

  [[nodiscard]] site_definition site(std::string id, std::string_view path) const {
    site_definition made;
    made.id = std::move(id);
    made.name = made.id;
    made.network = network_scope::loopback;
    made.request.url = fmt::format("{}/{}?q={{query}}", odd.url(), path);
    made.limits.time = 20s;
    made.limits.rate.count = 100;
    made.answer.format = answer_format::feed;
    return made;
  }

  /// How a site did, of a document that lists the sites as they ended.
  static json part_of(const json& document, std::string_view site) {
    for (const json& each : document["sites"]) {
      if (each["id"] == site) return each;
    }
    return {};
  }
  /// Begins an event stream, of which nothing is read.
  [[nodiscard]] http::loopback_socket stream(std::string_view target, int receive_buffer = 0) {
    const std::string url = endpoint->url();
    std::uint16_t port = 0;
    std::from_chars(url.data() + url.rfind(':') + 1, url.data() + url.size(), port);
    auto made = http::loopback_socket::connect_to(port, receive_buffer);
    EXPECT_TRUE(made.send(
        fmt::format("GET /api/search/stream?{} HTTP/1.1\r\nHost: localhost\r\n\r\n", target)));
    return made;
  }
  template <class Condition>
  static bool comes_true(Condition holds) {
    for (int turn = 0; turn < 30'000 && !holds(); ++turn) std::this_thread::sleep_for(1ms);
    return holds();
  }
  [[nodiscard]] lane_state narrow() { return board->find("narrow")->state(); }

  demanding_sites odd{reactor};
};

TEST_F(overload_acceptance_test, full_lanes_are_said_at_once_with_how_long_to_wait) {
  auto first = stream("q=one&site=narrow");
  ASSERT_TRUE(comes_true([this] { return narrow().running == 1; }));
  auto second = stream("q=two&site=narrow");
  ASSERT_TRUE(comes_true([this] { return narrow().is_full; }));

  const http::http_response refused = get("/api/search?q=three&site=narrow");
  const json partly = json::parse(get("/api/search?q=three&site=narrow&site=fast").body);

  EXPECT_EQ(refused.status, 503U);
  const std::string wait{http::find_header(refused.headers, "Retry-After")};
  EXPECT_GE(std::atoi(wait.c_str()), 1) << wait;
  EXPECT_EQ(json::parse(refused.body)["error"]["message"],
            "search: all sites that it needs have as many searches waiting as they can take; try "
            "again in " +
                wait + " s");
  EXPECT_EQ(part_of(partly, "fast")["outcome"], "results");
  EXPECT_EQ(part_of(partly, "narrow")["outcome"], "busy");
  EXPECT_GT(part_of(partly, "narrow").value("retry_after_ms", 0), 0);

  // Whoever leaves makes room.
  second.close();
  EXPECT_TRUE(comes_true([this] { return !narrow().is_full; }));
}

TEST_F(overload_acceptance_test, the_metrics_count_what_has_happened) {
  ASSERT_EQ(get("/api/search?q=stage&site=fast").status, 200U);

  const http::http_response metrics = get("/metrics");

  EXPECT_EQ(metrics.status, 200U);
  EXPECT_TRUE(metrics.content_type.starts_with("text/plain; version=0.0.4"))
      << metrics.content_type;
  for (const char* const line : {"livesearch_answers_total{site=\"fast\",outcome=\"results\"} 1\n",
                                 "livesearch_answers_total{site=\"narrow\",outcome=\"busy\"} 0\n",
                                 "livesearch_requests_total{site=\"fast\"} 1\n"}) {
    EXPECT_NE(metrics.body.find(line), std::string::npos) << line;
  }
}

TEST_F(overload_acceptance_test, a_reader_who_does_not_read_is_held_for_little_and_alone) {
  auto reader = stream("q=stage&category=big", 4096);

  // While its answers wait, others have theirs.
  for (int count = 0; count < 3; ++count) {
    const json other = json::parse(get(fmt::format("/api/search?q={}&site=fast", count)).body);
    EXPECT_EQ(other["sites"][0]["outcome"], "results");
  }
  const auto is_over = [this] {
    const auto read = board->find(fmt::format("big{}", big_sites - 1))->read({});
    return read.counts.outcomes.at(static_cast<std::size_t>(site_outcome::skipped)) == 1;
  };
  ASSERT_TRUE(comes_true(is_over));

  // What is asked for may have to be kept: besides what the system's sockets take, 2 MiB.
  fmt::print("{} of {} big sites were asked\n", odd.big_asked(), big_sites);
  EXPECT_GE(odd.big_asked(), 2U);
  EXPECT_LE(odd.big_asked(), big_sites / 2);
  // Nothing of it is lost.
  const std::string told = reader.read_through("event: end\n");
  EXPECT_TRUE(told.ends_with("event: end\n"));
  EXPECT_NE(told.find("as the answers before it were not taken in time"), std::string::npos);
}

}  // namespace
}  // namespace livesearch
