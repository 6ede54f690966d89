#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <genstage/core/escaped.hpp>
#include <genstage/observe/log_lines.hpp>
#include <genstage/process/runtime.hpp>
#include <genstage/stage/stage_events.hpp>
#include <genstage/supervision/supervision_events.hpp>
#include <memory>
#include <system_error>
#include <type_traits>
#include <utility>

namespace genstage::inline v0 {

namespace {

/// One object, field by field.
class json_line {
 public:
  json_line(std::chrono::system_clock::time_point now, log_level level, std::string_view event) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now);
    const auto part = std::chrono::floor<std::chrono::microseconds>(now - seconds);
    text_ = fmt::format(R"({{"time":"{:%FT%T}.{:06}Z","level":"{}")", seconds, part.count(),
                        to_string(level));
    text("event", event);
  }

  json_line& text(std::string_view field, std::string_view value) {
    text_ += fmt::format(R"(,"{}":")", field);
    append_escaped(text_, value);
    text_ += '"';
    return *this;
  }
  json_line& number(std::string_view field, std::uint64_t value) {
    text_ += fmt::format(R"(,"{}":{})", field, value);
    return *this;
  }
  json_line& who(process_identity process) {
    if (!process.name.empty()) text("process", process.name);
    return text("pid", to_string(process.id));
  }
  [[nodiscard]] std::string taken() && {
    const process* const here = process::current();
    if (const trace_context* const trace = here != nullptr ? here->trace() : nullptr) {
      text("trace_id", trace->trace_text()).text("span_id", trace->span_text());
    }
    text_ += "}\n";
    return std::move(text_);
  }

 private:
  std::string text_;
};

log_level level_of(const log_record& line) {
  return line.level;
}
log_level level_of(const process_exited& end) {
  return end.reason.is_orderly() ? log_level::info : log_level::error;
}
log_level level_of(const child_restarted&) {
  return log_level::warning;
}
log_level level_of(const events_discarded&) {
  return log_level::warning;
}
log_level level_of(const auto&) {
  return log_level::info;
}

std::string_view name_of(const log_record&) {
  return "log";
}
std::string_view name_of(const process_started&) {
  return "process_started";
}
std::string_view name_of(const process_exited&) {
  return "process_exited";
}
std::string_view name_of(const child_restarted&) {
  return "child_restarted";
}
std::string_view name_of(const subscription_began&) {
  return "subscription_began";
}
std::string_view name_of(const subscription_ended&) {
  return "subscription_ended";
}
std::string_view name_of(const events_discarded&) {
  return "events_discarded";
}

void put(json_line& to, const log_record& line) {
  to.text("process", line.subject).text("text", line.text);
}
void put(json_line& to, const process_started& start) {
  to.who(start.who).text("type", start.type).text("parent", to_string(start.parent));
}
void put(json_line& to, const process_exited& end) {
  to.who(end.who).text("type", end.type).text("reason", to_string(end.reason));
}
void put(json_line& to, const child_restarted& again) {
  to.who(again.supervisor).text("child", again.child).text("child_pid", to_string(again.process));
}
void put(json_line& to, const subscription_began& begin) {
  to.who(begin.producer)
      .number("subscription", static_cast<std::uint64_t>(begin.tag))
      .text("consumer", begin.consumer_label)
      .text("consumer_pid", to_string(begin.consumer));
}
void put(json_line& to, const subscription_ended& end) {
  to.who(end.by)
      .number("subscription", static_cast<std::uint64_t>(end.tag))
      .text(end.peer_was == peer_role::consumer ? "consumer_pid" : "producer_pid",
            to_string(end.peer))
      .text("cause", end.cause == cancel_cause::cancel ? "cancel" : "down")
      .text("reason", to_string(end.reason))
      .number("lost", end.lost);
}
void put(json_line& to, const events_discarded& drop) {
  to.who(drop.producer).number("count", drop.count);
}

template <class Event>
result<void> attach_one(telemetry_handlers& where, const std::string& id,
                        const std::shared_ptr<const log_lines_options>& options) {
  return where.attach<Event>(id, [options](const Event& event) {
    const log_level level = level_of(event);
    if (level < options->least) return;
    json_line line{options->now(), level, name_of(event)};
    put(line, event);
    options->write(std::move(line).taken());
  });
}

}  // namespace

line_sink lines_to_descriptor(int descriptor) {
  return [descriptor](std::string_view line) {
    while (!line.empty()) {
      const ssize_t written = ::write(descriptor, line.data(), line.size());
      if (written >= 0) {
        line.remove_prefix(static_cast<std::size_t>(written));
      } else if (errno == EAGAIN) {
        return;
      } else if (errno != EINTR) {
        throw std::system_error{errno, std::generic_category(), "log lines: cannot be written"};
      }
    }
  };
}

result<void> attach_log_lines(telemetry_handlers& where, log_lines_options options,
                              std::string id) {
  if (!options.now) options.now = std::chrono::system_clock::now;
  const auto kept = std::make_shared<const log_lines_options>(std::move(options));
  result<void> attached;
  const auto also = [&]<class Event>(std::type_identity<Event>) {
    if (attached) attached = attach_one<Event>(where, id, kept);
  };
  also(std::type_identity<log_record>{});
  also(std::type_identity<process_started>{});
  also(std::type_identity<process_exited>{});
  also(std::type_identity<child_restarted>{});
  also(std::type_identity<subscription_began>{});
  also(std::type_identity<subscription_ended>{});
  also(std::type_identity<events_discarded>{});
  return attached;
}

}  // namespace genstage::inline v0
