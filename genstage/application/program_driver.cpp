#include <genstage/application/program_driver.hpp>
#include <utility>

namespace genstage::inline v0 {

program_driver::program_driver(std::string record_to, const std::string& replay_from)
    : record_to_{std::move(record_to)} {
  if (!replay_from.empty()) {
    result<schedule> played = read_schedule(replay_from);
    if (played) {
      playing_ = std::make_unique<schedule_player>(*std::move(played));
    } else {
      failure_ = std::move(played.error());
    }
  }
}

runtime program_driver::make_runtime(runtime_options options) {
  if (playing_) return runtime{*playing_, std::move(options)};
  if (record_to_.empty()) return runtime{std::move(options)};
  recording_ = std::make_unique<schedule_recorder>(thread_pool_options{
      .workers = options.workers, .replacement_workers = options.replacement_workers});
  return runtime{*recording_, std::move(options)};
}

port_log* program_driver::ports() const noexcept {
  if (playing_) return playing_.get();
  return recording_.get();
}

void program_driver::save(const runtime& home) const {
  if (!recording_) return;
  const result<void> written = write_schedule(recording_->so_far(), record_to_);
  if (!written) home.log(log_level::error, "application", written.error().message);
}

void program_driver::stop(runtime& home) noexcept {
  if (recording_) recording_->stop();
  if (playing_) playing_->stop();
  home.stop();
}

}  // namespace genstage::inline v0
