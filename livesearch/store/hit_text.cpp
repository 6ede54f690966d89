#include "livesearch/store/hit_text.hpp"

#include <charconv>

namespace livesearch {

namespace {

void write(std::string& text, std::string_view value) {
  text += std::to_string(value.size());
  text += ':';
  text += value;
}

bool read(std::string_view& text, std::string& value) {
  std::size_t size = 0;
  const char* const end = text.data() + text.size();
  const auto number = std::from_chars(text.data(), end, size);
  if (number.ec != std::errc{} || number.ptr == end || *number.ptr != ':') return false;
  text.remove_prefix(static_cast<std::size_t>(number.ptr - text.data()) + 1);
  if (size > text.size()) return false;
  value = text.substr(0, size);
  text.remove_prefix(size);
  return true;
}

}  // namespace

std::string write_hits(const std::vector<hit>& hits) {
  std::string text;
  for (const hit& each : hits) {
    write(text, each.title);
    write(text, each.url);
    write(text, each.snippet);
  }
  return text;
}

std::optional<std::vector<hit>> read_hits(std::string_view text) {
  std::vector<hit> hits;
  while (!text.empty()) {
    hit next;
    if (!read(text, next.title) || !read(text, next.url) || !read(text, next.snippet)) {
      return std::nullopt;
    }
    hits.push_back(std::move(next));
  }
  return hits;
}

}  // namespace livesearch
