#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <genstage/genstage.hpp>
#include <genstage/trace/trace_file.hpp>
#include <genstage/trace/trace_text.hpp>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace genstage {
namespace {

class idle final : public server {
 public:
  void handle_cast(int) {}
};

class never_starts final : public server {
 public:
  never_starts() { throw std::runtime_error{"no disk"}; }
};

struct go {};
class spinner final : public server {
 public:
  void handle_cast(go) {
    for (std::atomic<bool> forever{true}; forever.load();) std::this_thread::yield();
  }
};

inline constexpr name<idle> idler{"idler"};
inline constexpr name<never_starts> broken{"broken"};
inline constexpr name<spinner> spins{"spins"};

TEST(application_test, a_stop_that_is_asked_for_ends_with_status_0) {
  application app{{.children = {child(idler)}, .runtime = {.log = silent_log()}}};
  app.on_started([&] { app.request_stop(); });

  EXPECT_EQ(app.run(), 0);
}

TEST(application_test, a_program_that_has_run_is_not_run_again) {
  application app{{.children = {child(idler)}, .runtime = {.log = silent_log()}}};
  app.on_started([&] { app.request_stop(); });
  ASSERT_EQ(app.run(), 0);

  ::testing::internal::CaptureStderr();
  EXPECT_EQ(app.run(), 1);

  EXPECT_EQ(::testing::internal::GetCapturedStderr(),
            "application: it has run already, it runs once; ended\n");
}

class crashes_once_up final : public server {
 public:
  void init() { cast(ref<crashes_once_up>{self()}, go{}); }
  void handle_cast(go) { throw std::runtime_error{"no more disk"}; }
};
inline constexpr name<crashes_once_up> crashing{"crashing"};

/// A folder for the length of a test.
class scratch_folder {
 public:
  scratch_folder() { std::filesystem::create_directory(path); }
  ~scratch_folder() { std::filesystem::remove_all(path); }
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;

  /// The names of its files, without what comes before the number.
  [[nodiscard]] std::set<std::string> files() const {
    std::set<std::string> names;
    for (const auto& each : std::filesystem::directory_iterator{path}) {
      const std::string name = each.path().filename();
      names.insert(name.substr(name.find('.', name.find('.') + 1) + 1));
    }
    return names;
  }
  [[nodiscard]] std::string file(std::string_view ending) const {
    for (const auto& each : std::filesystem::directory_iterator{path}) {
      if (each.path().string().ends_with(ending)) return each.path();
    }
    return {};
  }

