#include <array>
#include <genstage/record/record.hpp>

namespace genstage::inline v0 {

std::string_view to_string(record_kind kind) noexcept {
  static constexpr std::array<std::string_view, record_kinds> names{
      "ask",  "delivery", "subscribed", "cancelled", "buffered",  "discarded",
      "lost", "copied",   "spawned",    "ended",     "restarted", "timer"};
  const auto index = static_cast<std::size_t>(kind);
  return index < names.size() ? names[index] : "unknown";
}

}  // namespace genstage::inline v0
