#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <future>
#include <genstage/genstage.hpp>
#include <genstage/http/loopback_socket.hpp>
#include <genstage/inspector/inspector.hpp>
#include <genstage/replay/schedule_recorder.hpp>
#include <genstage/task/sync_wait.hpp>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace genstage {
namespace {

using namespace std::chrono_literals;
using http::loopback_socket;
using nlohmann::json;

class numbers final : public producer<std::int64_t> {
 public:
  void handle_demand(demand asked, output<std::int64_t>& out) override {
    for (std::uint64_t each = 0; each < asked.count(); ++each) out.emit(0);
  }
};

/// Takes ten events, and then thinks about them for longer than any test runs.
class thinker final : public async_consumer<std::int64_t> {
 public:
  task<> handle_events(std::span<std::int64_t>) override {
    auto thought = sleep_for(1h);
    (void)co_await std::move(thought);
  }
};

std::uint16_t port_of(const std::string& url) {
  return static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
}

class inspector_acceptance_test : public testing::Test {
 protected:
  inspector_acceptance_test() {
    const auto source = spawn<numbers>(home_, {.name = "numbers"});
    const auto sink = spawn<thinker>(home_, {.name = "thinker"});
    EXPECT_TRUE(sync_wait(subscribe(*sink, *source, {.max_demand = 10, .min_demand = 0})));
  }

  void inspect(inspector_options options = {}) {
    options.port = 0;
    options.interval = 10ms;
    auto started = inspector::start(home_, std::move(options));
    ASSERT_TRUE(started) << started.error().message;
    inspector_.emplace(*std::move(started));
  }

  [[nodiscard]] std::uint16_t port() const { return port_of(inspector_->url()); }

  loopback_socket send(const std::string& target, const std::string& headers = {}) {
    auto connection = loopback_socket::connect_to(port());
    connection.send("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n");
    return connection;
  }

  std::string get(const std::string& target, const std::string& headers = {}) {
    return send(target, headers + "Connection: close\r\n").read_all();
  }

  json get_json(const std::string& target) {
    const std::string answer = get(target);
    return json::parse(answer.substr(answer.find("\r\n\r\n") + 4));
  }

