#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <genstage/core/error.hpp>
#include <genstage/core/instant.hpp>
#include <genstage/process/runtime.hpp>
#include <optional>
#include <string>

namespace genstage::inline v0 {

/// When a child that has ended is started again.
enum class restart_type : std::uint8_t {
  permanent,  ///< always
  transient,  ///< unless it ended in an orderly way
  temporary,  ///< never
};

enum class child_type : std::uint8_t { worker, supervisor };

/// How long a child gets to end when it is told to.
///
/// A limit of zero kills at once; no value waits for ever. After the limit the child is killed.
using shutdown_limit = std::optional<duration>;

/// How to start, restart and stop one child of a supervisor, or several of the same kind.
///
/// Copyable: a tree is a declaration that can be started again and again.
struct child_spec {
  /// Unique among its siblings.
  std::string id;
  /// Starts the process with the options given. Called in the supervisor, once for each start.
  std::function<result<process_ref>(runtime&, spawn_options)> start;
  /// The registered name; empty for none.
  std::string name{};
  restart_type restart = restart_type::permanent;
  shutdown_limit shutdown = std::chrono::seconds{5};
  child_type type = child_type::worker;
  /// More than one means children `id/0`, `id/1` and so on, with such names.
  std::size_t count = 1;
};

}  // namespace genstage::inline v0
