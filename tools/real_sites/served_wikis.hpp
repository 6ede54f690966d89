#pragma once

#include <sys/types.h>

#include <genstage/core/error.hpp>
#include <memory>
#include <string>
#include <vector>

#include "livesearch/site/loader.hpp"

namespace livesearch::testing_tools {

/// MediaWiki and DokuWiki, served on loopback by `serve.sh` as long as this lives.
///
/// Threads: one thread at a time.
class served_wikis {
 public:
  /// `folder` was filled by `setup.sh`.
  ///
  /// Failure: `unavailable` if the script ends before the wikis answer; it gives up after 60 s.
  [[nodiscard]] static genstage::result<served_wikis> start(const std::string& folder);

  ~served_wikis();
  served_wikis(served_wikis&& other) noexcept;
  served_wikis& operator=(served_wikis&&) = delete;

  /// Base addresses such as `http://127.0.0.1:4711`.
  [[nodiscard]] const std::string& mediawiki() const noexcept { return mediawiki_; }
  [[nodiscard]] const std::string& dokuwiki() const noexcept { return dokuwiki_; }

  /// The definitions of both wikis with their addresses filled in.
  [[nodiscard]] std::vector<definition_file> definitions() const;

 private:
  served_wikis() = default;

  pid_t script_ = -1;
  std::string mediawiki_;
  std::string dokuwiki_;
};

}  // namespace livesearch::testing_tools
