#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <genstage/core/error.hpp>
#include <genstage/core/instant.hpp>
#include <genstage/process/runtime.hpp>
#include <genstage/supervision/restart_backoff.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace genstage::inline v0 {

/// When a child that has ended is started again.
enum class restart_type : std::uint8_t {
  permanent,  ///< always
  transient,  ///< unless it ended in an orderly way
  temporary,  ///< never
};

enum class child_type : std::uint8_t { worker, supervisor };

/// When a supervisor ends because its significant children have ended by themselves. Source: A56.
enum class auto_shutdown : std::uint8_t {
  never,
  any_significant,  ///< when the first one has
  all_significant,  ///< when the last one has
};

/// How long a child gets to end when it is told to.
///
/// A limit of zero kills at once; no value waits for ever. After the limit the child is killed.
using shutdown_limit = std::optional<duration>;

/// The number of milliseconds, `infinity`, or `brutal kill`.
[[nodiscard]] std::string to_string(shutdown_limit limit);
[[nodiscard]] std::string_view to_string(restart_type type) noexcept;
[[nodiscard]] std::string_view to_string(child_type type) noexcept;

/// How to start, restart and stop one child of a supervisor, or several of the same kind.
///
/// Copyable: a tree is a declaration that can be started again and again.
struct child_spec {
  /// Unique among its siblings.
  std::string id;
  /// Starts the process with the options given. Called in the supervisor, once for each start. A
  /// reference to no process means that there is nothing to run, which is no failure.
  std::function<result<process_ref>(runtime&, spawn_options)> start;
  /// The registered name; empty for none.
  std::string name{};
  restart_type restart = restart_type::permanent;
  shutdown_limit shutdown = std::chrono::seconds{5};
  child_type type = child_type::worker;
  /// More than one means children `id/0`, `id/1` and so on, with such names.
  std::size_t count = 1;
  /// Whether its end may end the supervisor, as that one's `auto_shutdown` says.
  bool significant = false;
  /// Waits before the child is started again, longer each time; none means at once, as OTP does.
  std::optional<restart_backoff> backoff{};
};

/// One declaration for each child: those with a count become that many.
[[nodiscard]] std::vector<child_spec> one_by_one(std::span<const child_spec> children);

/// Whether a supervisor could run such a child.
///
/// Failure: invalid_argument, in words that name the child. Source: A42.
[[nodiscard]] result<void> check(const child_spec& child, auto_shutdown ending);
/// The same for all, of which no two may have the same id.
[[nodiscard]] result<void> check(std::span<const child_spec> children, auto_shutdown ending);

}  // namespace genstage::inline v0
