#include <genstage/conformance/library_actors.hpp>
#include <genstage/stage/protocol.hpp>

namespace genstage::conformance {

exit_reason reason_of(const std::string& text) {
  constexpr std::string_view with = "shutdown:";
  if (text == "normal") return exit_reason::normal();
  if (text == "shutdown") return exit_reason::shutdown();
  if (text.starts_with(with)) return exit_reason::shutdown(text.substr(with.size()));
  return exit_reason::user(text);
}

std::string text_of(const exit_reason& reason) {
  switch (reason.kind()) {
    case exit_kind::normal:
      return "normal";
    case exit_kind::shutdown:
      return "shutdown";
    case exit_kind::shutdown_with:
      return "shutdown:" + reason.text();
    case exit_kind::kill:
    case exit_kind::killed:
      return "killed";
    case exit_kind::noproc:
      return "noproc";
    case exit_kind::error:
      return "error";
    case exit_kind::user:
      if (reason.text().starts_with("subscription ")) return "refused";
      return reason.text().substr(0, reason.text().find(':'));
  }
  return {};
}

void tape::note(std::string before, unique_id tag, std::string after) {
  process& here = *process::current();
  // A mark: no subscription has that number.
  here.note(*here.records(), record_kind::subscribed, ~std::uint64_t{0}, lines_.size());
  lines_.push_back({std::move(before), tag, std::move(after)});
  count_.store(lines_.size(), std::memory_order_release);
}

void transform(transform_kind how, std::span<const event> taken, output<event>& out) {
  for (const event each : taken) {
    if (how == transform_kind::none || (how == transform_kind::evens && each % 2 != 0)) continue;
    out.emit(each);
    if (how == transform_kind::twice) out.emit(each + 500);
  }
}

void acting_probe::receive(message_ptr received) {
  switch (received->kind) {
    case message_kind::subscribe:
      tape_->note("got subscribe", static_cast<subscribe_message&>(*received).from.tag);
      break;
    case message_kind::ask: {
      const auto& asked = static_cast<stream_message&>(*received);
      tape_->note("got ask", asked.tag, std::to_string(asked.asked.count()));
      break;
    }
    case message_kind::events: {
      auto& delivered = static_cast<batch_message<event>&>(*received);
      std::string text;
      for (const event each : delivered.events.events()) {
        text += (text.empty() ? "" : " ") + std::to_string(each);
      }
      tape_->note("got deliver", delivered.tag, std::move(text));
      break;
    }
    case message_kind::cancel:
    case message_kind::cancelled: {
      const auto& ended = static_cast<cancel_message&>(*received);
      tape_->note("got cancel", ended.tag, text_of(ended.reason));
      break;
    }
    case message_kind::user:
      static_cast<user_message&>(*received).deliver(*this);
      break;
    default:
      break;
  }
}

}  // namespace genstage::conformance