  runtime home_{{.log = silent_log(), .workers = 2}};
  std::optional<inspector> inspector_;
};

const json* find_labelled(const json& all, std::string_view label) {
  for (const json& each : all) {
    if (each.at("label") == label) return &each;
  }
  return nullptr;
}

TEST_F(inspector_acceptance_test, tells_stages_and_who_waits_for_whom) {
  inspect();
  const auto knows_all = [](const json& seen) {
    for (const char* const name : {"numbers", "thinker"}) {
      const json* const stage = find_labelled(seen.at("processes"), name);
      if (stage == nullptr || stage->at("stage").is_null()) return false;
    }
    return std::ranges::any_of(seen.at("subscriptions"),
                               [](const json& each) { return each.at("delivered") == 10; });
  };
  json seen = get_json("/api/snapshot");
  // They may not have spoken yet, or a busy machine has not let them answer in time.
  while (!knows_all(seen)) seen = get_json("/api/snapshot");

  const json* const source = find_labelled(seen.at("processes"), "numbers");
  const json* const sink = find_labelled(seen.at("processes"), "thinker");
  EXPECT_EQ(source->at("stage").at("kind"), "producer");
  EXPECT_EQ(sink->at("stage").at("takes"), "long");
  const auto between = std::ranges::find_if(seen.at("subscriptions"), [&](const json& each) {
    return each.at("consumer") == sink->at("pid");
  });
  ASSERT_NE(between, seen.at("subscriptions").end());
  EXPECT_EQ(between->at("producer"), source->at("pid"));
  EXPECT_EQ(between->at("asked"), 10);
}

TEST_F(inspector_acceptance_test, tells_records_and_the_conversation_of_a_subscription) {
  inspect();
  // The consumer may not have been told yet that it is subscribed.
  std::string tag;
  while (tag.empty()) {
    const json told = get_json("/api/records?limit=10000");
    for (const json& each : told.at("records")) {
      if (each.at("kind") == "ask" && each.at("label") == "numbers") tag = each.at("subscription");
    }
  }
  json said;
  while (said["lines"].size() < 2) said = get_json("/api/conversation?subscription=" + tag);

  EXPECT_EQ(said.at("producer"), "numbers");
  EXPECT_EQ(said.at("consumer"), "thinker");
  EXPECT_EQ(said.at("lines").at(0).at("text"), "I can process 10 events");
  EXPECT_EQ(said.at("lines").at(1).at("text"), "Here are 10 events");
}

/// Its own requests are events like others.
TEST_F(inspector_acceptance_test, measures_where_the_time_of_events_goes_if_it_is_told_to) {
  inspect({.measures_latencies = true});

  json found;
  while (found.is_null()) {
    const json seen = get_json("/api/snapshot");
    const json* const answers = find_labelled(seen.at("processes"), "inspector/answers");
    for (const json& each : seen.at("subscriptions")) {
      if (each.at("consumer") == answers->at("pid")) found = each.at("latency");
    }
  }

  EXPECT_EQ(found.size(), 5);
  EXPECT_GT(found.at("in_service").at("count"), 0);
}

TEST_F(inspector_acceptance_test, what_cannot_be_read_is_refused_in_words) {
  inspect();

  EXPECT_EQ(get_json("/api/records?limit=many").at("error").at("message"),
            "limit: \"many\" cannot be read, such as 1000 is allowed; not answered");
  EXPECT_EQ(get_json("/api/conversation").at("error").at("message"),
            "subscription: it is missing, such as s17 is needed; not answered");
  EXPECT_TRUE(get("/nothing").starts_with("HTTP/1.1 404"));
}

TEST_F(inspector_acceptance_test, shows_an_open_page_one_look_after_the_other) {
  inspect();
  auto page = send("/api/stream");

  const auto next_moment = [&page] {
    page.read_through("event: snapshot\ndata: ");
    return json::parse(page.read_through("\n")).at("at").get<std::int64_t>();
  };
  const std::int64_t first = next_moment();
  const std::int64_t second = next_moment();

  EXPECT_LT(first, second);
}

TEST_F(inspector_acceptance_test, serves_a_page_that_loads_nothing_from_elsewhere) {
  inspect();

  const std::string answer = get("/");

  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200")) << answer;
  EXPECT_NE(answer.find("Content-Security-Policy: default-src 'self';"), std::string::npos);
  EXPECT_NE(answer.find("<!doctype html>"), std::string::npos);
}

TEST_F(inspector_acceptance_test, data_needs_the_token_if_there_is_one) {
  inspect({.token = "secret"});

  EXPECT_TRUE(get("/").starts_with("HTTP/1.1 200"));
  EXPECT_TRUE(get("/api/snapshot").starts_with("HTTP/1.1 401"));
  EXPECT_TRUE(get("/api/snapshot", "Authorization: Bearer secret\r\n").starts_with("HTTP/1.1 200"));
}

TEST_F(inspector_acceptance_test, does_not_start_where_others_could_look_in_without_a_token) {
  const auto started = inspector::start(home_, {.address = "0.0.0.0", .port = 0});

  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, errc::refused);
}

TEST_F(inspector_acceptance_test, does_not_start_where_the_port_is_taken) {
  const http::loopback_peer taken{[](loopback_socket&) {}};

  const auto started = inspector::start(home_, {.port = taken.port()});

  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, errc::not_started);
  EXPECT_NE(started.error().message.find(std::to_string(taken.port())), std::string::npos)
      << started.error().message;
}

TEST_F(inspector_acceptance_test, stops_while_a_page_is_open_and_can_be_started_again) {
  inspect();
  auto page = send("/api/stream");
  page.read_through("event: snapshot");

  inspector_.reset();

  page.read_all();  // It ends.
  EXPECT_FALSE(home_.find("inspector/door"));
  inspect();
  EXPECT_TRUE(get("/api/snapshot").starts_with("HTTP/1.1 200"));
}

/// The end of a process is a part of what is recorded, in which nothing else happens: the door may
/// not wait for what its connections have still to say.
TEST(recorded_inspector_test, a_door_that_is_killed_while_a_page_is_open_is_opened_again) {
  schedule_recorder recording{{.workers = 2}};
  runtime home{recording, {.log = silent_log()}};
  std::array<std::promise<std::string>, 2> opened;
  std::size_t times = 0;
  inspector_options options{.port = 0, .interval = 10ms, .log = &recording};
  options.ready = [&](std::string_view url) { opened.at(times++).set_value(std::string{url}); };
  auto started = inspector::start(home, options);
  ASSERT_TRUE(started) << started.error().message;
  auto page = loopback_socket::connect_to(port_of(opened[0].get_future().get()));
  page.send("GET /api/stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
  page.read_through("event: snapshot");

  home.exit(home.find("inspector/door"), exit_reason::kill());

  page.read_all();  // It ends.
  auto again = loopback_socket::connect_to(port_of(opened[1].get_future().get()));
  again.send("GET /api/snapshot HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(again.read_all().starts_with("HTTP/1.1 200"));
  started = fail(errc::not_started, "inspector: it was let go");
  recording.stop();
}

}  // namespace
}  // namespace genstage
