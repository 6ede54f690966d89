#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <genstage/process/server.hpp>
#include <genstage/simulation/simulation.hpp>
#include <genstage/supervision/supervisor.hpp>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

// Children that write down what happens to them, and a world to supervise them in. For tests.
namespace genstage::family {

using namespace std::chrono_literals;
using journal = std::vector<std::string>;

struct crash {};
struct finish {
  exit_reason reason;
};

/// What a child does at its start and its end.
struct manner {
  duration stops_in = duration::zero();
  int failing_starts = 0;  ///< Counted down with each start; at zero it starts.
  std::function<void(int)> at_failing_start{};  ///< Called with how many are left.
  bool has_nothing_to_do = false;
  duration starts_in = duration::zero();
};

class worker : public server {
 public:
  worker(std::string name, journal* seen, manner* how)
      : name_{std::move(name)}, seen_{seen}, how_{how} {
    if (how_->failing_starts > 0 && how_->failing_starts-- > 0) {
      seen_->push_back("fail " + name_);
      if (how_->at_failing_start) how_->at_failing_start(how_->failing_starts);
      throw std::runtime_error{"cannot start"};
    }
  }
  task<> init() {
    trap_exits();
    if (how_->starts_in > duration::zero()) {
      auto wait = sleep_for(how_->starts_in);
      co_await std::move(wait);
    }
    seen_->push_back((how_->has_nothing_to_do ? "ignore " : "+") + name_);
    if (how_->has_nothing_to_do) ignore();
  }
  void handle_cast(crash) { throw std::runtime_error{"boom"}; }
  void handle_cast(finish asked) { stop(asked.reason); }
  task<> terminate(const exit_reason&) {
    if (how_->stops_in > duration::zero()) {
      auto wait = sleep_for(how_->stops_in);
      co_await std::move(wait);
    }
    seen_->push_back("-" + name_);
  }

 private:
  std::string name_;
  journal* seen_;
  manner* how_;
};

class household : public ::testing::Test {
 protected:
  explicit household(std::uint64_t seed = 1) : world{seed, {.log = collect()}} {}
  child_spec make(std::string name, restart_type restart = restart_type::permanent,
                  shutdown_limit limit = 5s) {
    child_spec made{.id = name, .start = {}, .name = name};
    made.start = [this, name](runtime& home, spawn_options options) -> result<process_ref> {
      auto spawned = spawn<worker>(home, std::move(options), name, &seen, &manners[name]);
      if (!spawned) return std::unexpected{spawned.error()};
      return spawned->process();
    };
    made.restart = restart;
    made.shutdown = limit;
    return made;
  }

  /// Starts the tree; the reason if it failed.
  std::optional<exit_reason> start(supervisor_spec spec) {
    spec.options.on_report = listen();
    auto [far, near] = make_operation<std::optional<exit_reason>>();
    top = *world.home().spawn(std::make_unique<supervisor>(std::move(spec)), {.started = far});
    end.emplace(world.home().down(top));
    return **world.run_until(std::move(near));
  }

  template <class M>
  void tell(const char* name, M message) {
    cast(*find(world.home(), genstage::name<worker>{name}), std::move(message));
    world.run_for(100ms);
  }
  journal take() { return std::exchange(seen, {}); }
  bool top_ended() {
    world.run_for(10s);
    return end->is_done();
  }
  void stop_top() { world.home().exit(top, exit_reason::shutdown()); }
  [[nodiscard]] ref<supervisor> asked() const { return ref<supervisor>{top}; }
  /// The outcome of something asked of a supervisor, as a code if it failed.
  template <class T>
  result<T> outcome(operation<T> awaited) {
    return *world.run_until(std::move(awaited));
  }
  template <class T>
  std::optional<errc> failure(operation<T> awaited) {
    const result<T> got = outcome(std::move(awaited));
    return got ? std::nullopt : std::optional{got.error().code};
  }
  report_listener listen() {
    return [this](const supervisor_report& made) {
      if (made.context == report_context::progress) return;
      reports.push_back(std::string{to_string(made.context)} + " " + made.offender + " " +
                        to_string(made.reason));
    };
  }
  log_sink collect() {
    return [this](const log_record& line) { lines.push_back(line.text); };
  }

  journal lines;
  simulation world;
  journal seen;
  journal reports;
  std::map<std::string, manner> manners;
  process_ref top;
  std::optional<operation<exit_reason>> end;
};

}  // namespace genstage::family
