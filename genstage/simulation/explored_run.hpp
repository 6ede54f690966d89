#pragma once

#include <compare>
#include <cstdint>
#include <genstage/process/simulated.hpp>
#include <genstage/process/state_digest.hpp>
#include <genstage/simulation/exploration.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace genstage::inline v0 {

/// One thing that can happen next.
struct transition {
  enum class kind : std::uint8_t { run, timer, kill };
  kind what;
  pid who{};  ///< Of a run or a kill.

  friend auto operator<=>(const transition&, const transition&) = default;
};

[[nodiscard]] std::string to_string(const transition& next);

/// What a transition has touched. Two that touch nothing together commute.
struct footprint {
  std::vector<pid> processes{};  ///< Whose state or mail has changed.
  bool timers = false;
  bool chance = false;
  bool kills = false;       ///< It has used up one of the kills.
  bool everything = false;  ///< Somebody was born or has ended, so names have changed.

  [[nodiscard]] bool commutes_with(const footprint& other) const;
};

/// A program on its way along one path, with the causes of all that there is: of a process what it
/// has handled, of a message who sent it when. So equal states have equal numbers.
///
/// It is for `explore`, which makes a new one for each path.
class explored_run final : private simulation_watch {
 public:
  explored_run(std::unique_ptr<explored_program> program, const exploration_options& options);
  ~explored_run();
  explored_run(const explored_run&) = delete;
  explored_run& operator=(const explored_run&) = delete;

  /// Lets time pass if nothing else can happen. In a fixed order.
  [[nodiscard]] std::vector<transition> enabled();
  footprint take(const transition& next);
  [[nodiscard]] std::uint64_t fingerprint();
  [[nodiscard]] explored_program& program() noexcept { return *program_; }
  [[nodiscard]] std::size_t depth() const noexcept { return depth_; }

 private:
  struct resident {
    /// What it has been born by and handled since, or what it can be told by.
    std::uint64_t identity = 0;
    /// What waits for it, the oldest first.
    std::vector<std::pair<const message*, std::uint64_t>> mail{};
  };

  void starts(const process& born) override;
  void handles(const process& receiver, const message& next) override;
  void terminates(const process& ending) override;
  void is_signalled(const process& receiver, const message& control) noexcept override;

  /// With what a process or a message says of itself; nothing if it cannot, or history counts.
  template <class Told>
  [[nodiscard]] std::optional<state_digest> description(const Told& of, state_digest so_far) const;
  void add_mail(state_digest& sum, const resident& receiver) const;
  [[nodiscard]] bool may_kill(const process& victim) const;
  void handle(const process& receiver, const message& taken) noexcept;
  /// Notes who was born, has ended and got mail by what `cause` stands for.
  footprint look_around(std::uint64_t cause);
  void look_at(process_cell& cell, std::uint64_t cause, footprint& touched);
  bool look_at_timers(std::uint64_t cause);

  const exploration_options& options_;
  std::unique_ptr<explored_program> program_;
  simulation& world_;
  std::map<pid, resident> residents_;
  std::map<std::uint64_t, std::uint64_t> timers_;  ///< The cause of each, by the order of arming.
  std::uint64_t handled_ = 0;  ///< What the process that runs has handled in this step.
  std::uint64_t drawn_ = 0;
  std::size_t kills_ = 0;
  std::size_t depth_ = 0;
};

}  // namespace genstage::inline v0
