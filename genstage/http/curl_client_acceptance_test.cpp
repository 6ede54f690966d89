#include <genstage/http/curl_client_fixture.hpp>

#include <gtest/gtest.h>
#include <zlib.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
namespace gs = genstage;
namespace http = genstage::http;
std::string gzipped(std::size_t size, char filling) {
  z_stream packer{};
  deflateInit2(&packer, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string block(1U << 16U, filling);
  std::string packed;
  std::string room(1U << 16U, '\0');
  const auto bytes_of = [](std::string& text) {
    return static_cast<Bytef*>(static_cast<void*>(text.data()));
  };
  while (size > 0) {
    const auto part = std::min(size, block.size());
    size -= part;
    packer.next_in = bytes_of(block);
    packer.avail_in = static_cast<uInt>(part);
    do {
      packer.next_out = bytes_of(room);
      packer.avail_out = static_cast<uInt>(room.size());
      deflate(&packer, size == 0 ? Z_FINISH : Z_NO_FLUSH);
      packed.append(room, 0, room.size() - packer.avail_out);
    } while (packer.avail_out == 0);
  }
  deflateEnd(&packer);
  return packed;
}

using http::expect_failure;
using http::value_of;

class curl_client : public http::curl_client_fixture {};

TEST_F(curl_client, brings_the_whole_answer) {
  serve_reply({.status = 203,
               .content_type = "text/html; charset=utf-8",
               .headers = {{"X-Mine", "a: b"}},
               .body = "hello"});

  const auto response = ask(get("/a?b=c"));

  ASSERT_TRUE(response.has_value()) << response.error().message;
  EXPECT_EQ(response->status, 203U);
  EXPECT_EQ(response->body, "hello");
  EXPECT_EQ(response->content_type, "text/html; charset=utf-8");
  EXPECT_EQ(http::find_header(response->headers, "x-mine"), "a: b");
  EXPECT_EQ(response->final_url, server_->url() + "/a?b=c");
  EXPECT_EQ(response->http_version, "HTTP/1.1");
  EXPECT_GT(response->elapsed, 0ns);
  EXPECT_EQ(client_->transfers(), 0U);
}

TEST_F(curl_client, takes_any_status_as_an_answer) {
  serve_reply({.status = 503, .body = "later"});

  const auto response = ask(get());

  ASSERT_TRUE(response.has_value());
  EXPECT_EQ(response->status, 503U);
  EXPECT_EQ(response->body, "later");
}

TEST_F(curl_client, sends_method_headers_and_body) {
  std::promise<http::server_request> seen;
  serve([&](http::server_request request, http::responder answer) {
    answer.respond({});
    seen.set_value(std::move(request));
  });
  use({.user_agent = "tester/1"});
  auto request = get("/form");
  request.method = "POST";
  request.headers = {{"Content-Type", "application/json"}, {"X-Empty", ""}};
  request.body = R"({"q":1})";

  const auto response = ask(std::move(request));

  ASSERT_TRUE(response.has_value()) << response.error().message;
  const auto received = value_of(seen.get_future());
  EXPECT_EQ(received.method, "POST");
  EXPECT_EQ(received.body, R"({"q":1})");
  EXPECT_EQ(http::find_header(received.headers, "Content-Type"), "application/json");
  EXPECT_EQ(http::find_header(received.headers, "User-Agent"), "tester/1");
  EXPECT_TRUE(http::has_header(received.headers, "X-Empty"));
}

// libcurl's handles are used again, and keep what is not set anew.
TEST_F(curl_client, sends_nothing_of_the_request_before) {
  serve([](http::server_request request, http::responder answer) {
    if (request.raw_target == "/moved") {
      return answer.respond({.status = 302, .headers = {{"Location", "/"}}});
    }
    std::string mine{http::find_header(request.headers, "X-Mine")};
    answer.respond({.headers = {{"X-Method", request.method}, {"X-Mine", mine}},
                    .body = request.body.empty() ? std::string(100, '.') : request.body});
  });
  const auto plain = [&] {
    const auto response = ask(get());
    ASSERT_TRUE(response.has_value()) << response.error().message;
    EXPECT_EQ(response->status, 200U);
    EXPECT_EQ(http::find_header(response->headers, "X-Method"), "GET");
    EXPECT_EQ(http::find_header(response->headers, "X-Mine"), "");
    EXPECT_EQ(response->body.size(), 100U);
    EXPECT_EQ(response->final_url, server_->url() + "/");
  };
  plain();
  auto with_header = get();
  with_header.headers = {{"X-Mine", "1"}};
  EXPECT_EQ(http::find_header(ask(std::move(with_header))->headers, "X-Mine"), "1");
  plain();
  for (const std::string method : {"HEAD", "POST", "DELETE"}) {
    auto other = get();
    other.method = method;
    if (method == "POST") other.body = "form";
    EXPECT_EQ(http::find_header(ask(std::move(other))->headers, "X-Method"), method);
    plain();
  }
  auto small = get();
  small.max_body = 10;
  expect_failure(ask(std::move(small)), gs::errc::bad_answer, "larger than 10 bytes");
  plain();
  auto moved = get("/moved");
  moved.max_redirects = 0;
  EXPECT_EQ(ask(moved)->status, 302U);
  moved.max_redirects = 1;
  EXPECT_EQ(ask(moved)->final_url, server_->url() + "/");
  EXPECT_EQ(ask(get("/moved"))->final_url, server_->url() + "/");
  plain();
}

TEST_F(curl_client, knows_the_other_methods) {
  serve([](http::server_request request, http::responder answer) {
    answer.respond({.headers = {{"X-Method", request.method}}, .body = request.body});
  });
  for (const std::string method : {"HEAD", "PUT", "PATCH", "DELETE"}) {
    auto request = get();
    request.method = method;
    if (method != "HEAD") request.body = "body";

    const auto response = ask(std::move(request));

    ASSERT_TRUE(response.has_value()) << response.error().message;
    EXPECT_EQ(http::find_header(response->headers, "X-Method"), method);
    EXPECT_EQ(response->body, method == "HEAD" ? "" : "body");
  }
}

TEST_F(curl_client, refuses_requests_that_break_the_rules) {
  using namespace std::string_literals;
  const auto with = [](auto change) {
    http::http_request request{.url = "http://127.0.0.1/"};
    change(request);
    return request;
  };

  for (const auto& url : {""s, "127.0.0.1"s, "/path"s, "ftp://127.0.0.1/"s, "file:///etc/passwd"s,
                          "http://"s, "http://a b/"s, "http://127.0.0.1/\0x"s}) {
    expect_failure(ask({.url = url}), gs::errc::invalid_argument, "an absolute http or https URL");
  }
  expect_failure(ask(with([](auto& request) { request.method = "BREW"; })),
                 gs::errc::invalid_argument, "method is \"BREW\"");
  expect_failure(ask(with([](auto& request) { request.body = "x"; })), gs::errc::invalid_argument,
                 "a GET request has a body of 1 bytes");
  expect_failure(ask(with([](auto& request) { request.headers = {{"A", "b\r\nC: d"}}; })),
                 gs::errc::invalid_argument, "header \"A\" has characters");
}

TEST_F(curl_client, cancels_in_flight_and_lets_the_server_know) {
  std::promise<http::responder> asked;
  std::promise<http::exchange_end> ended;
  serve([&](http::server_request, http::responder answer) {
    answer.on_closed([&](http::exchange_end how) { ended.set_value(how); });
    asked.set_value(std::move(answer));
  });
  auto [id, done] = start(get());
  auto held = value_of(asked.get_future());

  client_->cancel(id);

  expect_failure(value_of(std::move(done)), gs::errc::cancelled, "cancelled by its caller");
  EXPECT_EQ(value_of(ended.get_future()), http::exchange_end::client_left);
}

TEST_F(curl_client, completes_exactly_once_however_often_it_is_cancelled) {
  serve([](http::server_request, http::responder answer) { answer.respond({.body = "x"}); });
  constexpr int transfers = 200;
  std::atomic<int> completions{0};
  {
    std::vector<std::jthread> callers;
    for (int caller = 0; caller < 4; ++caller) {
      callers.emplace_back([&, caller] {
        for (int turn = 0; turn < transfers / 4; ++turn) {
          const auto id = client_->start(get(), [&](auto) { ++completions; });
          if (turn % 2 == caller % 2) client_->cancel(id);
          if (turn % 4 == 0) client_->cancel(id);
        }
      });
    }
  }

  client_.reset();

  EXPECT_EQ(completions.load(), transfers);
}

TEST_F(curl_client, leaves_unknown_transfers_alone) {
  serve_reply({.body = "fine"});

  client_->cancel(http::transfer_id{77});

  EXPECT_TRUE(ask(get()).has_value());
}

TEST_F(curl_client, never_completes_inside_start) {
  serve_reply({});
  std::promise<bool> seen;

  reactor_.post([&] {
    auto inside = std::make_shared<bool>(true);
    std::ignore =
        client_->start({.url = "nonsense"}, [&seen, inside](auto) { seen.set_value(*inside); });
    *inside = false;
  });

  EXPECT_FALSE(value_of(seen.get_future()));
}

TEST_F(curl_client, gives_up_at_the_total_limit) {
  http::loopback_peer silent{[](http::loopback_socket& socket) { socket.read_all(); }};
  auto request = get_from(silent);
  request.total_limit = 400ms;

  const auto outcome = ask(std::move(request));

  expect_failure(outcome, gs::errc::timed_out,
                 "no whole answer within 400 ms (connected, no answer); transfer aborted");
}

TEST_F(curl_client, gives_up_a_dribbling_body_at_the_total_limit) {
  http::loopback_peer dribbling{[](http::loopback_socket& socket) {
    socket.read_through("\r\n\r\n");
    socket.send("HTTP/1.1 200 OK\r\n\r\n");
    while (socket.send("x")) std::this_thread::yield();
  }};
  auto request = get_from(dribbling);
  request.total_limit = 400ms;
  request.max_body = std::size_t{1} << 30U;

  expect_failure(ask(std::move(request)), gs::errc::timed_out, "bytes of the body arrived");
}

TEST_F(curl_client, gives_up_early_if_no_answer_begins) {
  http::loopback_peer silent{[](http::loopback_socket& socket) { socket.read_all(); }};
  auto request = get_from(silent);
  request.first_byte_limit = 200ms;

  expect_failure(ask(std::move(request)), gs::errc::timed_out,
                 "no answer began within 200 ms (connected, no answer); transfer aborted");
}

TEST_F(curl_client, gives_an_answer_that_has_begun_the_whole_time) {
  http::loopback_peer slow{[](http::loopback_socket& socket) {
    socket.read_through("\r\n\r\n");
    socket.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na");
    std::this_thread::sleep_for(600ms);
    socket.send("b");
  }};
  auto request = get_from(slow);
  request.first_byte_limit = 300ms;

  const auto response = ask(std::move(request));

  ASSERT_TRUE(response.has_value()) << response.error().message;
  EXPECT_EQ(response->body, "ab");
}

TEST_F(curl_client, replaces_a_connection_that_the_site_has_closed_meanwhile) {
  // Each connection is kept open for one answer, and closed without a word when the next request
  // has arrived on it.
  http::loopback_peer forgetful{[](http::loopback_socket& socket) {
    socket.read_through("\r\n\r\n");
    socket.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    socket.read_through("\r\n\r\n");
  }};
  for (int count = 0; count < 5; ++count) {
    const auto response = ask(get_from(forgetful));

    ASSERT_TRUE(response.has_value()) << response.error().message;
    EXPECT_EQ(response->body, "ok");
  }
  EXPECT_EQ(forgetful.connections(), 5);
}

TEST_F(curl_client, asks_on_a_new_connection_if_told_to) {
  serve_reply({.body = "x"});
  ASSERT_TRUE(ask(get()).has_value());
  ASSERT_TRUE(ask(get()).has_value());
  ASSERT_EQ(server_->counters().connections, 1U) << "the connection should wait in the pool";
  auto request = get();
  request.connection = http::connection_use::fresh;

  ASSERT_TRUE(ask(std::move(request)).has_value());

  EXPECT_EQ(server_->counters().connections, 2U);
}

TEST_F(curl_client, refuses_an_answer_that_announces_too_much) {
  serve_reply({.body = std::string(5000, 'x')});
  auto request = get();
  request.max_body = 4999;

  expect_failure(ask(std::move(request)), gs::errc::bad_answer,
                 "answer is larger than 4999 bytes; transfer aborted");
}

TEST_F(curl_client, takes_an_answer_of_exactly_the_limit) {
  serve_reply({.body = std::string(5000, 'x')});
  auto request = get();
  request.max_body = 5000;

  EXPECT_TRUE(ask(std::move(request)).has_value());
}

TEST_F(curl_client, aborts_an_answer_without_end) {
  http::loopback_peer endless{[](http::loopback_socket& socket) {
    socket.read_through("\r\n\r\n");
    socket.send("HTTP/1.1 200 OK\r\n\r\n");
    const std::string block(65536, 'x');
    while (socket.send(block)) {
    }
  }};
  auto request = get_from(endless);
  request.max_body = 1 << 20;

  expect_failure(ask(std::move(request)), gs::errc::bad_answer, "larger than 1048576 bytes");
}

TEST_F(curl_client, aborts_a_header_without_end) {
  http::loopback_peer endless{[](http::loopback_socket& socket) {
    socket.read_through("\r\n\r\n");
    socket.send("HTTP/1.1 200 OK\r\n");
    const std::string line = "X-Line: " + std::string(1000, 'x') + "\r\n";
    while (socket.send(line)) {
    }
  }};

  expect_failure(ask(get_from(endless)), gs::errc::bad_answer,
                 "answer's header is larger than 65536 bytes");
}

TEST_F(curl_client, decodes_a_compressed_answer) {
  serve_reply({.headers = {{"Content-Encoding", "gzip"}}, .body = gzipped(100'000, 'y')});

  const auto response = ask(get());

  ASSERT_TRUE(response.has_value()) << response.error().message;
  EXPECT_EQ(response->body, std::string(100'000, 'y'));
}

TEST_F(curl_client, aborts_a_compressed_bomb_at_the_limit) {
  const auto bomb = gzipped(std::size_t{128} << 20U, '\0');
  ASSERT_LT(bomb.size(), 1U << 20U);
  serve_reply({.headers = {{"Content-Encoding", "gzip"}}, .body = bomb});
  auto request = get();
  request.max_body = 2 << 20;

  const auto outcome = ask(std::move(request));

  expect_failure(outcome, gs::errc::bad_answer, "answer is larger than 2097152 bytes");
}

TEST_F(curl_client, refuses_a_compressed_answer_that_is_broken) {
  serve_reply({.headers = {{"Content-Encoding", "gzip"}}, .body = "this is no gzip at all"});

  expect_failure(ask(get()), gs::errc::bad_answer, "answer cannot be read");
}

TEST_F(curl_client, follows_redirects_and_says_where_they_ended) {
  serve([](http::server_request request, http::responder answer) {
    if (request.target.path == "/end") return answer.respond({.body = "here"});
    answer.respond(
        {.status = 302, .headers = {{"Location", "/end?x"}, {"X-Old", "1"}}, .body = "no"});
  });

  const auto response = ask(get());

  ASSERT_TRUE(response.has_value()) << response.error().message;
  EXPECT_EQ(response->body, "here");
  EXPECT_EQ(response->final_url, server_->url() + "/end?x");
  EXPECT_FALSE(http::has_header(response->headers, "X-Old"));
}

TEST_F(curl_client, gives_a_redirect_as_the_answer_when_none_is_allowed) {
  serve_reply({.status = 302, .headers = {{"Location", "/end"}}});
  auto request = get();
  request.max_redirects = 0;

  const auto response = ask(std::move(request));

  ASSERT_TRUE(response.has_value());
  EXPECT_EQ(response->status, 302U);
}

TEST_F(curl_client, gives_up_endless_redirects) {
  std::atomic<int> asked{0};
  serve([&](http::server_request, http::responder answer) {
    answer.respond({.status = 302, .headers = {{"Location", "/" + std::to_string(++asked)}}});
  });

  expect_failure(ask(get()), gs::errc::bad_answer,
                 "redirected more than 5 times; transfer aborted");
  EXPECT_EQ(asked.load(), 6);
}

TEST_F(curl_client, reuses_its_connection_within_a_scope) {
  http::loopback_peer peer{[](http::loopback_socket& socket) {
    while (socket.read_through("\r\n\r\n").ends_with("\r\n\r\n")) {
      socket.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    }
  }};

  for (int turn = 0; turn < 3; ++turn) ASSERT_TRUE(ask(get_from(peer)).has_value());

  EXPECT_EQ(peer.connections(), 1);
  client_.reset();
}

TEST_F(curl_client, replaces_a_pooled_connection_that_has_died) {
  http::loopback_peer peer{[](http::loopback_socket& socket) {
    socket.read_through("\r\n\r\n");
    socket.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  }};

  for (int turn = 0; turn < 3; ++turn) {
    const auto response = ask(get_from(peer));
    ASSERT_TRUE(response.has_value()) << response.error().message;
  }

  EXPECT_EQ(peer.connections(), 3);
}

TEST_F(curl_client, says_that_nothing_listens) {
  serve_reply({});
  const auto request = get();
  server_.reset();

  expect_failure(ask(request), gs::errc::unreachable, "could not connect");
}

TEST_F(curl_client, says_that_the_answer_is_no_http) {
  http::loopback_peer rude{[](http::loopback_socket& socket) {
    socket.read_through("\r\n\r\n");
    socket.send("220 mail.example ESMTP\r\n");
  }};

  expect_failure(ask(get_from(rude)), gs::errc::bad_answer, "answer is no HTTP");
}

TEST_F(curl_client, says_that_the_answer_ended_early) {
  http::loopback_peer cut{[](http::loopback_socket& socket) {
    socket.read_through("\r\n\r\n");
    socket.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
  }};

  expect_failure(ask(get_from(cut)), gs::errc::bad_answer, "answer cannot be read");
}

TEST_F(curl_client, says_that_a_secure_connection_failed) {
  serve_reply({});
  auto request = get();
  request.url.replace(0, 4, "https");

  expect_failure(ask(std::move(request)), gs::errc::unreachable, "no secure connection");
}

TEST_F(curl_client, refuses_transfers_beyond_its_bound) {
  http::loopback_peer silent{[](http::loopback_socket& socket) { socket.read_all(); }};
  use({.max_transfers = 2});
  auto first = start(get_from(silent));
  auto second = start(get_from(silent));

  expect_failure(ask(get_from(silent)), gs::errc::over_capacity,
                 "2 transfers are running or waiting, no more are allowed");

  client_.reset();
  expect_failure(value_of(std::move(first.second)), gs::errc::cancelled, "cancelled");
  expect_failure(value_of(std::move(second.second)), gs::errc::cancelled, "cancelled");
}

TEST_F(curl_client, lets_transfers_wait_for_a_connection_to_their_host) {
  std::atomic<int> together{0};
  std::atomic<int> most{0};
  http::loopback_peer peer{[&](http::loopback_socket& socket) {
    while (socket.read_through("\r\n\r\n").ends_with("\r\n\r\n")) {
      const int now = ++together;
      int seen = most.load();
      while (seen < now && !most.compare_exchange_weak(seen, now)) {
      }
      std::this_thread::yield();
      --together;
      socket.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    }
  }};
  use({.max_host_connections = 3});
  std::vector<completed> all;

  for (int turn = 0; turn < 100; ++turn) all.push_back(start(get_from(peer)).second);

  for (auto& each : all) {
    const auto response = value_of(std::move(each));
    ASSERT_TRUE(response.has_value()) << response.error().message;
  }
  EXPECT_LE(most.load(), 3);
  EXPECT_LE(peer.connections(), 3);
  client_.reset();
}

TEST_F(curl_client, counts_waiting_for_a_connection_against_the_total_limit) {
  http::loopback_peer silent{[](http::loopback_socket& socket) { socket.read_all(); }};
  use({.max_host_connections = 1});
  auto first = start(get_from(silent));
  auto waiting = get_from(silent);
  waiting.total_limit = 100ms;

  expect_failure(ask(std::move(waiting)), gs::errc::timed_out, "(not connected)");
  client_.reset();
}

TEST_F(curl_client, tells_pending_transfers_when_it_is_destroyed) {
  http::loopback_peer silent{[](http::loopback_socket& socket) { socket.read_all(); }};
  std::atomic<int> cancelled{0};
  for (int turn = 0; turn < 10; ++turn) {
    std::ignore = client_->start(get_from(silent), [&](auto outcome) {
      if (!outcome && outcome.error().code == gs::errc::cancelled) ++cancelled;
    });
  }

  client_.reset();

  EXPECT_EQ(cancelled.load(), 10);
}

TEST_F(curl_client, streams_server_sent_events_until_the_stream_ends) {
  serve([](http::server_request, http::responder answer) {
    auto stream = answer.begin_stream(200, "text/event-stream");
    for (int event = 0; event < 3; ++event) {
      EXPECT_EQ(stream.write("data: " + std::to_string(event) + "\n\n"),
                http::stream_write::accepted);
    }
    stream.finish();
  });

  const auto response = ask(get());

  ASSERT_TRUE(response.has_value()) << response.error().message;
  EXPECT_EQ(response->content_type, "text/event-stream");
  EXPECT_EQ(response->body, "data: 0\n\ndata: 1\n\ndata: 2\n\n");
}

}  // namespace
