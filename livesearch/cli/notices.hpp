#pragma once

#include <genstage/core/error.hpp>

#include "livesearch/cli/program.hpp"

namespace livesearch {

/// Says on standard error why a command could not do what it was asked. Returns the status to end
/// the program with.
[[nodiscard]] int failed(const genstage::error& why);

/// Says on standard error which site files are wrong, one line a mistake.
void warn_of_wrong_files(const program& program);

/// Says on standard error, at the first start that may send queries away, which hosts will see
/// them and how to turn each off; and remembers that it was said.
void introduce_hosts(program& program);

}  // namespace livesearch
