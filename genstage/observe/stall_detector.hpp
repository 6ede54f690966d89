#pragma once

#include <cstddef>
#include <functional>
#include <genstage/observe/blame.hpp>
#include <genstage/observe/snapshot.hpp>
#include <genstage/process/server.hpp>
#include <genstage/record/record.hpp>
#include <genstage/task/task.hpp>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace genstage::inline v0 {

/// Which findings are news, look by look.
///
/// A pure value. A finding is known by what it is and by the name of its stage, so that a stage
/// that was restarted is no news.
class known_findings {
 public:
  /// Is news again once it has not been seen for `forget_after`.
  explicit known_findings(duration forget_after) : forget_after_{forget_after} {}

  /// Those of `seen` that are new; from now on they are known.
  [[nodiscard]] std::vector<finding> news(std::vector<finding> seen, instant now);

 private:
  duration forget_after_;
  std::unordered_map<std::string, instant> last_seen_;
};

/// What a stall detector tells.
struct stall_report {
  finding found;
  std::vector<record> records;  ///< the last ones of the stage
};

struct stall_detector_options {
  duration interval = std::chrono::seconds{1};  ///< between two looks
  blame_options blame{};
  duration forget_after = std::chrono::minutes{1};
  std::size_t records = 20;  ///< told with each finding, at most
  /// Told besides the log; on a thread of the program, and must be short.
  std::function<void(const stall_report&)> on_finding{};
};

/// Looks at the program again and again, and says once, as a warning and as an incident, which
/// stage is the reason that others wait.
///
///     gs::child(gs::name<gs::stall_detector>{"stalls"}, gs::stall_detector_options{})
///
/// Ordering: best the first child of a tree, so that it is the last to end.
/// Cost: a snapshot each interval; what is in between costs nothing.
/// Failure: while callbacks block all threads nobody looks, until the pool lends a thread, which
/// the runtime's own monitor reports; see runtime_options.
class stall_detector final : public server {
 public:
  explicit stall_detector(stall_detector_options options = {});

  void init();
  struct look {};
  task<> handle_cast(look);

 private:
  void look_again();
  void report(const finding& found);

  stall_detector_options options_;
  known_findings known_;
  std::optional<snapshot> before_;
};

}  // namespace genstage::inline v0
