#pragma once

#include <cstddef>
#include <genstage/process/incident.hpp>
#include <mutex>
#include <string>

namespace genstage::inline v0 {

class runtime;

/// Where traces of incidents go, and how many.
struct incident_trace_options {
  std::string folder{};
  /// Of one run of the program; an incident after that leaves none, and the log says so once.
  std::size_t at_most = 16;
};

/// Writes what a runtime has kept when something happens that people will ask about: a file for
/// each incident, `NAME.PID.NUMBER.KIND.gstrace` in the folder, where NAME is the program's and PID
/// the system's number of it. The log names the file.
///
/// Threads: any; one file is written at a time, on the thread that has met the incident.
/// Failure: said in the log; the program goes on.
class incident_traces {
 public:
  explicit incident_traces(incident_trace_options chosen) : chosen_{std::move(chosen)} {}

  void write(const runtime& of, const incident& met) noexcept;

 private:
  const incident_trace_options chosen_;
  std::mutex mutex_;
  std::size_t written_ = 0;
};

}  // namespace genstage::inline v0
