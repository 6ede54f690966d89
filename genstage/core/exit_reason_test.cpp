#include <gtest/gtest.h>

#include <genstage/core/exit_reason.hpp>
#include <stdexcept>

namespace genstage {
namespace {

TEST(exit_reason_test, only_normal_and_shutdown_are_orderly) {
  EXPECT_TRUE(exit_reason::normal().is_orderly());
  EXPECT_TRUE(exit_reason::shutdown().is_orderly());
  EXPECT_TRUE(exit_reason::shutdown("drained").is_orderly());

  EXPECT_FALSE(exit_reason::kill().is_orderly());
  EXPECT_FALSE(exit_reason::killed().is_orderly());
  EXPECT_FALSE(exit_reason::noproc().is_orderly());
  EXPECT_FALSE(exit_reason::user("tired").is_orderly());
}

TEST(exit_reason_test, an_exception_keeps_type_text_and_place) {
  const auto thrown = std::make_exception_ptr(std::runtime_error{"boom"});

  const exit_reason reason = exit_reason::exception(thrown, "handle_events");

  EXPECT_EQ(to_string(reason), "error (std::runtime_error: boom) in handle_events");
  EXPECT_EQ(reason.thrown(), thrown);
}

TEST(exit_reason_test, a_thrown_value_that_is_no_exception_is_named_by_its_type) {
  const exit_reason reason = exit_reason::exception(std::make_exception_ptr(7), "init");

  EXPECT_EQ(reason.exception_type(), "int");
}

TEST(exit_reason_test, reasons_are_equal_when_kind_and_text_are) {
  EXPECT_EQ(exit_reason::user("a"), exit_reason::user("a"));
  EXPECT_NE(exit_reason::user("a"), exit_reason::user("b"));
  EXPECT_NE(exit_reason::shutdown(), exit_reason::shutdown("a"));
}

TEST(exit_reason_test, a_reason_keeps_the_chain_of_its_causes_and_compares_without_it) {
  const exit_reason inner =
      exit_reason::shutdown().because("child a failed too often", exit_reason::user("no disk"));

  const exit_reason outer = exit_reason::shutdown().because("child inner failed too often", inner);

  EXPECT_EQ(outer, exit_reason::shutdown());
  EXPECT_TRUE(outer.is_orderly());
  EXPECT_EQ(*outer.cause()->cause(), exit_reason::user("no disk"));
  EXPECT_EQ(explain(outer),
            "shutdown, because child inner failed too often: shutdown, because child a failed too "
            "often: no disk");
}

}  // namespace
}  // namespace genstage
