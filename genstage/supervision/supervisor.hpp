#pragma once

#include <cstdint>
#include <genstage/process/process.hpp>
#include <genstage/supervision/child_spec.hpp>
#include <genstage/supervision/restart_budget.hpp>
#include <memory>
#include <string>
#include <vector>

namespace genstage::inline v0 {

/// Which children are started again when one has to be.
enum class restart_strategy : std::uint8_t {
  one_for_one,   ///< that one
  one_for_all,   ///< all
  rest_for_one,  ///< that one and those after it
};

/// A supervisor and its children, in the order in which they are started.
struct supervisor_spec {
  restart_strategy strategy = restart_strategy::one_for_one;
  restart_limits limits{};
  std::vector<child_spec> children{};
  /// A killed child whose callback does not return is given up after this time: it is reported as
  /// abandoned and the supervisor goes on without it.
  duration abandon_after = std::chrono::seconds{5};
};

/// Starts children in order, restarts them when they end, and stops them in reverse order, one
/// after the other. When restarts come too often it stops its children and ends with `shutdown`.
///
/// Source: A42 to A59, Erlang/OTP's supervisor.
class supervisor final : public process {
 public:
  explicit supervisor(supervisor_spec spec);

 protected:
  void start() override;
  void receive(message_ptr received) override;
  void terminate(const exit_reason& reason) override;

 private:
  struct child {
    child_spec spec;
    process_ref process{};
  };

  task<> start_all();
  task<std::optional<exit_reason>> start_from(std::size_t& next, std::size_t end);
  task<std::optional<exit_reason>> start_one(child& started);
  task<> stop_from(std::size_t first);
  task<> stop_one(child& stopped);
  task<> restart(std::size_t failed);
  task<> give_up(std::string why);
  void child_ended(const exit_message& signal);

  supervisor_spec spec_;
  restart_budget budget_;
  std::vector<child> children_;
};

/// A supervisor as the child of another one. It gets all the time it needs to stop its children.
[[nodiscard]] child_spec supervised(std::string id, supervisor_spec spec);

}  // namespace genstage::inline v0
