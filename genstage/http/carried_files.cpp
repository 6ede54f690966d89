#include "genstage/http/carried_files.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <genstage/core/fnv1a.hpp>
#include <utility>

namespace genstage::inline v0::http {

namespace {

constexpr std::string_view document_name = "index.html";

std::string_view content_type_of(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> types{{
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".svg", "image/svg+xml"},
      {".woff2", "font/woff2"},
      {".txt", "text/plain; charset=utf-8"},
  }};
  for (const auto& [ending, type] : types) {
    if (name.ends_with(ending)) return type;
  }
  return "application/octet-stream";
}

std::string hexadecimal(std::uint64_t number) {
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, 16).ptr;
  return {digits.data(), end};
}

std::string etag_of(std::string_view content) {
  return '"' + hexadecimal(content.size()) + '-' + hexadecimal(fnv1a(content)) + '"';
}

}  // namespace

const carried_file* carried_files::find(std::string_view path) const noexcept {
  const auto found = std::ranges::find(files_, path, &carried_file::path);
  return found == files_.end() ? nullptr : &*found;
}

void carried_files::add(std::string_view name, std::string_view content) {
  const std::string_view path =
      texts_.emplace_back(name == document_name ? "/" : '/' + std::string{name});
  const std::string_view etag = texts_.emplace_back(etag_of(content));
  files_.push_back(
      {.path = path, .content_type = content_type_of(name), .content = content, .etag = etag});
}

http_reply reply_with(const carried_file& file, const http_headers& request, http_headers policy) {
  policy.push_back({"ETag", std::string{file.etag}});
  const bool is_known = find_header(request, "If-None-Match") == file.etag;
  return {is_known ? 304U : 200U, std::string{file.content_type}, std::move(policy),
          is_known ? std::string{} : std::string{file.content}};
}

}  // namespace genstage::inline v0::http
