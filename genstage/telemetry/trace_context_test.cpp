#include <gtest/gtest.h>

#include <genstage/telemetry/trace_context.hpp>
#include <random>
#include <string>

namespace genstage {
namespace {

// The example of the standard.
const std::string example = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

std::string why_not(const std::string& text) {
  const result<trace_context> read = parse_traceparent(text);
  return read ? "taken" : read.error().message;
}

std::string with(std::size_t at, const std::string& put) {
  return std::string{example}.replace(at, put.size(), put);
}

TEST(trace_context_test, the_example_of_the_standard_is_read_and_written) {
  const result<trace_context> read = parse_traceparent(example);

  ASSERT_TRUE(read) << read.error().message;
  EXPECT_TRUE(read->is_valid());
  EXPECT_EQ(read->trace_text(), "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(read->span_text(), "b7ad6b7169203331");
  EXPECT_TRUE(read->is_sampled);
  EXPECT_EQ(to_traceparent(*read), example);
}

TEST(trace_context_test, only_the_last_flag_means_something) {
  EXPECT_FALSE(parse_traceparent(with(53, "00"))->is_sampled);
  EXPECT_FALSE(parse_traceparent(with(53, "fe"))->is_sampled);
  EXPECT_TRUE(parse_traceparent(with(53, "ff"))->is_sampled);
  EXPECT_EQ(to_traceparent(*parse_traceparent(with(53, "fe"))), with(53, "00"));
}

TEST(trace_context_test, a_later_version_may_say_more_behind_a_dash) {
  EXPECT_EQ(why_not(with(0, "cc") + "-what-the-future-will-be-like"), "taken");
  EXPECT_EQ(why_not(with(0, "cc")), "taken");
  EXPECT_EQ(why_not(with(0, "cc") + "."),
            "traceparent \"" + with(0, "cc") +
                ".\": what follows the flags must begin with a dash; not taken");
}

TEST(trace_context_test, what_is_wrong_is_said) {
  const auto says = [](const std::string& text, const std::string& why) {
    EXPECT_EQ(why_not(text), "traceparent \"" + text + "\": " + why + "; not taken");
  };

  says("", "has 0 characters, must have 55");
  says(example + "-", "has 56 characters, must have 55");
  says(with(0, "0x"), "must begin with a version, two digits 0 to 9 or a to f, and a dash");
  says(with(2, "_"), "must begin with a version, two digits 0 to 9 or a to f, and a dash");
  says(with(0, "ff"), "version ff is forbidden");
  says(with(3, "0A"), "the trace id must be 32 digits 0 to 9 or a to f, and a dash");
  says(with(35, "0"), "the trace id must be 32 digits 0 to 9 or a to f, and a dash");
  says(with(36, "G"), "the parent id must be 16 digits 0 to 9 or a to f, and a dash");
  says(with(53, "0 "), "the flags must be two digits 0 to 9 or a to f");
  says(with(3, std::string(32, '0')), "the trace id must not be all zeros");
  says(with(36, std::string(16, '0')), "the parent id must not be all zeros");
}

TEST(trace_context_test, what_is_quoted_is_short_and_cannot_break_a_line) {
  EXPECT_EQ(why_not("a\nb"), "traceparent \"a\\nb\": has 3 characters, must have 55; not taken");
  EXPECT_LT(why_not(std::string(1'000'000, 'x')).size(), 250U);
}

TEST(trace_context_test, new_ids_are_never_all_zeros) {
  EXPECT_TRUE(make_trace(0, 0, 0).is_valid());
  const trace_context parent = make_trace(1, 2, 3);

  const trace_context child = span_under(parent, 0xabcdef);

  EXPECT_EQ(child.trace_id, parent.trace_id);
  EXPECT_EQ(child.trace_text(), "00000000000000010000000000000002");
  EXPECT_EQ(child.span_text(), "0000000000abcdef");
  EXPECT_TRUE(span_under(parent, 0).is_valid());
}

std::string state_is(const std::string& text) {
  const result<std::string> read = parse_tracestate(text);
  return read ? *read : read.error().message;
}

TEST(trace_context_test, a_state_is_passed_on_as_it_came) {
  for (const char* const text : {"rojo=00f067aa0ba902b7,congo=t61rcWkgMzE", "a=1 , b=2,,\tc=3 ",
                                 "fw529a3039@dt=FfEc a;:@", "0k/_-*@x=~!", ""}) {
    EXPECT_EQ(state_is(text), text);
  }
  const std::string longest = std::string(256, 'k') + "=" + std::string(256, 'v');
  EXPECT_EQ(state_is(longest), longest);
}

TEST(trace_context_test, what_is_no_state_is_dropped_and_said) {
  const auto says = [](const std::string& text, const std::string& why) {
    EXPECT_EQ(state_is(text), "tracestate \"" + text.substr(0, 80) + "\": " + why + "; not taken");
  };
  const std::string key =
      "a key must be up to 256 of a to z, 0 to 9, _ - * / @, and begin with one of the first";
  const std::string value = "a value must be 1 to 256 printable characters other than , and =";

  says("rojo", "each member must be key=value");
  says("=1", key);
  says("Rojo=1", key);
  says("_rojo=1", key);
  says("ro jo=1", key);
  says(std::string(257, 'k') + "=1", key);
  says("rojo=", value);
  says("rojo=1=2", value);
  says("rojo=" + std::string(257, 'v'), value);
  says("rojo=1,congo=2,rojo=1", "a key stands there twice");
  EXPECT_FALSE(parse_tracestate("rojo=\xc3"));
}

TEST(trace_context_test, a_state_has_at_most_32_members) {
  std::string text;
  for (std::size_t each = 0; each < most_trace_states; ++each) {
    text += "k" + std::to_string(each) + "=v,";
  }
  EXPECT_EQ(state_is(text), text);
  EXPECT_NE(state_is(text + "last=v").find("has more than 32 members"), std::string::npos);
}

TEST(trace_context_test, a_span_takes_the_state_of_its_parent) {
  trace_context parent = make_trace(1, 2, 3);
  parent.state = "rojo=1";

  EXPECT_EQ(span_under(parent, 4).state, "rojo=1");
}

/// Ill texts are made out of good ones, so that most of them are wrong in one place alone.
TEST(trace_context_test, whatever_is_read_is_written_and_read_to_the_same) {
  std::mt19937_64 random{20261127};
  const std::string characters = "0123456789abcdef-ABCDEFg \n\xff";
  int taken = 0;
  int refused = 0;
  for (int round = 0; round < 50'000; ++round) {
    std::string text = to_traceparent(make_trace(random(), random(), random()));
    for (std::uint64_t changes = random() % 4; changes > 0; --changes) {
      text[random() % text.size()] = characters[random() % characters.size()];
    }
    if (random() % 8 == 0) text.resize(random() % 80, '-');

    const result<trace_context> read = parse_traceparent(text);

    ++(read ? taken : refused);
    if (!read) continue;
    ASSERT_TRUE(read->is_valid()) << text;
    const std::string written = to_traceparent(*read);
    ASSERT_EQ(parse_traceparent(written), *read) << text;
    ASSERT_EQ(written.substr(2, 51), text.substr(2, 51));
  }
  EXPECT_GT(taken, 10'000);
  EXPECT_GT(refused, 10'000);
}

}  // namespace
}  // namespace genstage
