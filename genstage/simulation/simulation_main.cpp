#include <gtest/gtest.h>

#include <cstdio>
#include <genstage/simulation/simulation_arguments.hpp>
#include <string>

// The main function of tests that run in a simulation: `--replay SEED` works, and what fails says
// with which filter it can be run alone.
namespace {

class command_keeper final : public testing::EmptyTestEventListener {
 public:
  void OnTestStart(const testing::TestInfo& next) override {
    genstage::simulation_arguments::of_program().command =
        program_ + " --gtest_filter=" + next.test_suite_name() + "." + next.name();
  }

 private:
  std::string program_ = genstage::simulation_arguments::of_program().command;
};

}  // namespace

int main(int count, char** arguments) {
  if (const auto taken = genstage::simulation_arguments::take(count, arguments); !taken) {
    std::fprintf(stderr, "%s\n", taken.error().message.c_str());
    return 2;
  }
  testing::InitGoogleTest(&count, arguments);
  testing::UnitTest::GetInstance()->listeners().Append(new command_keeper);
  return RUN_ALL_TESTS();
}
