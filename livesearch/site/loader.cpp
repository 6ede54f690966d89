#include "livesearch/site/loader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "livesearch/site/definition_reader.hpp"
#include "livesearch/site/syntax/yaml_tree.hpp"
#include "livesearch/site/yaml_section.hpp"

namespace livesearch {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_files = 1000;

std::string_view stem_of(std::string_view file_name) {
  const auto name = file_name.substr(file_name.find_last_of('/') + 1);
  for (const std::string_view ending : {".yaml", ".yml"}) {
    if (name.ends_with(ending)) return name.substr(0, name.size() - ending.size());
  }
  return name;
}

std::expected<std::string, std::string> content_of(const fs::path& path) {
  std::error_code failure;
  const auto size = fs::file_size(path, failure);
  if (!failure && size > largest_yaml) {
    return std::unexpected{
        fmt::format("the file is too large ({} bytes), at most {} bytes are "
                    "allowed",
                    size, largest_yaml)};
  }
  std::ifstream stream{path, std::ios::binary};
  if (!stream) return std::unexpected{std::string{"the file cannot be opened"}};
  // One byte more than is allowed shows a file that has grown since.
  std::string content(largest_yaml + 1, '\0');
  stream.read(content.data(), static_cast<std::streamsize>(content.size()));
  if (stream.bad()) return std::unexpected{std::string{"the file cannot be read"}};
  content.resize(static_cast<std::size_t>(stream.gcount()));
  return content;
}

bool is_site_file(const fs::directory_entry& entry) {
  const auto name = entry.path().filename().string();
  std::error_code ignored;
  return !name.starts_with('.') && (name.ends_with(".yaml") || name.ends_with(".yml")) &&
         entry.is_regular_file(ignored);
}

std::expected<std::vector<fs::path>, std::string> site_files_of(const fs::path& folder) {
  std::error_code failure;
  fs::directory_iterator entry{folder, failure};
  std::vector<fs::path> paths;
  for (; !failure && entry != fs::directory_iterator{}; entry.increment(failure)) {
    if (is_site_file(*entry)) paths.push_back(entry->path());
  }
  if (failure) {
    return std::unexpected{fmt::format("the folder cannot be read ({})", failure.message())};
  }
  std::ranges::sort(paths);
  if (paths.size() > most_files) {
    return std::unexpected{
        fmt::format("the folder has too many site files ({}), at most {} are "
                    "allowed",
                    paths.size(), most_files)};
  }
  return paths;
}

class site_collector {
 public:
  void add(std::string_view yaml, const std::string& file_name) {
    auto loaded = load_definition(yaml, file_name);
    if (!loaded) {
      std::ranges::move(loaded.error(), std::back_inserter(sites_.errors));
      return;
    }
    const auto first = std::ranges::find(sites_.definitions, loaded->id, &site_definition::id);
    if (first != sites_.definitions.end()) {
      const auto place = static_cast<std::size_t>(first - sites_.definitions.begin());
      const std::string& owner = sites_.files[place].name;
      sites_.errors.push_back({.file = file_name,
                               .key = "id",
                               .message = fmt::format("\"{}\" is taken by {}, each site needs its "
                                                      "own",
                                                      loaded->id, owner)});
      return;
    }
    sites_.definitions.push_back(*std::move(loaded));
    sites_.files.push_back({file_name, std::string{yaml}});
  }

  void add_error(std::string file, std::string message) {
    sites_.errors.push_back({.file = std::move(file), .message = std::move(message)});
  }

  [[nodiscard]] loaded_sites take() { return std::move(sites_); }

 private:
  loaded_sites sites_;
};

}  // namespace

std::expected<site_definition, std::vector<definition_error>> load_definition(
    std::string_view yaml, std::string_view file_name) {
  mistake_list mistakes{file_name};
  const auto root = parse_yaml(yaml);
  if (!root) {
    mistakes.add(root.error().place, "", root.error().message);
    return std::unexpected{mistakes.take()};
  }
  auto site = read_definition(*root, stem_of(file_name), mistakes);
  if (mistakes.count() > 0) return std::unexpected{mistakes.take()};
  return site;
}

loaded_sites load_definitions(std::span<const definition_file> files) {
  site_collector collector;
  for (const auto& file : files) collector.add(file.yaml, file.name);
  return collector.take();
}

loaded_sites load_folder(const fs::path& folder) {
  site_collector collector;
  const auto paths = site_files_of(folder);
  if (!paths) {
    collector.add_error(folder.string(), paths.error());
    return collector.take();
  }
  for (const auto& path : *paths) {
    const auto content = content_of(path);
    if (content) {
      collector.add(*content, path.filename().string());
    } else {
      collector.add_error(path.filename().string(), content.error());
    }
  }
  return collector.take();
}

}  // namespace livesearch
