#pragma once

#include <functional>
#include <genstage/conformance/library_actors.hpp>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace genstage::conformance {

/// A scenario played with the library's stages, step by step. Somebody else waits between the two
/// halves of a step until nothing happens any more.
class library_world {
 public:
  library_world(const scenario& of, runtime& home);

  /// Does what the next step says. False if there is none.
  bool begin_step();
  /// Adds what was seen since the last time to the trace; `records` are all that the runtime has.
  void end_step(std::span<const record> records);
  [[nodiscard]] const trace& played() const noexcept { return played_; }

  /// Asks every stage a question that stands behind what it was sent before.
  [[nodiscard]] std::vector<operation<bool>> ask_everybody() const;
  /// How many stages have ended so far that others have been told.
  [[nodiscard]] std::size_t ended_count() const;
  /// How many callbacks there have been.
  [[nodiscard]] std::size_t callback_count() const;

 private:
  struct member {
    std::unique_ptr<tape> kept;
    process_ref who;
    std::function<operation<bool>()> question{};
    std::function<void(const request&)> tell{};
    std::function<void(std::int64_t)> inform{};
    std::function<void(demand_mode)> set_mode{};
    std::function<void()> estimate{};
    std::function<void()> query{};
    std::optional<operation<exit_reason>> end{};
    bool is_gone = false;
    std::uint64_t last_record = 0;
  };

  void start(int index, const actor& plan);
  template <class Dispatcher>
  void start_emitter(member& added);
  template <class S>
  void start_stage(member& added);
  void perform(const command& told);
  void tell_stage(const command& told, member& to);
  void tell_probe(const command& told);
  void subscribe(const command& told);
  void learn_tags();
  [[nodiscard]] std::string tag_text(unique_id tag) const;
  [[nodiscard]] unique_id id_of(int tag) const;
  [[nodiscard]] member& at(int index) { return members_[static_cast<std::size_t>(index)]; }
  [[nodiscard]] bool is_probe(int index) const;

  const scenario& of_;
  runtime& home_;
  trace played_;
  std::vector<member> members_;
  std::vector<std::pair<int, int>> peers_;  // Of each tag: consumer, producer.
  /// What has the scenario's numbers. Stages' own become known between steps: within one, their
  /// threads may write what they have subscribed to.
  std::map<int, unique_id> tags_;
};

}  // namespace genstage::conformance
