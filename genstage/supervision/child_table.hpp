#pragma once

#include <cstddef>
#include <cstdint>
#include <genstage/supervision/child_spec.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace genstage::inline v0 {

enum class child_state : std::uint8_t {
  running,
  restarting,  ///< its last start failed, or it waits for the next one
  stopped,     ///< it is declared, and nothing runs
};

/// What a supervisor says about one of its children.
struct child_info {
  std::string id;
  child_state state = child_state::stopped;
  process_ref process{};  ///< None unless it is running.
  child_type type = child_type::worker;
};

/// How many children there are, as declared and as they run.
struct child_counts {
  std::size_t specs = 0;
  std::size_t active = 0;
  std::size_t supervisors = 0;
  std::size_t workers = 0;

  friend bool operator==(const child_counts&, const child_counts&) = default;
};

/// A child as its supervisor knows it.
struct child_entry {
  child_spec spec;
  child_state state = child_state::stopped;
  process_ref process{};
  pid last{};                 ///< The process that ran last, for reports.
  instant since{};            ///< When the process was started.
  std::size_t failures = 0;   ///< In a row, for the backoff.
  std::uint64_t attempt = 0;  ///< Changes with each change of state, so that a late retry is seen.

  void run(process_ref started, instant now);
  /// The process has ended or was never there.
  void rest(child_state next);
};

/// A supervisor's children in the order in which they are started.
///
/// A pure value, which decisions are made from.
class child_table {
 public:
  child_table() = default;
  explicit child_table(std::vector<child_spec> children);

  child_entry& add(child_spec child);
  void remove(std::string_view id);

  [[nodiscard]] child_entry* find(std::string_view id);
  [[nodiscard]] child_entry* find(pid running);
  [[nodiscard]] const std::vector<child_entry>& entries() const noexcept { return entries_; }

  /// The newest first, as OTP lists them (A57).
  [[nodiscard]] std::vector<child_info> list() const;
  [[nodiscard]] child_counts count() const;

 private:
  std::vector<child_entry> entries_;
};

}  // namespace genstage::inline v0
