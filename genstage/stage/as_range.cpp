#include <fmt/format.h>

#include <genstage/core/contract.hpp>
#include <genstage/stage/as_range.hpp>
#include <stdexcept>

namespace genstage::inline v0 {

range_failed::range_failed(exit_reason why, range_phase when)
    : std::runtime_error{fmt::format(
          "range: {} with {}, and its subscription does not allow that; the iteration ended",
          when == range_phase::init ? "a producer is missing" : "a subscription has ended",
          to_string(why))},
      reason_{std::move(why)},
      phase_{when} {}

namespace detail {

subscription_plan range_plan(std::string name, process_ref producer,
                             const subscription_options& options) {
  const std::string label = name.empty() ? to_string(producer.id()) : name;
  if (const result<demand_range> fits = checked(options, "range", label); !fits) {
    throw std::invalid_argument{fits.error().message};
  }
  return {std::move(name), std::move(producer), options};
}

void must_be_outside_of_processes() {
  const bool is_outside_of_processes = process::current() == nullptr;
  GENSTAGE_ASSERT(is_outside_of_processes);
}

}  // namespace detail

}  // namespace genstage::inline v0
