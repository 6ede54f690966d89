#include <genstage/process/process_extras.hpp>
#include <genstage/process/runtime.hpp>
#include <genstage/telemetry/span.hpp>
#include <string>
#include <utility>

// What a process tells of its callbacks and of the batches that belong to a trace.
namespace genstage::inline v0 {

void process::tell_callback_began(const char* name) {
  const instant now = owner().scheduler().now();
  extras().told_.emplace(name, now);
  telemetry().emit(callback_began{identity(), name, now});
}

void process::tell_callback_done(callback_end how) noexcept {
  if (!extras_ || !extras_->told_) return;
  const auto [name, since] = *std::exchange(extras_->told_, std::nullopt);
  const instant now = owner().scheduler().now();
  telemetry().emit(callback_done{identity(), name, now, now - since, how});
}

const trace_context* process::trace() const noexcept {
  return extras_ && extras_->span_ ? &extras_->span_->context : nullptr;
}

const trace_context& process::begin_span(const trace_context& given, std::uint64_t events) {
  driver& scheduler = owner().scheduler();
  const bool is_told = given.is_sampled && telemetry().is_wanted<span_ended>();
  const trace_context own = is_told ? span_under(given, scheduler.random()) : given;
  return extras().span_.emplace(own, given, scheduler.now(), events).context;
}

void process::end_span(const std::string& why) noexcept {
  if (!extras_ || !extras_->span_) return;
  const auto [own, given, began, events] = *std::exchange(extras_->span_, std::nullopt);
  if (own == given) return;
  telemetry().emit(span_ended{.name = label(),
                              .context = own,
                              .parent = given.span_id,
                              .kind = span_kind::consumer,
                              .began = began,
                              .took = owner().scheduler().now() - began,
                              .error = why,
                              .attributes = {{"genstage.pid", to_string(id())},
                                             {"genstage.events", to_attribute(events)}}});
}

}  // namespace genstage::inline v0
