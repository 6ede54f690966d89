#include <fmt/format.h>

#include <algorithm>
#include <genstage/trace/conversation.hpp>

namespace genstage::inline v0 {

namespace {

std::string events(std::uint64_t count) {
  return count == 1 ? "event" : "events";
}

}  // namespace

std::string to_string(const spoken_line& line) {
  return fmt::format("{}: \"{}\"", line.who == speaker::consumer ? "Consumer" : "Producer",
                     line.text);
}

std::optional<spoken_line> conversation::hear(const record& next) {
  spoken_line line{.order = next.order};
  if (next.kind == record_kind::ask) {
    line.who = speaker::consumer;
    line.text = asked(next.count);
  } else if (next.kind == record_kind::delivery) {
    line.who = speaker::producer;
    line.text = delivered(next.count);
  } else {
    return std::nullopt;
  }
  const auto waited = [&] {
    return pause_ && next.order - *last_ >= static_cast<std::uint64_t>(pause_->count());
  };
  line.is_later = last_ && (is_later_ || waited());
  is_later_ = false;
  last_ = next.order;
  return line;
}

std::string conversation::asked(std::uint64_t count) {
  const bool is_first = !has_asked_;
  has_asked_ = true;
  outstanding_ += count;
  return is_first ? fmt::format("I can process {} {}", count, events(count))
                  : fmt::format("I can process {} more", count);
}

std::string conversation::delivered(std::uint64_t count) {
  outstanding_ -= std::min(count, outstanding_);
  const bool was_begun = is_begun_;
  is_begun_ = outstanding_ > 0;
  if (is_begun_) return fmt::format("For now, take all the {} {} I have", count, events(count));
  return fmt::format("Here {} {}{} {}", count == 1 ? "is" : "are", was_begun ? "the other " : "",
                     count, events(count));
}

std::vector<spoken_line> conversation_of(std::uint64_t subscription,
                                         std::span<const record> records,
                                         std::optional<duration> pause) {
  std::vector<spoken_line> lines;
  conversation talk{pause};
  for (const record& each : records) {
    if (each.subscription != subscription) continue;
    if (auto line = talk.hear(each)) lines.push_back(*std::move(line));
  }
  return lines;
}

}  // namespace genstage::inline v0
