#include "livesearch/cli/notices.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <genstage/process/runtime.hpp>
#include <string>

namespace livesearch {
namespace {

namespace http = genstage::http;

/// Makes programs and asks nobody anything.
class notices_test : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::remove_all(folder);
    setenv("LIVESEARCH_STATE", folder.c_str(), 1);
  }
  void TearDown() override {
    unsetenv("LIVESEARCH_STATE");
    std::filesystem::remove_all(folder);
  }

  std::string introduction(http::network_mode network) {
    genstage::runtime home{{.workers = 1}};
    const auto started =
        program::start({.carries_demonstration = false, .network = network}, home.scheduler());
    testing::internal::CaptureStderr();
    introduce_hosts(**started);
    return testing::internal::GetCapturedStderr();
  }

  const std::filesystem::path folder = std::filesystem::path{testing::TempDir()} /
                                       ("livesearch_notices_test_" + std::to_string(getpid()));
};

TEST_F(notices_test, the_first_start_names_each_host_and_how_to_turn_it_off) {
  const std::string said = introduction(http::network_mode::online);

  EXPECT_NE(said.find("en.wikipedia.org"), std::string::npos) << said;
  EXPECT_NE(said.find("turn off: livesearch sites off wikipedia"), std::string::npos) << said;
}

TEST_F(notices_test, it_is_said_once) {
  (void)introduction(http::network_mode::online);

  EXPECT_EQ(introduction(http::network_mode::online), "");
}

TEST_F(notices_test, off_line_there_is_nothing_to_say_and_the_first_start_is_still_to_come) {
  EXPECT_EQ(introduction(http::network_mode::offline), "");

  EXPECT_NE(introduction(http::network_mode::online), "");
}

}  // namespace
}  // namespace livesearch
