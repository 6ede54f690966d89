#include <fmt/format.h>

#include <genstage/core/contract.hpp>
#include <genstage/process/request.hpp>

namespace genstage::inline v0::detail {

result<process_ref> resolve(const runtime& where, std::string_view name, const void* user_type) {
  process_ref found = where.find(name);
  if (!found) {
    return fail(errc::not_found, fmt::format("process {}: nobody has this name; not sent", name));
  }
  if (where.user_type(name) != user_type) {
    return fail(errc::invalid_argument,
                fmt::format("process {}: {} has this name but is of another type; not sent", name,
                            to_string(found.id())));
  }
  return found;
}

std::optional<error> cannot_call(const process_cell* called) {
  if (called == nullptr) {
    return error{errc::not_found, "call: the reference names no process; not sent"};
  }
  const process* const here = process::current();
  if (here == nullptr || here->id() != called->id()) return std::nullopt;
  return error{errc::refused,
               fmt::format("call: process {} calls itself, only another one can answer while it "
                           "waits; refused",
                           here->label())};
}

void note_timer(duration delay) noexcept {
  if (process* const here = process::current(); here != nullptr) here->note_timer(delay);
}

runtime& current_runtime() {
  process* const here = process::current();
  GENSTAGE_ASSERT(here != nullptr);  // Only callbacks of a process have a current runtime.
  return here->owner();
}

}  // namespace genstage::inline v0::detail
