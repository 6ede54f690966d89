#include <genstage/process/runtime.hpp>
#include <genstage/stage/stage_events.hpp>

namespace genstage::inline v0::detail {

std::optional<batch_journey> journey_of(const batch_notes* notes, instant begun) noexcept {
  if (notes == nullptr || !notes->sent_at) return std::nullopt;
  const instant sent_at = *notes->sent_at;
  return batch_journey{sent_at - notes->made_at.value_or(sent_at), begun - sent_at, begun};
}

void tell_handled(const process& by, unique_id tag, std::uint64_t count, const batch_journey& came,
                  instant at) noexcept {
  by.telemetry().emit(batch_handled{.who = by.identity(),
                                    .tag = tag,
                                    .count = count,
                                    .waiting_for_demand = came.waiting_for_demand,
                                    .in_queue = came.in_queue,
                                    .in_service = at - came.begun,
                                    .at = at});
}

void tell_returned(const process& by, unique_id tag, demand count, instant at) noexcept {
  by.telemetry().emit(demand_returned{by.identity(), tag, count.count(), at});
}

void tell_returned(const process& by, unique_id tag, demand count) noexcept {
  by.telemetry().emit_made([&] {
    return demand_returned{by.identity(), tag, count.count(), by.owner().scheduler().now()};
  });
}

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
