#include <gtest/gtest.h>

#include <genstage/http/trace_headers.hpp>
#include <string>

namespace genstage::http {
namespace {

const std::string parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

TEST(trace_headers_test, what_was_read_is_written_for_the_next) {
  const auto read = trace_of({{"Host", "here"}, {"TraceParent", parent}, {"tracestate", "a=1"}});
  ASSERT_TRUE(read);
  http_headers next{{"Accept", "*/*"}};

  add_trace(next, *read);

  EXPECT_EQ(next,
            (http_headers{{"Accept", "*/*"}, {"traceparent", parent}, {"tracestate", "a=1"}}));
}

TEST(trace_headers_test, several_states_are_one) {
  const auto read =
      trace_of({{"tracestate", "a=1"}, {"traceparent", parent}, {"tracestate", "b=2"}});

  ASSERT_TRUE(read);
  EXPECT_EQ(read->state, "a=1,b=2");
}

TEST(trace_headers_test, a_wrong_state_is_left_out_and_the_trace_goes_on) {
  const auto read = trace_of({{"traceparent", parent}, {"tracestate", "A=1"}});

  ASSERT_TRUE(read);
  EXPECT_EQ(to_traceparent(*read), parent);
  EXPECT_EQ(read->state, "");
  http_headers next;
  add_trace(next, *read);
  EXPECT_EQ(next.size(), 1U);
}

TEST(trace_headers_test, without_one_right_parent_there_is_no_trace) {
  EXPECT_FALSE(trace_of({}));
  EXPECT_FALSE(trace_of({{"tracestate", "a=1"}}));
  EXPECT_FALSE(trace_of({{"traceparent", "1"}}));
  EXPECT_FALSE(trace_of({{"traceparent", parent}, {"traceparent", parent}}));
}

}  // namespace
}  // namespace genstage::http
