#include "conversation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace gs = genstage;

namespace {

/// What one side owes the other, as far as it decides what is said.
class exchange {
 public:
  std::optional<std::string> line(const gs::record& next) {
    switch (next.kind) {
      case gs::record_kind::ask:
        return asked(next.count);
      case gs::record_kind::delivery:
        return delivered(next.count);
      default:
        return std::nullopt;
    }
  }

 private:
  std::string asked(std::uint64_t count) {
    const bool is_first = !has_asked_;
    has_asked_ = true;
    outstanding_ += count;
    return is_first ? fmt::format("Consumer: \"I can process {} events\"", count)
                    : fmt::format("Consumer: \"I can process {} more\"", count);
  }

  std::string delivered(std::uint64_t count) {
    outstanding_ -= std::min(count, outstanding_);
    const bool was_begun = is_begun_;
    is_begun_ = outstanding_ > 0;
    if (is_begun_) {
      return fmt::format("Producer: \"For now, take all the {} events I have\"", count);
    }
    return was_begun ? fmt::format("Producer: \"Here are the other {} events\"", count)
                     : fmt::format("Producer: \"Here are {} events\"", count);
  }

  std::uint64_t outstanding_ = 0;
  bool has_asked_ = false;
  bool is_begun_ = false;  ///< What is outstanding has been delivered in part.
};

}  // namespace

std::vector<std::string> dialogue(std::span<const gs::record> said,
                                  std::span<const std::uint64_t> pauses) {
  std::vector<std::string> lines;
  exchange between;
  std::uint64_t before = 0;
  for (const gs::record& next : said) {
    const std::optional<std::string> line = between.line(next);
    if (!line) continue;
    const bool is_later = std::ranges::any_of(
        pauses, [&](std::uint64_t pause) { return before <= pause && pause < next.order; });
    if (is_later && !lines.empty()) lines.emplace_back("[later]");
    lines.push_back(*line);
    before = next.order;
  }
  return lines;
}

std::vector<gs::record> first_exchanges(std::span<const gs::record> all, std::size_t count) {
  std::vector<gs::record> chosen;
  for (const gs::record& each : all) {
    const bool is_spoken =
        each.kind == gs::record_kind::ask || each.kind == gs::record_kind::delivery;
    if (!is_spoken || chosen.size() == count) continue;
    if (chosen.empty() || each.subscription == chosen.front().subscription) chosen.push_back(each);
  }
  return chosen;
}

std::string as_paragraphs(std::span<const std::string> lines) {
  return fmt::format("{}\n", fmt::join(lines, "\n\n"));
}
