#include "livesearch/sites/carried_sites.hpp"

#include <string>

#include "carried_definitions.hpp"

namespace livesearch {
namespace {

constexpr std::string_view demonstration_folder = "demonstration/";
constexpr std::string_view public_folder = "public/";
constexpr std::string_view demo_placeholder = "{demo}";

std::string replaced(std::string_view text, std::string_view placeholder, std::string_view value) {
  std::string out;
  for (auto at = text.find(placeholder); at != std::string_view::npos;
       at = text.find(placeholder)) {
    out += text.substr(0, at);
    out += value;
    text.remove_prefix(at + placeholder.size());
  }
  return out += text;
}

/// The names are without the folder, because the file's name is the site's id.
std::vector<definition_file> files_in(std::string_view folder) {
  std::vector<definition_file> files;
  for (const auto& file : carried::carried_definitions()) {
    if (!file.path.starts_with(folder)) continue;
    files.push_back(
        {.name = std::string{file.path.substr(folder.size())}, .yaml = std::string{file.content}});
  }
  return files;
}

}  // namespace

std::vector<definition_file> demonstration_site_files(std::string_view base_url) {
  auto files = files_in(demonstration_folder);
  for (auto& file : files) file.yaml = replaced(file.yaml, demo_placeholder, base_url);
  return files;
}

std::vector<definition_file> public_site_files() {
  return files_in(public_folder);
}

}  // namespace livesearch
