#include "livesearch/web/page.hpp"

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "page_content.hpp"

namespace livesearch {
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

/// FNV-1a with 64 bits: it tells two builds of a file apart, and guards against nobody.
std::uint64_t fingerprint(std::string_view content) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char byte : content) {
    hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3U;
  }
  return hash;
}

std::string hexadecimal(std::uint64_t number) {
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, 16).ptr;
  return {digits.data(), end};
}

std::string etag_of(std::string_view content) {
  return '"' + hexadecimal(content.size()) + '-' + hexadecimal(fingerprint(content)) + '"';
}

/// Owns the text that the views of `files` point to, so it is built once and never copied.
struct page_index {
  std::vector<std::string> texts;
  std::vector<page_file> files;

  page_index() {
    const auto carried = embedded::page_content();
    // Reserved to the end: a view into a short string would not outlive its move.
    texts.reserve(2 * carried.size());
    files.reserve(carried.size());
    for (const auto& file : carried) add(file.path, file.content);
  }

  void add(std::string_view name, std::string_view content) {
    const auto path = name == document_name ? std::string{"/"} : '/' + std::string{name};
    const std::string_view kept_path = texts.emplace_back(path);
    const std::string_view etag = texts.emplace_back(etag_of(content));
    files.push_back({.path = kept_path,
                     .content_type = content_type_of(name),
                     .content = content,
                     .etag = etag});
  }
};

}  // namespace

std::span<const page_file> page_files() {
  static const page_index index;
  return index.files;
}

const page_file* find_page_file(std::string_view path) {
  for (const auto& file : page_files()) {
    if (file.path == path) return &file;
  }
  return nullptr;
}

}  // namespace livesearch
