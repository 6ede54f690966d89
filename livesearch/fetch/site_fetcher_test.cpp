#include "livesearch/fetch/site_fetcher.hpp"

#include <gtest/gtest.h>

namespace livesearch {
namespace {

using genstage::errc;
using genstage::error;
using genstage::http::http_response;

class read_answer_test : public ::testing::Test {
 protected:
  static searchable_site make() {
    site_definition definition;
    definition.id = "wiki";
    definition.request.url = "https://example.org/?q={query}";
    definition.answer.format = answer_format::json;
    definition.answer.results = {rule_kind::path, "hits[*]"};
    definition.answer.title = {rule_kind::path, "title"};
    definition.answer.url = {rule_kind::path, "url"};
    return *searchable_site::make(std::move(definition));
  }
  static http_response answer(unsigned status, std::string body) {
    http_response made;
    made.status = status;
    made.body = std::move(body);
    made.content_type = "application/json";
    made.final_url = "https://example.org/?q=x";
    return made;
  }

  static constexpr std::chrono::sys_seconds now =
      std::chrono::sys_days{std::chrono::year{2026} / 11 / 27} + std::chrono::hours{12};

  [[nodiscard]] site_answer read(const http_response& response) const {
    return read_answer(site, response, now).answer;
  }

  searchable_site site = make();
};

TEST_F(read_answer_test, hits_are_results) {
  const site_answer found =
      read(answer(200, R"({"hits":[{"title":"Demand","url":"https://example.org/demand"}]})"));

  EXPECT_EQ(found.outcome, site_outcome::results);
  ASSERT_EQ(found.hits.size(), 1U);
  EXPECT_EQ(found.hits[0].title, "Demand");
}

TEST_F(read_answer_test, an_answer_without_hits_is_no_results) {
  EXPECT_EQ(read(answer(200, R"({"hits":[]})")).outcome, site_outcome::no_results);
}

TEST_F(read_answer_test, a_broken_body_is_a_bad_answer) {
  EXPECT_EQ(read(answer(200, "{\"hits\": [")).outcome, site_outcome::bad_answer);
}

TEST_F(read_answer_test, status_429_means_that_the_rate_is_used_up_and_says_until_when) {
  http_response slow_down = answer(429, "");
  slow_down.headers.push_back({"Retry-After", "Fri, 27 Nov 2026 12:02:00 GMT"});

  const site_answer limited = read(slow_down);

  EXPECT_EQ(limited.outcome, site_outcome::rate_limited);
  EXPECT_EQ(limited.message, "The site answered status 429 and asks to wait 120 s.");
  EXPECT_EQ(limited.retry_after, std::chrono::seconds{120});
}

TEST_F(read_answer_test, status_429_without_a_time_is_a_minute) {
  EXPECT_EQ(read(answer(429, "")).retry_after, std::chrono::seconds{60});
}

TEST_F(read_answer_test, status_503_is_a_failure_that_may_pass_unless_it_names_a_time) {
  http_response down = answer(503, "");
  EXPECT_EQ(read_answer(site, down, now).is, fetch_report::kind::may_pass);

  down.headers.push_back({"Retry-After", "30"});
  EXPECT_EQ(read(down).outcome, site_outcome::rate_limited);
}

TEST_F(read_answer_test, other_statuses_are_named) {
  EXPECT_EQ(read(answer(403, "")).outcome, site_outcome::blocked);
  EXPECT_EQ(read(answer(500, "")).message, "The site answered status 500.");
}

TEST_F(read_answer_test, a_challenge_for_browsers_is_a_refusal) {
  http_response challenge = answer(503, "");
  challenge.headers.push_back({"cf-mitigated", "challenge"});

  EXPECT_EQ(read(challenge).outcome, site_outcome::blocked);
}

TEST_F(read_answer_test, each_failure_of_a_request_has_an_outcome_of_its_own) {
  const auto outcome = [&](errc code) {
    return read_failure(site, error{code, "why"}).answer.outcome;
  };

  EXPECT_EQ(outcome(errc::timed_out), site_outcome::timed_out);
  EXPECT_EQ(outcome(errc::refused), site_outcome::skipped);
  EXPECT_EQ(outcome(errc::unreachable), site_outcome::unreachable);
  EXPECT_EQ(outcome(errc::bad_answer), site_outcome::bad_answer);
  EXPECT_EQ(outcome(errc::over_capacity), site_outcome::busy);
  EXPECT_EQ(outcome(errc::cancelled), site_outcome::skipped);
}

TEST_F(read_answer_test, a_request_that_changes_something_is_not_made_twice) {
  EXPECT_EQ(read_failure(site, error{errc::unreachable, "why"}).is, fetch_report::kind::may_pass);
  site.definition.request.method = request_method::post;
  EXPECT_EQ(read_failure(site, error{errc::unreachable, "why"}).is, fetch_report::kind::final_word);
}

}  // namespace
}  // namespace livesearch