  const std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("application_test." + std::to_string(getpid()));
};

TEST(application_test, incidents_leave_traces_in_the_folder_that_is_named) {
  const scratch_folder folder;
  application app{{.limits = {0, std::chrono::seconds{5}},
                   .children = {child(crashing)},
                   .runtime = {.log = silent_log()},
                   .traces = {.folder = folder.path}}};

  EXPECT_EQ(app.run(), 1);

  EXPECT_EQ(folder.files(), (std::set<std::string>{"1.crash.gstrace", "2.gave_up.gstrace"}));
  const auto kept = read_trace(folder.file("crash.gstrace"));
  ASSERT_TRUE(kept) << kept.error().message;
  const std::string text = as_text(*kept);
  EXPECT_NE(text.find("crashing begins, a child of application"), std::string::npos) << text;
  EXPECT_NE(text.find("crashing ends with an error"), std::string::npos) << text;
}

TEST(application_test, no_more_traces_are_written_than_allowed_and_the_log_says_so) {
  const scratch_folder folder;
  std::atomic<int> said{0};
  const auto listen = [&](const log_record& line) {
    if (line.text.find("1 traces have been written") != std::string::npos) ++said;
  };
  application app{{.limits = {3, std::chrono::seconds{5}},
                   .children = {child(crashing)},
                   .runtime = {.log = listen},
                   .traces = {.folder = folder.path, .at_most = 1}}};

  EXPECT_EQ(app.run(), 1);

  EXPECT_EQ(folder.files(), (std::set<std::string>{"1.crash.gstrace"}));
  EXPECT_EQ(said.load(), 1);
}

TEST(application_test, a_folder_that_cannot_be_written_to_is_said_and_ends_nothing) {
  std::atomic<bool> is_said{false};
  const auto listen = [&](const log_record& line) {
    if (line.text.find("it could not be written: No such file") != std::string::npos)
      is_said = true;
  };
  application app{{.limits = {0, std::chrono::seconds{5}},
                   .children = {child(crashing)},
                   .runtime = {.log = listen},
                   .traces = {.folder = "/nowhere/at/all"}}};

  EXPECT_EQ(app.run(), 1);

  EXPECT_TRUE(is_said.load());
}

// A65
TEST(application_test, sigterm_stops_the_tree) {
  application app{{.children = {child(idler)}, .runtime = {.log = silent_log()}}};
  app.on_started([] { kill(getpid(), SIGTERM); });

  EXPECT_EQ(app.run(), 0);
}

/// Is told to stop once more while it stops, as by a wrapper that signals the program and its
/// group.
class told_twice : public server {
 public:
  void init() { trap_exits(); }
  task<> terminate(const exit_reason&) {
    kill(getpid(), SIGTERM);
    auto pause = sleep_for(std::chrono::milliseconds{50});
    co_await std::move(pause);
  }
};
inline constexpr name<told_twice> twice{"twice"};

TEST(application_test, a_signal_that_comes_twice_at_once_is_one_request) {
  application app{{.children = {child(twice)}, .runtime = {.log = silent_log()}}};
  app.on_started([&] { app.request_stop(); });

  EXPECT_EQ(app.run(), 0);
}

// A44, A64
TEST(application_test, a_tree_that_cannot_start_ends_with_status_1_and_says_why) {
  application app{{.children = {child(idler), child(broken)}, .runtime = {.log = silent_log()}}};
  testing::internal::CaptureStderr();

  const int status = app.run();

  EXPECT_EQ(status, 1);
  EXPECT_NE(testing::internal::GetCapturedStderr().find("failed to start child broken"),
            std::string::npos);
}

// A65
TEST(application_test, a_stop_is_prepared_before_the_tree_ends_and_finished_after_it) {
  std::vector<std::string> seen;
  application_spec spec{.children = {child(idler)}};
  spec.runtime.log = silent_log();
  application* running = nullptr;
  spec.prepare_stop = [&] {
    seen.emplace_back(running->home().find("idler") ? "prepared with the tree" : "too late");
  };
  spec.stopped = [&] {
    seen.emplace_back(running->home().find("idler") ? "too early" : "stopped without it");
  };
  application app{std::move(spec)};
  running = &app;
  app.on_started([&] { app.request_stop(); });

  EXPECT_EQ(app.run(), 0);
  EXPECT_EQ(seen, (std::vector<std::string>{"prepared with the tree", "stopped without it"}));
}

// A66
TEST(application_test, the_restart_type_decides_what_the_end_of_the_tree_means) {
  EXPECT_TRUE(ends_program(restart_type::permanent, exit_reason::normal()));
  EXPECT_FALSE(ends_program(restart_type::transient, exit_reason::normal()));
  EXPECT_TRUE(ends_program(restart_type::transient, exit_reason::shutdown()));
  EXPECT_FALSE(ends_program(restart_type::temporary, exit_reason::user("tired")));
}

application_spec that_gives_up(restart_type type) {
  application_spec spec{.limits = {.restarts = 0, .within = std::chrono::seconds{5}},
                        .children = {child(idler)}};
  spec.restart = type;
  return spec;
}

// A55, A66
TEST(application_test, a_permanent_tree_that_gives_up_ends_the_program_and_says_why) {
  application_spec spec = that_gives_up(restart_type::permanent);
  spec.runtime.log = silent_log();
  application app{std::move(spec)};
  app.on_started([&] { app.home().exit(app.home().find("idler"), exit_reason::user("no disk")); });
  testing::internal::CaptureStderr();

  const int status = app.run();

  EXPECT_EQ(status, 1);
  EXPECT_NE(testing::internal::GetCapturedStderr().find(
                "shutdown, because child idler failed after 0 restarts within 5000 ms, no more are "
                "allowed: no disk"),
            std::string::npos);
}

// A66
TEST(application_test, a_program_goes_on_without_a_temporary_tree_until_it_is_stopped) {
  application_spec spec = that_gives_up(restart_type::temporary);
  application* running = nullptr;
  spec.runtime.log = [&](const log_record& line) {
    if (line.text.find("goes on without it") != std::string::npos) running->request_stop();
  };
  application app{std::move(spec)};
  running = &app;
  app.on_started([&] { app.home().exit(app.home().find("idler"), exit_reason::kill()); });

  EXPECT_EQ(app.run(), 0);
}

void run_a_spinning_program() {
  application_spec spec;
  spec.children = {child(spins)};
  spec.hard_limit = std::chrono::milliseconds{50};
  spec.runtime.log = silent_log();
  application app{std::move(spec)};
  app.on_started([&] {
    (void)cast(app.home(), spins, go{});
    app.request_stop();
  });
  (void)app.run();
}

TEST(application_death_test, a_callback_that_never_returns_is_named_at_the_hard_limit) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";

  EXPECT_EXIT(run_a_spinning_program(), testing::ExitedWithCode(70),
              "handle_cast of process spins");
}

inline constexpr name<spinner> spins_too{"spins_too"};

void run_a_program_with_all_workers_spinning() {
  application_spec spec;
  spec.children = {child(spins), child(spins_too)};
  spec.hard_limit = std::chrono::milliseconds{800};
  spec.runtime = {.log = silent_log(), .workers = 2};
  application app{std::move(spec)};
  app.on_started([&] {
    (void)cast(app.home(), spins, go{});
    (void)cast(app.home(), spins_too, go{});
    while (app.home().running().size() < 2) std::this_thread::yield();
    app.request_stop();
  });
  (void)app.run();
}

TEST(application_death_test, two_callbacks_that_never_return_are_both_named_at_the_hard_limit) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";

  EXPECT_EXIT(run_a_program_with_all_workers_spinning(), testing::ExitedWithCode(70),
              "(handle_cast of process spins .*handle_cast of process spins_too)|"
              "(handle_cast of process spins_too .*handle_cast of process spins )");
}

}  // namespace
}  // namespace genstage
