#pragma once

#include <cstddef>
#include <genstage/observe/hop_times.hpp>
#include <genstage/observe/snapshot.hpp>
#include <span>
#include <string>

namespace genstage::inline v0 {

/// Where the time of the events of some subscriptions went, as JSON on one line; docs/inspector.md
/// describes its members. `hops` are by their tags, and are all that is recorded of the
/// subscriptions of `now`, which has what was measured. At most `limit` of them, and how many there
/// are.
[[nodiscard]] std::string write_hops(std::span<const hop_times> hops, const snapshot& now,
                                     std::size_t limit);

}  // namespace genstage::inline v0
