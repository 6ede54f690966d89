#pragma once

namespace genstage::inline v0 {

/// Ends the program because of a bug: says what was expected and where.
[[noreturn]] void contract_violated(const char* expected, const char* file, int line) noexcept;

}  // namespace genstage::inline v0

/// An assertion that is on in every build. For bugs of the program alone, never for what data,
/// peers or users can cause.
#define GENSTAGE_ASSERT(expected)                                   \
  do {                                                              \
    if (!(expected)) [[unlikely]]                                   \
      ::genstage::contract_violated(#expected, __FILE__, __LINE__); \
  } while (false)
