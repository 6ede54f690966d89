#include <fmt/format.h>

#include <genstage/core/demand.hpp>
#include <stdexcept>

namespace genstage::inline v0::detail {

void refuse_demand(std::int64_t count) {
  throw std::invalid_argument{fmt::format("demand: count is {}, must be at least 0", count)};
}

}  // namespace genstage::inline v0::detail
