#include <genstage/http/loopback_socket.hpp>
#include <genstage/http/server.hpp>
#include <genstage/io/reactor.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
namespace gs = genstage;
namespace http = genstage::http;

constexpr auto generous = 20s;

template <class Value>
Value value_of(std::future<Value> future) {
  if (future.wait_for(generous) != std::future_status::ready) {
    throw std::runtime_error{"nothing came in time"};
  }
  return future.get();
}

class http_server : public testing::Test {
 protected:
  void serve(http::http_server::handler handler, http::server_options options = {}) {
    auto listening = http::http_server::listen(reactor_, std::move(options), std::move(handler));
    ASSERT_TRUE(listening.has_value()) << listening.error().message;
    server_ = *std::move(listening);
  }

  void serve_echo(http::server_options options = {}) {
    serve(
        [](http::server_request request, http::responder answer) {
          answer.respond({.body = request.method + " " + request.target.path});
        },
        std::move(options));
  }

  http::loopback_socket connect() { return http::loopback_socket::connect_to(server_->port()); }

  std::string asked_once(std::string_view request) {
    auto socket = connect();
    socket.send(request);
    return socket.read_all();
  }

  gs::reactor reactor_;
  std::unique_ptr<http::http_server> server_;
};

constexpr std::string_view get_and_close =
    "GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
constexpr std::string_view get_and_stay = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

std::string body_of(const std::string& answer) {
  const auto blank = answer.find("\r\n\r\n");
  return blank == std::string::npos ? std::string{} : answer.substr(blank + 4);
}

TEST_F(http_server, gives_the_handler_the_request_decoded) {
  std::promise<http::server_request> seen;
  serve([&](http::server_request request, http::responder answer) {
    answer.respond({});
    seen.set_value(std::move(request));
  });

  asked_once(
      "POST /a%20b?q=x+y&site=1&site=2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
      "X-Thing: some\r\nContent-Length: 4\r\n\r\nbody");

  const auto request = value_of(seen.get_future());
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target.path, "/a b");
  EXPECT_EQ(*request.target.find("q"), "x y");
  EXPECT_EQ(request.target.all("site").size(), 2U);
  EXPECT_EQ(request.raw_target, "/a%20b?q=x+y&site=1&site=2");
  EXPECT_EQ(http::find_header(request.headers, "x-thing"), "some");
  EXPECT_EQ(request.body, "body");
  EXPECT_TRUE(request.peer.starts_with("127.0.0.1:")) << request.peer;
}

TEST_F(http_server, writes_status_headers_and_body) {
  serve([](http::server_request, http::responder answer) {
    answer.respond({.status = 404,
                    .content_type = "application/json",
                    .headers = {{"X-Mine", "1"}, {"Content-Length", "999"}},
                    .body = "{}"});
  });

  const auto answer = asked_once(get_and_close);

  EXPECT_TRUE(answer.starts_with("HTTP/1.1 404 Not Found\r\nDate: ")) << answer;
  EXPECT_NE(answer.find("\r\nContent-Type: application/json\r\n"), std::string::npos);
  EXPECT_NE(answer.find("\r\nX-Mine: 1\r\n"), std::string::npos);
  EXPECT_NE(answer.find("\r\nContent-Length: 2\r\n"), std::string::npos);
  EXPECT_EQ(answer.find("999"), std::string::npos);
  EXPECT_NE(answer.find("\r\nConnection: close\r\n"), std::string::npos);
  EXPECT_EQ(body_of(answer), "{}");
}

TEST_F(http_server, writes_a_large_body_whole) {
  serve([](http::server_request, http::responder answer) {
    answer.respond({.body = std::string(3'000'000, 'x')});
  });

  EXPECT_EQ(body_of(asked_once(get_and_close)), std::string(3'000'000, 'x'));
}

