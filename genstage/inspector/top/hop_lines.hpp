#pragma once

#include <genstage/inspector/top/columns.hpp>
#include <genstage/inspector/top/program_view.hpp>
#include <genstage/inspector/top/table.hpp>

namespace genstage::inline v0::top {

/// A line for each subscription that is measured: half and 99 % of its events took no longer than
/// that in each part of their way; nothing where it has no such part. A pure function.
[[nodiscard]] table_lines hop_lines(const program_view& now, const table_options& options);

}  // namespace genstage::inline v0::top
