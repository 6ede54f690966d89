#pragma once

#include <genstage/process/runtime.hpp>
#include <genstage/replay/schedule_player.hpp>
#include <genstage/replay/schedule_recorder.hpp>
#include <memory>
#include <string>

namespace genstage::inline v0 {

/// What runs a program: a thread pool, a thread pool whose order is kept, or the order of an
/// earlier run.
///
/// Lifetime: outlives the runtime that it makes.
class program_driver {
 public:
  /// `record_to` and `replay_from` are files, or empty.
  program_driver(std::string record_to, const std::string& replay_from);

  /// Why it cannot run as was asked, or no value.
  [[nodiscard]] const std::optional<error>& failure() const noexcept { return failure_; }
  [[nodiscard]] runtime make_runtime(runtime_options options);
  /// Null unless an earlier run is played.
  [[nodiscard]] schedule_player* player() const noexcept { return playing_.get(); }
  /// Where ports keep what comes, or get it from; null for a program that runs as it is.
  [[nodiscard]] port_log* ports() const noexcept;
  /// Writes the order so far, if it is kept. Failure: is said in the log.
  void save(const runtime& home) const;
  /// Nothing of the program runs after it.
  void stop(runtime& home) noexcept;

 private:
  std::string record_to_;
  std::optional<error> failure_;
  std::unique_ptr<schedule_recorder> recording_;
  std::unique_ptr<schedule_player> playing_;
};

}  // namespace genstage::inline v0
