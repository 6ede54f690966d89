#pragma once

#include <cstddef>
#include <cstdint>
#include <genstage/record/record.hpp>
#include <span>
#include <string>

/// The conversation of the subscription that speaks first, at most `most` lines of it, as slides
/// show it: one paragraph a line. `pauses` are the positions (`record::order`) of the records after
/// which time passed; what follows one is preceded by "[later]".
[[nodiscard]] std::string as_slides(std::span<const genstage::record> records,
                                    std::span<const std::uint64_t> pauses, std::size_t most);
