#include <genstage/http/scripted_client.hpp>
#include <ranges>

namespace genstage::inline v0::http {

void scripted_client::answer(std::string part, duration delay, result<http_response> outcome) {
  scripts_.push_back({std::move(part), delay, std::move(outcome)});
}

void scripted_client::ignore(std::string part) {
  scripts_.push_back({std::move(part), duration::zero(), std::nullopt});
}

transfer_id scripted_client::start(http_request request, completion on_done) {
  const transfer_id which{++started_};
  asked_.push_back(request.url);
  transfer& running = running_[which];
  running.on_done = std::move(on_done);
  const std::optional<duration> late = between_ != nullptr ? between_->cross() : duration::zero();
  if (!late) return which;
  for (const script& each : std::views::reverse(scripts_)) {
    if (!request.url.contains(each.part)) continue;
    if (!each.outcome) return which;
    result<http_response> outcome = *each.outcome;
    if (outcome) outcome->final_url = request.url;
    running.timer = scheduler_.arm(
        scheduler_.now() + each.delay + *late,
        [this, which, outcome = std::move(outcome)]() noexcept { finish(which, outcome); });
    return which;
  }
  running.timer =
      scheduler_.arm(scheduler_.now() + *late, [this, which, url = request.url]() noexcept {
        finish(which, fail(errc::unreachable, "scripted client: nothing is written for " + url));
      });
  return which;
}

void scripted_client::cancel(transfer_id which) noexcept {
  const auto running = running_.find(which);
  if (running == running_.end()) return;
  scheduler_.disarm(running->second.timer);
  ++cancelled_;
  finish(which, fail(errc::cancelled, "scripted client: cancelled"));
}

void scripted_client::finish(transfer_id which, result<http_response> outcome) {
  const auto running = running_.find(which);
  if (running == running_.end()) return;
  completion on_done = std::move(running->second.on_done);
  running_.erase(running);
  on_done(std::move(outcome));
}

http_response scripted_answer(std::string content_type, std::string body) {
  http_response made;
  made.status = 200;
  made.content_type = std::move(content_type);
  made.body = std::move(body);
  return made;
}

}  // namespace genstage::inline v0::http
