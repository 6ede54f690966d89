#include <genstage/simulation/fault_plan.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

// Any bytes are a plan or are refused, and a plan is what its text says.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{static_cast<const char*>(static_cast<const void*>(data)), size};
  const auto plan = genstage::parse_fault_plan(text);
  if (plan && *genstage::parse_fault_plan(to_string(*plan)) != *plan) std::abort();
  return 0;
}
