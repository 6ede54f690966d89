#include <gtest/gtest.h>

#include <filesystem>
#include <genstage/trace/trace_file.hpp>
#include <random>
#include <string>

namespace genstage {
namespace {

recorded_trace example() {
  recorded_trace made;
  made.names = {"", "numbers", "printed/0", "long"};
  made.processes = {{{3, 1}, "numbers"}, {{4, 70'000}, "printed/0"}};
  made.subscriptions = {{17, as_word({3, 1}), as_word({4, 70'000}), 3}};
  made.records = {{.order = 10,
                   .subscription = 17,
                   .count = 100,
                   .process = 3,
                   .kind = record_kind::ask,
                   .ring = 1,
                   .life = 1},
                  {.order = 11,
                   .subscription = 17,
                   .count = 60,
                   .process = 3,
                   .kind = record_kind::delivery,
                   .ring = 1,
                   .life = 1}};
  made.rings = {{.ring = 1, .noted = 7, .order = 11}};
  made.dropped = 5;
  return made;
}

TEST(trace_file_test, what_was_written_is_read_again) {
  const auto read = trace_of_bytes(to_bytes(example()));

  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, example());
}

TEST(trace_file_test, an_empty_trace_is_one_too) {
  EXPECT_EQ(*trace_of_bytes(to_bytes({})), recorded_trace{});
}

TEST(trace_file_test, what_was_overwritten_or_dropped_is_missing) {
  EXPECT_EQ(missing_records(example()), 7U + 5 - 2);
  EXPECT_EQ(missing_records({}), 0U);
}

// The documented sizes: whoever reads it with another program relies on them.
TEST(trace_file_test, the_format_is_the_documented_one) {
  const std::string bytes = to_bytes(example());

  EXPECT_EQ(bytes.substr(0, 8), "gstrace2");
  EXPECT_EQ(bytes.size(),
            8U + 8 + (4 + 4 * 4 + 20) + (4 + 2 * 12 + 16) + (4 + 28) + (4 + 17) + (8 + 2 * 32));
  EXPECT_EQ(bytes.substr(bytes.size() - 32, 8), std::string("\x0b\0\0\0\0\0\0\0", 8));
  EXPECT_EQ(bytes.substr(bytes.size() - 8), std::string("\x03\0\0\0\x01\x01\x01\0", 8));
}

TEST(trace_file_test, other_bytes_are_refused_with_what_was_seen) {
  EXPECT_EQ(trace_of_bytes("").error().message, "at byte 0: other bytes than gstrace2; not read");
  EXPECT_EQ(trace_of_bytes("gstrace2").error().message,
            "at byte 8: 8 bytes are needed, 0 are left; not read");
  EXPECT_EQ(trace_of_bytes(to_bytes(example()) + "x").error().message,
            "at byte " + std::to_string(to_bytes(example()).size()) +
                ": more follows than was announced; not read");
}

TEST(trace_file_test, more_than_there_is_cannot_be_announced) {
  std::string bytes = to_bytes({});
  bytes.replace(bytes.size() - 8, 8, "\xff\xff\xff\xff\xff\xff\xff\xff");

  EXPECT_EQ(trace_of_bytes(bytes).error().message,
            "at byte 40: 18446744073709551615 records are announced, 0 bytes are left; not read");
}

TEST(trace_file_test, a_record_of_a_later_version_is_refused) {
  std::string bytes = to_bytes(example());
  bytes[bytes.size() - 4] = 77;

  EXPECT_EQ(trace_of_bytes(bytes).error().code, errc::invalid_argument);
  EXPECT_NE(trace_of_bytes(bytes).error().message.find("a record of kind 77, below 12 is allowed"),
            std::string::npos);
}

TEST(trace_file_test, every_cut_and_every_changed_byte_is_read_or_refused) {
  const std::string whole = to_bytes(example());
  std::mt19937 choose{1};
  for (std::size_t at = 0; at < whole.size(); ++at) {
    EXPECT_FALSE(trace_of_bytes(whole.substr(0, at)));
    std::string changed = whole;
    changed[at] = static_cast<char>(choose());
    const auto read = trace_of_bytes(changed);
    EXPECT_EQ(read ? to_bytes(*read) : changed, changed);
  }
}

TEST(trace_file_test, a_file_keeps_it_and_errors_name_the_file) {
  const auto folder = std::filesystem::temp_directory_path() /
                      ("genstage_trace_file_test." + std::to_string(std::random_device{}()));
  std::filesystem::create_directory(folder);
  const std::string path = folder / "a.gstrace";

  ASSERT_TRUE(write_trace(example(), path));
  EXPECT_EQ(*read_trace(path), example());
  EXPECT_FALSE(std::filesystem::exists(path + ".part"));

  const auto missing = read_trace(folder / "b.gstrace");
  EXPECT_EQ(missing.error().code, errc::not_found);
  EXPECT_NE(missing.error().message.find("b.gstrace: No such file"), std::string::npos);
  const auto refused = write_trace(example(), folder / "no" / "c.gstrace");
  EXPECT_NE(refused.error().message.find("c.gstrace: it could not be written: No such file"),
            std::string::npos)
      << refused.error().message;
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace genstage
