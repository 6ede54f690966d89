#include "livesearch/store/sqlite_memory.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <future>

namespace livesearch {
namespace {

using namespace std::chrono_literals;

constexpr wall_time noon = std::chrono::sys_days{std::chrono::year{2026} / 11 / 27} + 12h;

class sqlite_memory_test : public ::testing::Test {
 protected:
  sqlite_memory_test() { open(); }
  ~sqlite_memory_test() override {
    memory.reset();
    std::filesystem::remove_all(folder);
  }

  void open() {
    memory.reset();
    auto opened = sqlite_memory::open(folder / "deeper" / "lanes.sqlite");
    ASSERT_TRUE(opened) << opened.error().message;
    memory = std::move(*opened);
  }
  std::optional<kept_answer> find(const std::string& site, const std::string& query,
                                  wall_time now) {
    std::promise<std::optional<kept_answer>> told;
    memory->find(site, query, now, [&](auto found) { told.set_value(std::move(found)); });
    return told.get_future().get();
  }

  std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("livesearch_store_" + std::to_string(getpid()));
  std::unique_ptr<sqlite_memory> memory;
  kept_answer answer{{{"Title", "https://example.org/", "Snippet"}}, noon};
};

TEST_F(sqlite_memory_test, an_answer_is_found_until_it_expires) {
  memory->keep("wiki", "stage", answer, noon + 60s);
  ASSERT_TRUE(memory->commit());

  EXPECT_EQ(find("wiki", "stage", noon + 59s), answer);
  EXPECT_FALSE(find("wiki", "stage", noon + 60s));
  EXPECT_FALSE(find("wiki", "other", noon));
  EXPECT_FALSE(find("docs", "stage", noon));
}

TEST_F(sqlite_memory_test, a_newer_answer_takes_the_place_of_an_older_one) {
  memory->keep("wiki", "stage", answer, noon + 60s);
  memory->keep("wiki", "stage", {{}, noon + 30s}, noon + 90s);
  ASSERT_TRUE(memory->commit());

  EXPECT_EQ(find("wiki", "stage", noon + 70s), (kept_answer{{}, noon + 30s}));
}

TEST_F(sqlite_memory_test, all_is_there_after_a_restart) {
  const lane_condition known{.breaker_level = 3,
                             .failures = 7,
                             .probe_at = noon + 10s,
                             .limited_until = noon + 1h,
                             .with_results = 12.5,
                             .answers = 13.25,
                             .empty_in_a_row = 2,
                             .spent_since = noon - 5min,
                             .spent = 400};
  memory->note("wiki", known);
  memory->note("docs", {});
  memory->keep("wiki", "stage", answer, noon + 60s);

  open();

  EXPECT_EQ(memory->recall("wiki"), known);
  EXPECT_EQ(memory->recall("docs"), lane_condition{});
  EXPECT_FALSE(memory->recall("unknown"));
  EXPECT_EQ(find("wiki", "stage", noon), answer);
}

TEST_F(sqlite_memory_test, expired_answers_do_not_stay) {
  for (int count = 0; count < 250; ++count) {
    memory->keep("wiki", std::to_string(count), {{}, noon + count * 1s}, noon + count * 1s + 1ms);
    if (count % 100 == 99) {
      ASSERT_TRUE(memory->commit());
    }
  }
  ASSERT_TRUE(memory->commit());

  EXPECT_FALSE(find("wiki", "0", noon - 1h));
  EXPECT_TRUE(find("wiki", "249", noon));
}

TEST_F(sqlite_memory_test, a_file_that_is_no_database_is_refused_in_words) {
  memory.reset();
  const auto file = folder / "other";
  std::FILE* const made = std::fopen(file.c_str(), "w");
  for (int line = 0; line < 100; ++line) std::fputs("This is not a database.\n", made);
  std::fclose(made);

  const auto opened = sqlite_memory::open(file);

  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().message.find("not a database"), std::string::npos)
      << opened.error().message;
}

TEST_F(sqlite_memory_test, a_file_of_a_later_version_is_refused_in_words) {
  memory.reset();
  const auto file = folder / "deeper" / "lanes.sqlite";
  ASSERT_TRUE(database::open(file)->execute("PRAGMA user_version = 9"));

  const auto opened = sqlite_memory::open(file);

  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().message, "store: its version is 9, 1 is needed; not used");
}

}  // namespace
}  // namespace livesearch
