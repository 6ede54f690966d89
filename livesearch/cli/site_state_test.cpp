#include "livesearch/cli/site_state.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace livesearch {
namespace {

namespace fs = std::filesystem;

class site_state_test : public ::testing::Test {
 protected:
  void TearDown() override { fs::remove_all(folder); }
  fs::path folder =
      fs::path{testing::TempDir()} / testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(site_state_test, what_was_saved_is_loaded) {
  site_state state;
  state.checked["wikipedia"] = "2026-11-22";
  state.disabled.insert("npm");
  state.introduced = true;

  ASSERT_TRUE(save_state(folder, state).has_value());
  const site_state loaded = load_state(folder);

  EXPECT_EQ(loaded.checked, state.checked);
  EXPECT_EQ(loaded.disabled, state.disabled);
  EXPECT_TRUE(loaded.introduced);
}

TEST_F(site_state_test, a_missing_file_is_an_empty_state) {
  EXPECT_TRUE(load_state(folder / "nowhere").checked.empty());
}

TEST_F(site_state_test, lines_that_cannot_be_read_are_skipped) {
  fs::create_directories(folder);
  std::ofstream{folder / "sites"} << "checked\nnonsense here\n\ndisabled npm\n";

  EXPECT_EQ(load_state(folder).disabled, (std::set<std::string>{"npm"}));
}

TEST_F(site_state_test, a_folder_that_cannot_be_made_is_a_clear_error) {
  fs::create_directories(folder);
  std::ofstream{folder / "file"} << "in the way";

  const auto saved = save_state(folder / "file", {});

  ASSERT_FALSE(saved.has_value());
  EXPECT_NE(saved.error().message.find("cannot be written; not remembered"), std::string::npos);
}

}  // namespace
}  // namespace livesearch
