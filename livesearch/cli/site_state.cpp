#include "livesearch/cli/site_state.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace livesearch {

namespace fs = std::filesystem;

namespace {

constexpr const char* file_name = "sites";

}  // namespace

fs::path state_folder() {
  if (const char* const chosen = std::getenv("LIVESEARCH_STATE"); chosen && *chosen) return chosen;
  if (const char* const state = std::getenv("XDG_STATE_HOME"); state && *state) {
    return fs::path{state} / "livesearch";
  }
  const char* const home = std::getenv("HOME");
  return fs::path{home != nullptr ? home : "."} / ".local" / "state" / "livesearch";
}

site_state load_state(const fs::path& folder) {
  site_state state;
  std::ifstream file{folder / file_name};
  for (std::string line; std::getline(file, line);) {
    std::istringstream words{line};
    std::string verb;
    std::string id;
    std::string date;
    words >> verb >> id >> date;
    if (verb == "introduced") state.introduced = true;
    if (verb == "disabled" && !id.empty()) state.disabled.insert(id);
    if (verb == "checked" && !date.empty()) state.checked[id] = date;
  }
  return state;
}

genstage::result<void> save_state(const fs::path& folder, const site_state& state) {
  std::error_code failed;
  fs::create_directories(folder, failed);
  const fs::path fresh = folder / (std::string{file_name} + ".new");
  {
    std::ofstream file{fresh};
    if (state.introduced) file << "introduced\n";
    for (const std::string& id : state.disabled) file << "disabled " << id << '\n';
    for (const auto& [id, date] : state.checked) file << "checked " << id << ' ' << date << '\n';
    file.flush();
    if (!file) {
      return genstage::fail(
          genstage::errc::unavailable,
          fmt::format("state: {} cannot be written; not remembered", fresh.string()));
    }
  }
  fs::rename(fresh, folder / file_name, failed);
  if (failed) {
    return genstage::fail(genstage::errc::unavailable,
                          fmt::format("state: {} cannot be replaced ({}); not remembered",
                                      (folder / file_name).string(), failed.message()));
  }
  return {};
}

}  // namespace livesearch
