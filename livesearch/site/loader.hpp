#pragma once

#include <expected>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "livesearch/site/definition.hpp"
#include "livesearch/site/definition_error.hpp"

namespace livesearch {

/// Reads one site definition.
///
/// `file_name` stands in the messages, and without its folder and `.yaml` it is the default id.
///
/// Failure: every mistake of the file at once, in the order of the lines; only malformed YAML
/// hides what follows it. Selectors, expressions, paths and templates are compiled here, so a
/// definition that loads can be used.
[[nodiscard]] std::expected<site_definition, std::vector<definition_error>> load_definition(
    std::string_view yaml, std::string_view file_name);

/// A site file that is in memory already, for example carried inside the program.
struct definition_file {
  std::string name;
  std::string yaml;
};

/// What can be used of several files, and what is wrong with the others.
struct loaded_sites {
  std::vector<site_definition> definitions;
  std::vector<definition_file> files;  ///< of each definition, at the same place
  std::vector<definition_error> errors;
};

/// Reads several files; a wrong one, or one that repeats an id, is reported and left out.
[[nodiscard]] loaded_sites load_definitions(std::span<const definition_file> files);

/// As `load_definitions`, for every `*.yaml` and `*.yml` of a folder in the order of their names.
///
/// Failure: a folder that cannot be read is one error with the folder as its file. At most 1000
/// files are read, and a file of more than 256 KiB is an error.
[[nodiscard]] loaded_sites load_folder(const std::filesystem::path& folder);

}  // namespace livesearch
