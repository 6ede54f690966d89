#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <genstage/core/type_name.hpp>
#include <genstage/telemetry/telemetry_handlers.hpp>
#include <utility>

namespace genstage::inline v0 {

telemetry_handlers::telemetry_handlers(log_sink log)
    : log_{std::move(log)}, handlers_{std::make_shared<const handler_list>()} {}

result<void> telemetry_handlers::attach(attachment added) {
  const std::scoped_lock lock{mutex_};
  const bool is_taken = std::ranges::any_of(*handlers_, [&](const auto& each) {
    return each->id == added.id && each->event == added.event;
  });
  if (is_taken) {
    return fail(errc::already_exists,
                fmt::format("telemetry handler {}: is attached to {} already; not attached",
                            added.id, demangled(added.event.name())));
  }
  handler_list next = *handlers_;
  next.push_back(std::make_shared<const attachment>(std::move(added)));
  replace(std::move(next));
  return {};
}

std::size_t telemetry_handlers::detach(std::string_view id) {
  const std::scoped_lock lock{mutex_};
  handler_list next = *handlers_;
  const std::size_t found = std::erase_if(next, [&](const auto& each) { return each->id == id; });
  if (found > 0) replace(std::move(next));
  return found;
}

void telemetry_handlers::detach_all() {
  const std::scoped_lock lock{mutex_};
  replace({});
}

/// The lock is held.
void telemetry_handlers::replace(handler_list next) {
  std::uint32_t wanted = 0;
  for (const auto& each : next) wanted |= static_cast<std::uint32_t>(each->with);
  handlers_ = std::make_shared<const handler_list>(std::move(next));
  wanted_.store(wanted, std::memory_order_relaxed);
}

auto telemetry_handlers::current() const noexcept -> std::shared_ptr<const handler_list> {
  const std::scoped_lock lock{mutex_};
  return handlers_;
}

void telemetry_handlers::tell(std::type_index type, const void* event) noexcept {
  const std::shared_ptr<const handler_list> now = current();
  for (const auto& each : *now) {
    if (each->event != type) continue;
    try {
      each->call(event);
    } catch (const std::exception& thrown) {
      give_up(*each, thrown.what());
    } catch (...) {
      give_up(*each, "something that is no std::exception");
    }
  }
}

void telemetry_handlers::give_up(const attachment& failed, std::string what) {
  // Several threads may meet its failure; one of them detaches it.
  if (detach(failed.id) == 0) return;
  const handler_failed told{failed.id, demangled(failed.event.name()), std::move(what)};
  log_({log_level::error, "telemetry",
        fmt::format("handler {} of {} threw {}; detached", told.id, told.event, told.what)});
  emit(told);
}

}  // namespace genstage::inline v0
