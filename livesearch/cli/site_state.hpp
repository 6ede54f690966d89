#pragma once

#include <filesystem>
#include <genstage/core/error.hpp>
#include <map>
#include <set>
#include <string>

namespace livesearch {

/// What this user's livesearch remembers about sites between two runs: which were seen to work,
/// which are turned off, and whether the user has been told who will see queries.
///
/// Kept as a small text file, `sites` in the state folder.
struct site_state {
  std::map<std::string, std::string> checked;  ///< site id to date, YYYY-MM-DD
  std::set<std::string> disabled;
  bool introduced = false;
};

/// `$LIVESEARCH_STATE`, else `$XDG_STATE_HOME/livesearch`, else `~/.local/state/livesearch`.
[[nodiscard]] std::filesystem::path state_folder();

/// A missing file is an empty state. Lines that cannot be read are skipped.
[[nodiscard]] site_state load_state(const std::filesystem::path& folder);

/// Failure: unavailable, if the file cannot be written; the one that was there stays.
[[nodiscard]] genstage::result<void> save_state(const std::filesystem::path& folder,
                                                const site_state& state);

}  // namespace livesearch
