#pragma once

#include <cstdint>
#include <genstage/conformance/scenario.hpp>

namespace genstage::conformance {

/// What a made scenario may contain.
struct ingredients {
  bool demand = true;
  bool broadcast = true;
  bool partition = true;
  bool selectors = true;
  bool manual = true;
  bool infos = true;
  bool accumulate = true;
  bool resubscribe = true;
  bool emit_when_left = true;
  bool bad_answers = true;        ///< handle_subscribe answers what is not allowed.
  bool partition_clashes = true;  ///< Partitions that are taken or do not exist.
  bool estimates = true;
  bool raw_producers = true;  ///< Probes that play a producer.
};

/// A scenario by chance: the same for the same seed.
[[nodiscard]] scenario make_scenario(std::uint64_t seed, const ingredients& with = {});

}  // namespace genstage::conformance
