#pragma once

#include <chrono>
#include <genstage/core/error.hpp>
#include <string>
#include <string_view>

namespace old_architecture {

/// A time that several programs agree on, unlike that of a steady clock.
using wall_time = std::chrono::sys_time<std::chrono::milliseconds>;

[[nodiscard]] inline wall_time wall_now() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

/// One query to one site, as it lies in the queue.
struct job {
  std::string search{};  ///< the id of the search that it belongs to
  std::string site{};
  std::string query{};
  wall_time enqueued{};  ///< for the first time; a retry does not make a job younger
  unsigned attempt = 1;

  friend bool operator==(const job&, const job&) = default;
};

[[nodiscard]] std::string to_text(const job& what);

/// Failure: `bad_answer` for a text that `to_text` did not write.
[[nodiscard]] genstage::result<job> read_job(std::string_view text);

}  // namespace old_architecture
