#pragma once

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <genstage/core/error.hpp>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <variant>
#include <vector>

#include "livesearch/store/database.hpp"
#include "livesearch/store/lane_memory.hpp"

namespace livesearch {

/// The lanes' memory in a SQLite file. A thread of its own does all of it, so that no lane waits
/// for a disk; what has come meanwhile is committed together.
///
/// What waits is bounded: of a site's conditions only the last one counts, an answer for which
/// there is no room is not kept, and a look-up for which there is none finds nothing.
/// Threads: any. Lifetime: the destructor writes what waits.
class sqlite_memory final : public lane_memory {
 public:
  static constexpr std::size_t most_waiting = 4096;
  static constexpr std::int64_t most_answers = 50'000;

  /// Failure: unavailable, if the file cannot be opened or another version has made it.
  [[nodiscard]] static genstage::result<std::unique_ptr<sqlite_memory>> open(
      const std::filesystem::path& file);
  ~sqlite_memory() override;

  void find(const std::string& site, const std::string& query, wall_time now,
            receiver tell) override;
  void keep(const std::string& site, const std::string& query, kept_answer answer,
            wall_time expires) override;
  [[nodiscard]] std::optional<lane_condition> recall(const std::string& site) override;
  void note(const std::string& site, const lane_condition& condition) override;

  /// Waits until all that was handed over before is committed. Failure: why it is not.
  [[nodiscard]] genstage::result<void> commit();

 private:
  struct look_up {
    std::string site;
    std::string query;
    wall_time now;
    receiver tell;
  };
  struct answer_to_keep {
    std::string site;
    std::string query;
    kept_answer answer;
    wall_time expires;
  };
  struct work {
    std::vector<look_up> look_ups;
    std::vector<answer_to_keep> answers;
    std::unordered_map<std::string, lane_condition> conditions;

    [[nodiscard]] bool empty() const noexcept {
      return look_ups.empty() && answers.empty() && conditions.empty();
    }
  };

  explicit sqlite_memory(database opened) : database_{std::move(opened)} {}

  [[nodiscard]] genstage::result<void> prepare();
  void run();
  void look(look_up& asked);
  [[nodiscard]] genstage::result<void> write(const work& taken);
  [[nodiscard]] genstage::result<void> write_answer(const answer_to_keep& each);
  [[nodiscard]] genstage::result<void> write_condition(const std::string& site,
                                                       const lane_condition& known);
  [[nodiscard]] genstage::result<void> make_room(wall_time now);

  // The thread's own.
  database database_;
  std::unordered_map<std::string, lane_condition> known_;  ///< as it was when opened
  std::unique_ptr<statement> find_answer_;
  std::unique_ptr<statement> keep_answer_;
  std::unique_ptr<statement> note_condition_;
  std::size_t kept_since_clearing_ = 0;

  std::mutex mutex_;  // Guards what follows.
  std::condition_variable changed_;
  work waiting_;
  std::uint64_t handed_over_ = 0;
  std::uint64_t done_ = 0;
  genstage::result<void> last_{};
  bool is_closing_ = false;

  std::thread thread_;  // Started last.
};

}  // namespace livesearch