TEST_F(http_server, answers_head_without_a_body_but_with_its_length) {
  serve_echo();

  const auto answer = asked_once("HEAD /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

  EXPECT_NE(answer.find("Content-Length: 7\r\n"), std::string::npos) << answer;
  EXPECT_EQ(body_of(answer), "");
}

TEST_F(http_server, keeps_the_connection_for_the_next_request) {
  serve_echo();
  auto socket = connect();

  socket.send(get_and_stay);
  const auto first = socket.read_through("GET /a");
  socket.send("GET /b HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto second = socket.read_through("GET /b");

  EXPECT_TRUE(first.ends_with("GET /a"));
  EXPECT_TRUE(second.ends_with("GET /b"));
}

TEST_F(http_server, answers_pipelined_requests_one_after_the_other) {
  std::promise<void> both_sent;
  std::shared_future<void> go{both_sent.get_future()};
  std::optional<std::thread> answering;
  serve([&](http::server_request request, http::responder answer) {
    if (request.target.path != "/first") return answer.respond({.body = "second"});
    answering.emplace([go, held = std::move(answer)]() mutable {
      go.wait();
      held.respond({.body = "first"});
    });
  });
  auto socket = connect();

  socket.send("GET /first HTTP/1.1\r\nHost: x\r\n\r\nGET /second HTTP/1.1\r\nHost: x\r\n\r\n");
  both_sent.set_value();
  const auto answers = socket.read_through("second");

  EXPECT_LT(answers.find("first"), answers.find("second"));
  EXPECT_EQ(server_->counters().requests, 2U);
  answering->join();
}

TEST_F(http_server, speaks_http_1_0) {
  serve_echo();

  const auto answer = asked_once("GET /a HTTP/1.0\r\n\r\n");

  EXPECT_TRUE(answer.starts_with("HTTP/1.0 200 OK\r\n")) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\nGET /a"));
}

TEST_F(http_server, asks_for_a_body_that_was_announced) {
  serve([](http::server_request request, http::responder answer) {
    answer.respond({.body = "got " + request.body});
  });
  auto socket = connect();

  socket.send("PUT / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  const auto interim = socket.read_through("\r\n\r\n");
  socket.send("body");

  EXPECT_EQ(interim, "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_TRUE(socket.read_through("got body").ends_with("got body"));
}

struct bad_request {
  std::string sent;
  std::string status;
  std::string message;
};

TEST_F(http_server, refuses_requests_that_cannot_be_read) {
  serve_echo({.max_header = 1024, .max_body = 16});
  const std::vector<bad_request> requests{
      {"nonsense\r\n\r\n", "400", "request cannot be read"},
      {"GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", "400", "invalid percent-encoding"},
      {"GET /?q=% HTTP/1.1\r\nHost: x\r\n\r\n", "400", "invalid percent-encoding"},
      {"GET nowhere HTTP/1.1\r\nHost: x\r\n\r\n", "400", "one that starts with /"},
      {"GET / HTTP/1.1\r\n\r\n", "400", "one Host header"},
      {"GET / HTTP/9.9\r\nHost: x\r\n\r\n", "400", "request cannot be read"},
      {"BREW / HTTP/1.1\r\nHost: x\r\n\r\n", "405", "method is not supported"},
      {"TRACE / HTTP/1.1\r\nHost: x\r\n\r\n", "405", "method is not supported"},
      {"CONNECT a:1 HTTP/1.1\r\nHost: x\r\n\r\n", "405", "method is not supported"},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 17\r\n\r\n", "413", "than 16 bytes"},
      {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n11\r\n" +
           std::string(17, 'x') + "\r\n0\r\n\r\n",
       "413", "than 16 bytes"},
      {"GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(2000, 'x') + "\r\n\r\n", "431",
       "than 1024 bytes"},
      {"GET /" + std::string(300'000, 'x') + " HTTP/1.1\r\nHost: x\r\n\r\n", "431",
       "than 1024 bytes"},
  };

  for (const auto& [sent, status, message] : requests) {
    const auto answer = asked_once(sent);

    const auto shown = sent.substr(0, 40);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 " + status)) << shown << " -> " << answer;
    EXPECT_NE(answer.find("Content-Type: application/json\r\n"), std::string::npos) << shown;
    EXPECT_TRUE(body_of(answer).starts_with(R"({"error":{"message":")")) << answer;
    EXPECT_NE(body_of(answer).find(message), std::string::npos) << answer;
  }
  EXPECT_EQ(server_->counters().bad_requests, requests.size());
  EXPECT_EQ(server_->counters().requests, 0U);
}

TEST_F(http_server, names_the_methods_that_are_allowed) {
  serve_echo();

  const auto answer = asked_once("BREW / HTTP/1.1\r\nHost: x\r\n\r\n");

  EXPECT_NE(answer.find("Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n"),
            std::string::npos);
}

TEST_F(http_server, lets_the_program_word_its_own_errors) {
  serve_echo({.error_body = [](unsigned status, std::string_view message) {
    return std::to_string(status) + " because " + std::string{message.substr(0, 7)};
  }});

  EXPECT_EQ(body_of(asked_once("GET /% HTTP/1.1\r\nHost: x\r\n\r\n")), "400 because request");
}

TEST_F(http_server, answers_500_when_the_responder_is_dropped) {
  serve([](http::server_request, http::responder) {});

  const auto answer = asked_once(get_and_close);

  EXPECT_TRUE(answer.starts_with("HTTP/1.1 500 ")) << answer;
  EXPECT_EQ(body_of(answer),
            R"({"error":{"message":"request was given up by the program; no answer"}})");
}

TEST_F(http_server, answers_500_instead_of_a_header_that_would_break_the_wire) {
  serve([](http::server_request, http::responder answer) {
    answer.respond({.headers = {{"X-Evil", "a\r\nSet-Cookie: b"}}});
  });

  const auto answer = asked_once(get_and_close);

  EXPECT_TRUE(answer.starts_with("HTTP/1.1 500 ")) << answer;
  EXPECT_EQ(answer.find("Set-Cookie"), std::string::npos);
}

TEST_F(http_server, streams_chunk_by_chunk_and_goes_on_with_the_connection) {
  std::promise<http::response_stream> opened;
  serve([&](http::server_request request, http::responder answer) {
    if (request.target.path != "/a") return answer.respond({.body = "next"});
    opened.set_value(
        answer.begin_stream(200, "text/event-stream", {{"Cache-Control", "no-store"}}));
  });
  auto socket = connect();

  socket.send(get_and_stay);
  auto stream = value_of(opened.get_future());
  const auto head = socket.read_through("\r\n\r\n");
  const auto first_write = stream.write("data: 1\n\n");
  const auto first = socket.read_through("\n\n\r\n");
  const auto second_write = stream.write("data: 22\n\n");
  stream.finish();
  const auto rest = socket.read_through("0\r\n\r\n");
  socket.send("GET /b HTTP/1.1\r\nHost: x\r\n\r\n");

  EXPECT_NE(head.find("Transfer-Encoding: chunked\r\n"), std::string::npos);
  EXPECT_NE(head.find("Cache-Control: no-store\r\n"), std::string::npos);
  EXPECT_EQ(head.find("Content-Length"), std::string::npos);
  EXPECT_EQ(first_write, http::stream_write::accepted);
  EXPECT_EQ(second_write, http::stream_write::accepted);
  EXPECT_EQ(first, "9\r\ndata: 1\n\n\r\n");
  EXPECT_EQ(rest, "a\r\ndata: 22\n\n\r\n0\r\n\r\n");
  EXPECT_TRUE(socket.read_through("next").ends_with("next"));
  EXPECT_EQ(stream.write("late"), http::stream_write::closed);
}

TEST_F(http_server, streams_until_the_close_on_http_1_0) {
  serve([](http::server_request, http::responder answer) {
    auto stream = answer.begin_stream(200, "text/plain");
    EXPECT_EQ(stream.write("one "), http::stream_write::accepted);
    EXPECT_EQ(stream.write("two"), http::stream_write::accepted);
    stream.finish();
  });

  const auto answer = asked_once("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");

  EXPECT_EQ(body_of(answer), "one two");
  EXPECT_EQ(answer.find("chunked"), std::string::npos);
}

TEST_F(http_server, tells_a_finished_stream_that_it_is_over_exactly_once) {
  std::promise<http::exchange_end> ended;
  std::atomic<int> calls{0};
  serve([&](http::server_request, http::responder answer) {
    auto stream = answer.begin_stream(200, "text/plain");
    stream.on_closed([&](http::exchange_end how) {
      ++calls;
      ended.set_value(how);
    });
    stream.finish();
  });

  asked_once(get_and_close);

  EXPECT_EQ(value_of(ended.get_future()), http::exchange_end::finished);
  server_.reset();
  EXPECT_EQ(calls.load(), 1);
}

TEST_F(http_server, notices_that_the_client_left_an_idle_stream) {
  std::promise<http::response_stream> opened;
  std::promise<http::exchange_end> ended;
  std::atomic<int> calls{0};
  serve([&](http::server_request, http::responder answer) {
    auto stream = answer.begin_stream(200, "text/event-stream");
    stream.on_closed([&](http::exchange_end how) {
      ++calls;
      ended.set_value(how);
    });
    opened.set_value(std::move(stream));
  });
  auto socket = connect();
  socket.send(get_and_stay);
  socket.read_through("\r\n\r\n");
  auto stream = value_of(opened.get_future());

  socket.close();

  EXPECT_EQ(value_of(ended.get_future()), http::exchange_end::client_left);
  EXPECT_EQ(stream.write("x"), http::stream_write::closed);
  EXPECT_EQ(stream.pending_bytes(), 0U);
  server_.reset();
  EXPECT_EQ(calls.load(), 1);
}

TEST_F(http_server, notices_that_the_client_left_before_the_answer) {
  std::promise<http::responder> waiting;
  std::promise<http::exchange_end> ended;
  serve([&](http::server_request, http::responder answer) {
    answer.on_closed([&](http::exchange_end how) { ended.set_value(how); });
    waiting.set_value(std::move(answer));
  });
  auto socket = connect();
  socket.send(get_and_stay);
  auto held = value_of(waiting.get_future());

  socket.close();

  EXPECT_EQ(value_of(ended.get_future()), http::exchange_end::client_left);
  held.respond({.body = "nobody reads this"});
}

TEST_F(http_server, calls_back_at_once_when_the_exchange_is_over_already) {
  std::promise<http::response_stream> opened;
  serve([&](http::server_request, http::responder answer) {
    opened.set_value(answer.begin_stream(200, "text/plain"));
  });
  auto socket = connect();
  socket.send(get_and_stay);
  auto stream = value_of(opened.get_future());
  server_.reset();

  std::optional<http::exchange_end> seen;
  stream.on_closed([&](http::exchange_end how) { seen = how; });

  EXPECT_EQ(seen, http::exchange_end::server_stopped);
}

TEST_F(http_server, bounds_what_a_slow_reader_leaves_behind) {
  std::promise<http::response_stream> opened;
  std::promise<void> drained;
  serve(
      [&](http::server_request, http::responder answer) {
        auto stream = answer.begin_stream(200, "text/event-stream");
        stream.on_drained([&] { drained.set_value(); });
        opened.set_value(std::move(stream));
      },
      {.max_stream_bytes = 64 << 10, .send_buffer = 16 << 10});
  auto socket = http::loopback_socket::connect_to(server_->port(), 16 << 10);
  socket.send(get_and_stay);
  auto stream = value_of(opened.get_future());

  std::size_t accepted = 0;
  std::size_t most_pending = 0;
  std::string chunk(1000, 'x');
  while (stream.write(std::move(chunk)) == http::stream_write::accepted) {
    accepted += 1000;
    most_pending = std::max(most_pending, stream.pending_bytes());
    chunk.assign(1000, 'x');
    ASSERT_LT(accepted, 64U << 20U) << "the queue has no bound";
  }

  EXPECT_EQ(chunk.size(), 1000U) << "a refused chunk stays with the caller";
  EXPECT_LE(most_pending, 64U << 10U);
  EXPECT_GE(accepted, 64'000U);
  socket.read_exactly(accepted);  // More comes with the framing; this is enough to drain.
  value_of(drained.get_future());
  EXPECT_EQ(stream.write(std::move(chunk)), http::stream_write::accepted);
}

TEST_F(http_server, takes_a_chunk_beyond_the_bound_only_into_an_empty_queue) {
  std::promise<http::response_stream> opened;
  serve(
      [&](http::server_request, http::responder answer) {
        auto stream = answer.begin_stream(200, "text/plain");
        EXPECT_EQ(stream.write(std::string(5000, 'x')), http::stream_write::accepted);
        EXPECT_EQ(stream.write("y"), http::stream_write::full);
        opened.set_value(std::move(stream));
      },
      {.max_stream_bytes = 1000});
  auto socket = connect();
  socket.send(get_and_stay);

  socket.read_through(std::string(5000, 'x'));

  value_of(opened.get_future()).finish();
  EXPECT_TRUE(socket.read_through("0\r\n\r\n").ends_with("0\r\n\r\n"));
}

TEST_F(http_server, gives_up_a_client_that_takes_nothing) {
  std::promise<http::exchange_end> ended;
  serve(
      [&](http::server_request, http::responder answer) {
        answer.on_closed([&](http::exchange_end how) { ended.set_value(how); });
        answer.respond({.body = std::string(8 << 20, 'x')});
      },
      {.idle_limit = 300ms, .send_buffer = 16 << 10});
  auto socket = http::loopback_socket::connect_to(server_->port(), 16 << 10);

  socket.send(get_and_stay);

  EXPECT_EQ(value_of(ended.get_future()), http::exchange_end::stalled);
}

TEST_F(http_server, closes_a_connection_that_never_finishes_its_request) {
  serve_echo({.idle_limit = 50ms});
  auto socket = connect();

  socket.send("GET / HTTP/1.1\r\nHost:");

  EXPECT_EQ(socket.read_all(), "");
}

TEST_F(http_server, cuts_the_connection_when_a_stream_is_dropped) {
  std::promise<http::exchange_end> ended;
  serve([&](http::server_request, http::responder answer) {
    auto stream = answer.begin_stream(200, "text/plain");
    stream.on_closed([&](http::exchange_end how) { ended.set_value(how); });
    EXPECT_EQ(stream.write("half"), http::stream_write::accepted);
  });

  const auto answer = asked_once(get_and_stay);

  EXPECT_EQ(body_of(answer), "4\r\nhalf\r\n");
  EXPECT_EQ(value_of(ended.get_future()), http::exchange_end::abandoned);
}

TEST_F(http_server, takes_writes_of_many_threads) {
  std::promise<std::shared_ptr<http::response_stream>> opened;
  serve([&](http::server_request, http::responder answer) {
    opened.set_value(
        std::make_shared<http::response_stream>(answer.begin_stream(200, "text/plain")));
  });
  auto socket = connect();
  socket.send("GET / HTTP/1.0\r\n\r\n");
  auto stream = value_of(opened.get_future());

  {
    std::vector<std::jthread> writers;
    for (int writer = 0; writer < 4; ++writer) {
      writers.emplace_back([stream] {
        for (int turn = 0; turn < 500; ++turn) {
          EXPECT_EQ(stream->write("0123456789"), http::stream_write::accepted);
        }
      });
    }
  }
  stream->finish();

  EXPECT_EQ(body_of(socket.read_all()).size(), 20'000U);
}

TEST_F(http_server, refuses_connections_beyond_its_limit) {
  serve_echo({.max_connections = 2});
  auto first = connect();
  auto second = connect();
  first.send(get_and_stay);
  second.send(get_and_stay);
  first.read_through("GET /a");
  second.read_through("GET /a");

  auto third = connect();
  const auto answer = third.read_all();
  second.close();

  EXPECT_TRUE(answer.starts_with("HTTP/1.1 503 ")) << answer;
  EXPECT_EQ(server_->counters().refused, 1U);
  first.send(get_and_stay);
  EXPECT_TRUE(first.read_through("GET /a").ends_with("GET /a"));
}

TEST_F(http_server, stops_after_the_running_answers) {
  std::promise<http::responder> waiting;
  std::promise<void> stopped;
  serve(
      [&](http::server_request, http::responder answer) { waiting.set_value(std::move(answer)); });
  auto busy = connect();
  auto idle = connect();
  busy.send(get_and_stay);
  auto held = value_of(waiting.get_future());

  server_->stop(generous, [&] { stopped.set_value(); });
  const auto idle_saw = idle.read_all();
  held.respond({.body = "the last"});
  const auto busy_saw = busy.read_all();
  value_of(stopped.get_future());

  EXPECT_EQ(idle_saw, "");
  EXPECT_TRUE(busy_saw.ends_with("the last")) << busy_saw;
  EXPECT_NE(busy_saw.find("Connection: close\r\n"), std::string::npos);
  EXPECT_EQ(server_->counters().connections, 0U);
  EXPECT_THROW(connect(), std::runtime_error);
}

TEST_F(http_server, closes_what_is_left_when_the_grace_is_over) {
  std::promise<http::exchange_end> ended;
  std::promise<http::response_stream> opened;
  std::promise<void> stopped;
  serve([&](http::server_request, http::responder answer) {
    auto stream = answer.begin_stream(200, "text/event-stream");
    stream.on_closed([&](http::exchange_end how) { ended.set_value(how); });
    opened.set_value(std::move(stream));
  });
  auto socket = connect();
  socket.send(get_and_stay);
  const auto stream = value_of(opened.get_future());

  server_->stop(20ms, [&] { stopped.set_value(); });

  value_of(stopped.get_future());
  EXPECT_EQ(value_of(ended.get_future()), http::exchange_end::server_stopped);
}

TEST_F(http_server, may_be_outlived_by_what_it_handed_out) {
  std::promise<http::responder> waiting;
  serve(
      [&](http::server_request, http::responder answer) { waiting.set_value(std::move(answer)); });
  auto socket = connect();
  socket.send(get_and_stay);
  auto held = value_of(waiting.get_future());

  server_.reset();
  held.respond({.body = "too late"});

  EXPECT_EQ(socket.read_all(), "");
}

TEST_F(http_server, says_that_its_address_is_in_use) {
  serve_echo();

  const auto second = http::http_server::listen(reactor_, {.port = server_->port()},
                                                [](http::server_request, http::responder) {});

  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, gs::errc::already_exists);
  EXPECT_EQ(second.error().message, "http server 127.0.0.1:" + std::to_string(server_->port()) +
                                        ": address in use; not listening");
}

TEST_F(http_server, refuses_an_address_that_it_cannot_read) {
  const auto listening = http::http_server::listen(reactor_, {.address = "localhost"},
                                                   [](http::server_request, http::responder) {});

  ASSERT_FALSE(listening.has_value());
  EXPECT_EQ(listening.error().message,
            "http server: address is \"localhost\", an IPv4 or IPv6 address is allowed; not "
            "listening");
}

}  // namespace
