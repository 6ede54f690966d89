#include "slides.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <genstage/trace/conversation.hpp>
#include <optional>
#include <vector>

namespace gs = genstage;

std::string as_slides(std::span<const gs::record> records, std::span<const std::uint64_t> pauses,
                      std::size_t most) {
  std::vector<std::string> paragraphs;
  gs::conversation talk;
  std::optional<gs::record> before;
  std::size_t lines = 0;
  for (const gs::record& each : records) {
    if (before && each.subscription != before->subscription) continue;
    const bool is_later = before && std::ranges::any_of(pauses, [&](std::uint64_t pause) {
                            return before->order <= pause && pause < each.order;
                          });
    if (is_later) talk.time_passed();
    const auto line = talk.hear(each);
    if (!line) continue;
    if (line->is_later) paragraphs.emplace_back("[later]");
    paragraphs.push_back(gs::to_string(*line));
    before = each;
    if (++lines == most) break;
  }
  return fmt::format("{}\n", fmt::join(paragraphs, "\n\n"));
}
