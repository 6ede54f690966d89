#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <string>

namespace genstage::inline v0 {

enum class exit_kind : std::uint8_t {
  normal,         ///< the work is done
  shutdown,       ///< asked to stop by a supervisor
  shutdown_with,  ///< the same, with a detail
  kill,    ///< asked for by `exit(pid, kill)`; seen by others as `killed` when sent as a signal
  killed,  ///< ended by an untrappable kill
  noproc,  ///< there was no such process
  error,   ///< a callback threw
  user,    ///< any other reason a program chose
};

/// Why a process ended, or is asked to end.
///
/// Three reasons are *orderly*: normal, shutdown and shutdown with a detail. They cause no crash
/// report, restart no transient child and end no transient subscription.
///
/// Threads: an immutable value; copies share their text.
/// Source: Erlang/OTP, exit reasons; rules G-007 and A2, A3 of the project's specification.
class [[nodiscard]] exit_reason {
 public:
  [[nodiscard]] static exit_reason normal() { return exit_reason{exit_kind::normal}; }
  /// Equal to `normal`: a process found in its start that there is nothing to run (A14).
  [[nodiscard]] static exit_reason ignored();
  [[nodiscard]] static exit_reason shutdown() { return exit_reason{exit_kind::shutdown}; }
  [[nodiscard]] static exit_reason shutdown(std::string detail);
  [[nodiscard]] static exit_reason kill() { return exit_reason{exit_kind::kill}; }
  [[nodiscard]] static exit_reason killed() { return exit_reason{exit_kind::killed}; }
  [[nodiscard]] static exit_reason noproc() { return exit_reason{exit_kind::noproc}; }
  [[nodiscard]] static exit_reason user(std::string text);

  /// The reason of a process whose callback threw: type and text of the exception, and where.
  [[nodiscard]] static exit_reason exception(std::exception_ptr thrown, std::string where);

  [[nodiscard]] exit_kind kind() const noexcept { return kind_; }
  [[nodiscard]] bool is_ignored() const noexcept;
  [[nodiscard]] bool is_orderly() const noexcept { return kind_ <= exit_kind::shutdown_with; }

  /// The detail, the user's text or the exception's text; empty for the other kinds.
  [[nodiscard]] const std::string& text() const noexcept;
  /// The exception's type, demangled; empty unless the kind is error.
  [[nodiscard]] const std::string& exception_type() const noexcept;
  /// The callback that threw; empty unless the kind is error.
  [[nodiscard]] const std::string& where() const noexcept;
  /// The exception itself; null unless the kind is error.
  [[nodiscard]] std::exception_ptr thrown() const noexcept;

  /// The same reason, which says besides what led to it: `circumstance` is what was being done, and
  /// `cause` the reason that it ended with. Comparison does not look at causes.
  [[nodiscard]] exit_reason because(std::string circumstance, exit_reason cause) const;
  /// What led to this reason; null if nobody said so.
  [[nodiscard]] const exit_reason* cause() const noexcept;
  /// What was being done when the cause came; empty without one.
  [[nodiscard]] const std::string& circumstance() const noexcept;

  friend bool operator==(const exit_reason& left, const exit_reason& right) noexcept;

 private:
  struct detail {
    std::string text{};
    std::string exception_type{};
    std::string where{};
    std::exception_ptr thrown{};
    bool is_ignored = false;
    std::string circumstance{};
    std::shared_ptr<const exit_reason> cause{};
  };

  explicit exit_reason(exit_kind kind, std::shared_ptr<const detail> more = nullptr)
      : kind_{kind}, more_{std::move(more)} {}

  exit_kind kind_;
  std::shared_ptr<const detail> more_;
};

/// For people: `shutdown`, `error (std::runtime_error: boom) in handle_events`.
[[nodiscard]] std::string to_string(const exit_reason& reason);

/// The whole chain of causes: `shutdown, because child a failed too often: error (...) in init`.
[[nodiscard]] std::string explain(const exit_reason& reason);

}  // namespace genstage::inline v0
