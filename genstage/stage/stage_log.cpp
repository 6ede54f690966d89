#include <fmt/format.h>

#include <genstage/core/type_name.hpp>
#include <genstage/process/runtime.hpp>
#include <genstage/stage/consumer_side.hpp>
#include <genstage/stage/producer_side.hpp>
#include <genstage/stage/stage_process.hpp>
#include <limits>

namespace genstage::inline v0::detail {

void log_discarded(const process& owner, std::size_t count) {
  owner.log(
      log_level::warning,
      fmt::format("discarded {} events: nobody had asked for them and the buffer is full", count));
}

void log_large_ask(const process& owner, pid consumer, demand expected, demand asked) {
  owner.log(log_level::warning,
            fmt::format("demand_dispatcher: {} asked for {} events, at most {} were expected; "
                        "honoured",
                        to_string(consumer), asked.count(), expected.count()));
}

result<void> check_buffer(const buffer_options& wanted) {
  constexpr std::size_t most = std::numeric_limits<std::ptrdiff_t>::max();
  if (!wanted.size || *wanted.size <= most) return {};
  return fail(errc::invalid_argument,
              fmt::format("buffer: size is {}, must be at least 0; not started",
                          static_cast<std::ptrdiff_t>(*wanted.size)));
}

void log_surplus(const process& owner, const std::string& producer, demand surplus) {
  owner.log(
      log_level::error,
      fmt::format("received {} events from {} that it had not asked for; handled all the same",
                  surplus.count(), producer));
}

void log_stop_after_cancel(const process& owner, const std::string& producer,
                           const exit_reason& reason) {
  owner.log(log_level::info, fmt::format("stops after a cancel from producer {} with reason {}",
                                         producer, to_string(reason)));
}

void log_not_alive(const process& owner, const std::string& producer) {
  owner.log(log_level::error,
            fmt::format("is not able to subscribe to {}: it is not alive", producer));
}

void refuse_stray(const process& owner, message_kind answer, const stream_message& stray) {
  owner.owner()
      .find(stray.from)
      .send(std::make_unique<cancel_message>(answer, stray.tag,
                                             cancel_reason::unknown_subscription()));
}

void log_wrong_kind(const process& owner, const char* message, const char* kind) {
  owner.log(log_level::error, fmt::format("received {} but is a {}; ignored", message, kind));
}

void log_no_demand_mode(const process& owner, const char* kind) {
  owner.log(log_level::error,
            fmt::format("is a {}: the demand mode can only be set for producers; ignored", kind));
}

void log_no_buffer(const process& owner) {
  owner.log(log_level::error, "is a consumer and buffers no events");
}

void log_duplicate(const process& owner, const std::string& consumer) {
  owner.log(log_level::error,
            fmt::format("received a duplicated subscription from {}; refused", consumer));
}

std::string wrong_events(const std::string& consumer, const std::string& producer,
                         const event_type& takes, const event_type& emits) {
  return fmt::format(
      "subscription {} -> {}: the producer emits {}, the consumer takes {}; "
      "not subscribed",
      consumer, producer, emits.name(), takes.name());
}

std::string wrong_selector(const std::string& consumer, const std::string& producer,
                           const event_type& selects, const event_type& emits) {
  return fmt::format(
      "subscription {} -> {}: the selector takes {}, must take what the producer emits ({}); "
      "not subscribed",
      consumer, producer, selects.name(), emits.name());
}

std::string cannot_be_copied(const std::string& consumer, const std::string& producer,
                             const event_type& emits) {
  return fmt::format(
      "subscription {} -> {}: the consumer owns its events, must read them (consumer<const {}>) "
      "because the producer broadcasts and they cannot be copied; not subscribed",
      consumer, producer, emits.name());
}

exit_reason refusal(const std::string& consumer, const std::string& producer,
                    const std::string& dispatcher, const exit_reason& answer) {
  if (answer == cancel_reason::already_subscribed()) return answer;
  return exit_reason::user(fmt::format("subscription {} -> {}: {}: {}", consumer, producer,
                                       dispatcher, to_string(answer)));
}

void log_unknown_partition(const process& owner, const std::string& answer,
                           const std::string& known, std::uint64_t count) {
  owner.log(log_level::error,
            fmt::format("partition_dispatcher: the hash returned {}, known partitions are {}; "
                        "{} events discarded",
                        answer, known, count));
}

resolved_producer resolve(const process& owner, const subscription_plan& plan) {
  if (!plan.producer_name.empty())
    return {owner.owner().find(plan.producer_name), plan.producer_name};
  return {plan.producer, to_string(plan.producer.id())};
}

}  // namespace genstage::inline v0::detail
