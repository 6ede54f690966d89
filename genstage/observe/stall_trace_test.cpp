#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <genstage/genstage.hpp>
#include <genstage/observe/ones_test.hpp>
#include <genstage/observe/stall_detector.hpp>
#include <genstage/trace/trace_file.hpp>
#include <genstage/trace/trace_text.hpp>
#include <span>
#include <string>

// A stall that is found leaves what went before in a file.
namespace genstage {
namespace {

using namespace std::chrono_literals;

/// Never ends with its first events.
class stuck final : public async_consumer<int> {
 public:
  task<> handle_events(std::span<int>) override {
    auto waiting = sleep_for(24h);
    co_await std::move(waiting);
  }
};

constexpr name<ones> from{"from"};
constexpr name<stuck> to{"to"};
constexpr name<stall_detector> stalls{"stalls"};

TEST(stall_trace_test, a_stall_leaves_the_records_of_what_went_before) {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("stall_trace_test." + std::to_string(getpid()));
  std::filesystem::create_directory(folder);
  application* running = nullptr;
  stall_detector_options looking{.interval = 1ms, .blame = {.patience = 10ms}};
  looking.on_finding = [&running](const stall_report& told) {
    if (told.found.label == "to") running->request_stop();
  };
  application app{{.children = {child(stalls, looking), child(from),
                                child(to).subscribe_to(from, {.max_demand = 4})},
                   .runtime = {.log = silent_log()},
                   .traces = {.folder = folder}}};
  running = &app;

  EXPECT_EQ(app.run(), 0);

  // On a busy machine others may have been found before it.
  std::string told;
  for (const auto& each : std::filesystem::directory_iterator{folder}) {
    EXPECT_TRUE(each.path().string().ends_with(".stall.gstrace")) << each.path();
    const auto kept = read_trace(each.path());
    ASSERT_TRUE(kept) << kept.error().message;
    told += as_text(*kept);
  }
  EXPECT_NE(told.find("to asks from for 4 events"), std::string::npos) << told;
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace genstage
