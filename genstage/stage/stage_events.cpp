#include <genstage/process/runtime.hpp>
#include <genstage/stage/stage_events.hpp>

namespace genstage::inline v0::detail {

void tell_ended(const process& by, const cancellation& ended) noexcept {
  by.telemetry().emit_made([&] {
    return subscription_ended{by.identity(),  ended.role,  ended.from.peer.id(),
                              ended.from.tag, ended.cause, ended.reason,
                              ended.lost};
  });
}

void tell_buffered(const process& producer, std::uint64_t count) noexcept {
  producer.telemetry().emit(events_buffered{producer.identity(), count});
}

void tell_asked_by_hand(const process& consumer, unique_id tag, demand asked) noexcept {
  const char* const callback = consumer.callback();
  const bool is_in_callback = callback != nullptr && std::string_view{callback} == "handle_events";
  consumer.telemetry().emit(demand_returned{consumer.identity(), tag, asked.count(),
                                            consumer.owner().scheduler().now(), is_in_callback});
}

void tell_discarded(const process& producer, std::uint64_t count) noexcept {
  producer.telemetry().emit(events_discarded{producer.identity(), count});
}

}  // namespace genstage::inline v0::detail
