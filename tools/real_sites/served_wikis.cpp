#include "tools/real_sites/served_wikis.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <iterator>
#include <string_view>
#include <utility>

namespace livesearch::testing_tools {
namespace {

const std::string source_folder = REAL_SITES_SOURCE_FOLDER;

void replace_all(std::string& text, std::string_view placeholder, std::string_view value) {
  for (auto at = text.find(placeholder); at != std::string::npos;
       at = text.find(placeholder, at + value.size())) {
    text.replace(at, placeholder.size(), value);
  }
}

/// The first line that arrives; shorter if the other side closes.
std::string read_line(int descriptor) {
  std::string line;
  for (char c = 0; read(descriptor, &c, 1) == 1 && c != '\n';) line += c;
  return line;
}

/// The digits behind `key` in a line such as `mediawiki=4711 dokuwiki=4712`.
std::string port_in(std::string_view line, std::string_view key) {
  const auto at = line.find(key);
  if (at == std::string_view::npos) return {};
  line.remove_prefix(at + key.size());
  return std::string{line.substr(0, line.find_first_not_of("0123456789"))};
}

/// Starts the script with its output in a pipe, whose other end is returned, or -1.
int spawn(const std::string& script, const std::string& folder, pid_t& pid) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return -1;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  auto first = script;
  auto second = folder;
  std::array<char*, 3> arguments{first.data(), second.data(), nullptr};
  const int failure =
      posix_spawn(&pid, script.c_str(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  if (failure == 0) return ends[0];
  close(ends[0]);
  return -1;
}

}  // namespace

genstage::result<served_wikis> served_wikis::start(const std::string& folder) {
  served_wikis wikis;
  const int output = spawn(source_folder + "/serve.sh", folder, wikis.script_);
  if (output < 0) {
    return genstage::fail(genstage::errc::unavailable,
                          "serve.sh: cannot be started; the wikis are not served");
  }
  const auto line = read_line(output);
  close(output);
  const auto mediawiki = port_in(line, "mediawiki=");
  const auto dokuwiki = port_in(line, "dokuwiki=");
  if (mediawiki.empty() || dokuwiki.empty()) {
    return genstage::fail(
        genstage::errc::unavailable,
        "serve.sh: it ended without naming two ports (\"" + line + "\"); the wikis are not served");
  }
  wikis.mediawiki_ = "http://127.0.0.1:" + mediawiki;
  wikis.dokuwiki_ = "http://127.0.0.1:" + dokuwiki;
  return wikis;
}

served_wikis::~served_wikis() {
  if (script_ < 0) return;
  kill(script_, SIGTERM);
  waitpid(script_, nullptr, 0);
}

served_wikis::served_wikis(served_wikis&& other) noexcept
    : script_{std::exchange(other.script_, -1)},
      mediawiki_{std::move(other.mediawiki_)},
      dokuwiki_{std::move(other.dokuwiki_)} {}

std::vector<definition_file> served_wikis::definitions() const {
  std::vector<definition_file> files;
  for (const auto* name : {"dokuwiki.yaml", "mediawiki_api.yaml", "mediawiki_html.yaml"}) {
    std::ifstream file{source_folder + "/definitions/" + name};
    std::string yaml{std::istreambuf_iterator<char>{file}, {}};
    replace_all(yaml, "{mediawiki}", mediawiki_);
    replace_all(yaml, "{dokuwiki}", dokuwiki_);
    files.push_back({.name = name, .yaml = std::move(yaml)});
  }
  return files;
}

}  // namespace livesearch::testing_tools
