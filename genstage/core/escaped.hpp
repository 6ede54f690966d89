#pragma once

#include <string>
#include <string_view>

namespace genstage::inline v0 {

/// `text` as it may stand between the quotation marks of a JSON string, or of a label that
/// Prometheus reads. Bytes that are not UTF-8 are replaced by U+FFFD.
/// Source: RFC 8259, section 7.
[[nodiscard]] std::string escaped(std::string_view text);
/// The same, behind what is there.
void append_escaped(std::string& to, std::string_view text);

}  // namespace genstage::inline v0
