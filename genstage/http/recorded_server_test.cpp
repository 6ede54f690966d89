#include <gtest/gtest.h>

#include <genstage/http/detail/request_tape.hpp>
#include <genstage/http/detail/taped_exchange.hpp>
#include <genstage/replay/tape_test.hpp>
#include <memory>
#include <string>
#include <vector>

namespace genstage::http {
namespace {

using detail::taped_exchange;

server_request asked() {
  return {.method = "POST",
          .target = *parse_target("/a%20b?q=1&q=2"),
          .raw_target = "/a%20b?q=1&q=2",
          .headers = {{"Host", "here"}, {"Traceparent", "00-1-2-01"}},
          .body = std::string("\0x", 2),
          .peer = "127.0.0.1:5"};
}

TEST(recorded_server_test, a_request_is_kept_with_all_its_members) {
  const auto read = detail::request_of_bytes(detail::to_bytes(asked()));

  ASSERT_TRUE(read);
  EXPECT_EQ(read->method, "POST");
  EXPECT_EQ(read->raw_target, "/a%20b?q=1&q=2");
  EXPECT_EQ(read->target.path, "/a b");
  EXPECT_EQ(read->headers, asked().headers);
  EXPECT_EQ(read->body, asked().body);
  EXPECT_EQ(read->peer, "127.0.0.1:5");
}

TEST(recorded_server_test, other_bytes_are_no_request) {
  const std::string bytes = detail::to_bytes(asked());
  EXPECT_FALSE(detail::request_of_bytes(""));
  EXPECT_FALSE(detail::request_of_bytes(bytes + "x"));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(detail::request_of_bytes(std::string_view{bytes}.substr(0, size))) << size;
  }
}

class taped_exchange_test : public ::testing::Test {
 protected:
  /// What a run that is had again says of an exchange that `answer` answers.
  template <class Answer>
  void play(Answer answer) {
    auto exchange = std::make_shared<taped_exchange>(log);
    exchange->keep(asked());
    answer(responder{exchange});
    exchange->end(exchange_end::finished, [this](const replayed_answer& of) {
      EXPECT_EQ(of.request.raw_target, asked().raw_target);
      bodies.push_back(of.body);
      same.push_back(of.is_same());
    });
  }

  tape log;
  std::vector<std::string> bodies;
  std::vector<bool> same;
};

TEST_F(taped_exchange_test, an_answer_is_compared_by_its_status_and_its_bytes) {
  const auto say = [](unsigned status, std::string body) {
    return [status, body](responder to) { to.respond({.status = status, .body = body}); };
  };
  for (int time = 0; time < 4; ++time) play(say(200, "one"));
  log.rewind();
  same.clear();
  bodies.clear();

  play(say(200, "one"));
  play(say(503, "one"));
  play(say(200, "two"));
  play([](responder) {});

  EXPECT_EQ(same, (std::vector{true, false, false, false}));
  EXPECT_EQ(bodies, (std::vector<std::string>{"one", "one", "two", ""}));
}

TEST_F(taped_exchange_test, a_stream_is_compared_however_it_is_cut) {
  // Without a connection behind it, all that is written is accepted when it is played.
  const auto stream = [](std::vector<std::string> chunks, bool to_the_end) {
    return [chunks, to_the_end](responder to) {
      response_stream written = to.begin_stream(200, "text/plain");
      for (std::string each : chunks) (void)written.write(std::move(each));
      if (to_the_end) written.finish();
    };
  };
  log.tell({0, 0, (std::uint64_t{1} << 32U) | 200, 5, 0xa430d84680aabd0b});  // FNV-1a of "hello".
  log.tell({0, (std::uint64_t{1} << 32U) | 200, 5, 0xa430d84680aabd0b});
  log.tell({0, (std::uint64_t{1} << 32U) | 200, 5, 0xa430d84680aabd0b});
  log.tell(
      {2, (std::uint64_t{1} << 32U) | 200, 0, 14695981039346656037U});  // Full: it was not taken.
  log.rewind();

  play(stream({"he", "llo"}, true));
  play(stream({"hello"}, true));
  play(stream({"hello"}, false));
  play(stream({"hello"}, true));

  EXPECT_EQ(same, (std::vector{true, true, false, true}));
  EXPECT_EQ(bodies, (std::vector<std::string>{"hello", "hello", "hello", ""}));
}

TEST_F(taped_exchange_test, what_waits_for_a_slow_reader_is_told_when_it_has_taken_something) {
  auto exchange = std::make_shared<taped_exchange>(log);
  response_stream stream = responder{exchange}.begin_stream(200, "text/plain");
  int first = 0;
  int second = 0;
  stream.on_drained([&] { ++first; });
  exchange->drained();
  stream.on_drained([&] { ++second; });
  exchange->drained();
  exchange->end(exchange_end::client_left, {});

  exchange->drained();

  EXPECT_EQ(first, 1);
  EXPECT_EQ(second, 1);
}

TEST_F(taped_exchange_test, who_asks_after_its_end_is_told_at_once_how_it_ended) {
  auto exchange = std::make_shared<taped_exchange>(log);
  std::vector<exchange_end> ends;
  const auto note = [&](exchange_end how) { ends.push_back(how); };
  responder to{exchange};
  to.on_closed(note);
  exchange->end(exchange_end::stalled, {});

  to.on_closed(note);

  EXPECT_EQ(ends, (std::vector{exchange_end::stalled, exchange_end::stalled}));
}

}  // namespace
}  // namespace genstage::http
