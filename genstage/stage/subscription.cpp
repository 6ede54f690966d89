#include <fmt/format.h>

#include <genstage/dispatch/dispatcher.hpp>
#include <genstage/process/request.hpp>
#include <genstage/stage/protocol.hpp>
#include <genstage/stage/spawn.hpp>
#include <genstage/stage/subscription.hpp>

namespace genstage::inline v0 {

result<demand_range> checked(const subscription_options& options, std::string_view consumer,
                             std::string_view producer) {
  const std::int64_t most = options.max_demand;
  if (most < 1) {
    return fail(errc::invalid_argument,
                fmt::format("subscription {} -> {}: max_demand is {}, must be at least 1; "
                            "not subscribed",
                            consumer, producer, most));
  }
  const std::int64_t least = options.min_demand.value_or(most / 2);
  if (least < 0) {
    return fail(errc::invalid_argument,
                fmt::format("subscription {} -> {}: min_demand is {}, must be at least 0; "
                            "not subscribed",
                            consumer, producer, least));
  }
  if (least >= most) {
    return fail(errc::invalid_argument,
                fmt::format("subscription {} -> {}: min_demand is {}, must be less than "
                            "max_demand ({}); not subscribed",
                            consumer, producer, least, most));
  }
  return demand_range{demand{most}, demand{least}};
}

void subscribe_message::digest(state_digest& into) const {
  into.add(kind, from.tag, from.peer.id(), use, options.max_demand,
           options.min_demand.value_or(options.max_demand / 2), options.cancel);
  into.add(options.partition ? to_string(*options.partition) : std::string{});
  if (instead_of) into.add(instead_of->tag, instead_of->reason);
  if (options.selector || options.user.has_value()) into.give_up();
}

bool ends_consumer(cancel_mode mode, const exit_reason& reason) {
  if (reason == cancel_reason::already_subscribed()) return false;
  return mode == cancel_mode::permanent || (mode == cancel_mode::transient && !reason.is_orderly());
}

namespace detail {

operation<unique_id> request_subscription(const process_ref& consumer, subscription_plan plan) {
  auto [far, near] = make_operation<unique_id>();
  if (auto why = cannot_call(consumer.cell())) {
    far.complete(std::unexpected{*std::move(why)});
  } else {
    consumer.post(std::make_unique<subscription_request>(std::move(plan), far));
  }
  return std::move(near);
}

void send_subscription(const process_ref& consumer, subscription_plan plan) {
  auto [far, near] = make_operation<unique_id>();
  consumer.post(std::make_unique<subscription_request>(std::move(plan), std::move(far)));
}

}  // namespace detail

}  // namespace genstage::inline v0
