#pragma once

#include <functional>
#include <genstage/core/instant.hpp>
#include <optional>
#include <string>
#include <utility>

namespace genstage::inline v0 {

class simulation;

/// A place where the program meets the world, declared so that a simulation may delay or lose what
/// crosses there: a port such as an HTTP client, a connector to a broker.
///
///     gs::boundary network{world, "network"};
///     network.carry(latency, [&] { peer.receive(text); });
///
/// Lifetime: the simulation outlives it. Threads: one.
class boundary {
 public:
  boundary(simulation& world, std::string name) : world_{world}, name_{std::move(name)} {}
  boundary(const boundary&) = delete;
  boundary& operator=(const boundary&) = delete;

  /// Something crosses now: how much later than usual it arrives, or no value if it is lost.
  [[nodiscard]] std::optional<duration> cross();
  /// Calls `deliver` after `latency`, later, or never; not inside this call.
  void carry(duration latency, std::move_only_function<void() noexcept> deliver);

 private:
  simulation& world_;
  std::string name_;
};

}  // namespace genstage::inline v0
