#include <fmt/format.h>

#include <genstage/core/type_name.hpp>
#include <genstage/process/signals.hpp>
#include <string_view>

namespace genstage::inline v0 {

namespace {

std::string_view name_of(message_kind kind) noexcept {
  switch (kind) {
    case message_kind::resume:
      return "resume";
    case message_kind::exit:
      return "exit";
    case message_kind::down:
      return "down";
    case message_kind::link:
      return "link";
    case message_kind::unlink:
      return "unlink";
    case message_kind::monitor:
      return "monitor";
    case message_kind::demonitor:
      return "demonitor";
    case message_kind::system:
      return "system";
    case message_kind::user:
      return "user";
    case message_kind::events:
      return "events";
    case message_kind::ask:
      return "ask";
    case message_kind::subscribe:
      return "subscribe";
    case message_kind::cancel:
      return "cancel";
    case message_kind::cancelled:
      return "cancelled";
    case message_kind::request:
      return "request";
  }
  return "unknown";
}

}  // namespace

std::string describe(const message& seen) {
  switch (seen.kind) {
    case message_kind::user:
      return demangled(static_cast<const user_message&>(seen).type());
    case message_kind::exit: {
      const auto& signal = static_cast<const exit_message&>(seen);
      return fmt::format("exit of {}: {}", to_string(signal.from), to_string(signal.reason));
    }
    case message_kind::down: {
      const auto& notice = static_cast<const down_message&>(seen);
      return fmt::format("down of {}: {}", to_string(notice.who), to_string(notice.reason));
    }
    default:
      return std::string{name_of(seen.kind)};
  }
}

}  // namespace genstage::inline v0
