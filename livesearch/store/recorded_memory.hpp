#pragma once

#include <cstdint>
#include <genstage/replay/port_log.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "livesearch/store/lane_memory.hpp"

namespace livesearch {

/// By site.
using lane_conditions = std::map<std::string, lane_condition>;

/// The memory of the lanes in a run that is recorded, or had again: what is found in it comes
/// through a port. What lanes had learnt before is given to it, and what they learn meanwhile is
/// recalled as they noted it.
///
/// Lifetime: `behind` and the log outlive it; `behind` may be null in a run that is had again,
/// which keeps nothing. Threads: any.
/// Failure: a look-up that `behind` answers within the call is not kept, and not had again.
class recorded_memory final : public lane_memory {
 public:
  recorded_memory(lane_memory* behind, genstage::port_log& log, lane_conditions before);
  ~recorded_memory() override;

  void find(const std::string& site, const std::string& query, wall_time now,
            receiver tell) override;
  void keep(const std::string& site, const std::string& query, kept_answer answer,
            wall_time expires) override;
  [[nodiscard]] std::optional<lane_condition> recall(const std::string& site) override;
  void note(const std::string& site, const lane_condition& condition) override;

  /// Drops the look-ups that nobody has answered, which may refer to processes: before the runtime
  /// of a run that is had again ends.
  void forget();

 private:
  class implementation;
  std::shared_ptr<implementation> self_;
};

/// What was found, as the bytes that a recording has of it.
[[nodiscard]] std::string to_bytes(const std::optional<kept_answer>& found);
/// No value for other bytes; otherwise what was found, if something was.
[[nodiscard]] std::optional<std::optional<kept_answer>> found_of_bytes(std::string_view bytes);

/// What lanes had learnt, for the beginning of a recording.
[[nodiscard]] std::string to_bytes(const lane_conditions& known);
/// No value for other bytes.
[[nodiscard]] std::optional<lane_conditions> conditions_of_bytes(std::string_view bytes);

}  // namespace livesearch
