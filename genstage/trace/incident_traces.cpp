#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <genstage/process/runtime.hpp>
#include <genstage/trace/incident_traces.hpp>
#include <genstage/trace/trace_file.hpp>

namespace genstage::inline v0 {

void incident_traces::write(const runtime& of, const incident& met) noexcept {
  const std::scoped_lock lock{mutex_};
  if (written_ > chosen_.at_most) return;
  try {
    if (++written_ > chosen_.at_most) {
      of.log(log_level::warning, met.label,
             fmt::format("{} traces have been written, no more are allowed; none is written from "
                         "now on",
                         chosen_.at_most));
      return;
    }
    const std::string path =
        fmt::format("{}/{}.{}.{}.{}.gstrace", chosen_.folder, program_invocation_short_name,
                    ::getpid(), written_, to_string(met.kind));
    const result<void> outcome = write_trace(take_trace(of), path);
    of.log(outcome ? log_level::info : log_level::error, met.label,
           outcome ? fmt::format("what led to it is in {}", path) : outcome.error().message);
  } catch (const std::exception& thrown) {
    of.log(log_level::error, met.label, fmt::format("no trace written: {}", thrown.what()));
  }
}

}  // namespace genstage::inline v0
