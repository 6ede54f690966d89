#include <cstdio>
#include <cstdlib>
#include <genstage/core/contract.hpp>

namespace genstage::inline v0 {

void contract_violated(const char* expected, const char* file, int line) noexcept {
  std::fprintf(stderr, "%s:%d: bug: expected %s; program ended\n", file, line, expected);
  std::abort();
}

}  // namespace genstage::inline v0
