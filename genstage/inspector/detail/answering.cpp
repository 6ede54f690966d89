#include "genstage/inspector/detail/answering.hpp"

#include <fmt/format.h>

#include <charconv>
#include <genstage/application/child.hpp>
#include <genstage/observe/blame.hpp>
#include <genstage/trace/trace_file.hpp>

#include "genstage/inspector/access.hpp"
#include "genstage/inspector/detail/looking.hpp"
#include "genstage/inspector/hop_json.hpp"
#include "genstage/inspector/json_writer.hpp"
#include "genstage/inspector/last_known.hpp"
#include "genstage/inspector/record_json.hpp"
#include "genstage/inspector/snapshot_json.hpp"
#include "genstage/inspector/wording.hpp"

namespace genstage::inline v0::detail {

namespace {

constexpr std::size_t most_records = 10'000;
/// So many subscriptions of one stage are told with their times.
constexpr std::size_t most_hops = 6;
/// A look that is older says nothing about how the program is now.
constexpr std::chrono::seconds oldest_before{30};

std::optional<std::uint64_t> read_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (text.empty() || read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return number;
}

/// The tag of "s17".
std::optional<std::uint64_t> read_tag(std::string_view text) {
  return text.starts_with('s') ? read_number(text.substr(1)) : std::nullopt;
}
/// The pid of "<3.1>", as one word.
std::optional<std::uint64_t> read_pid(std::string_view text) {
  const std::size_t point = text.find('.');
  if (!text.starts_with('<') || !text.ends_with('>') || point == text.npos) return std::nullopt;
  const auto index = read_number(text.substr(1, point - 1));
  const auto generation = read_number(text.substr(point + 1, text.size() - point - 2));
  if (!index || !generation) return std::nullopt;
  return as_word({static_cast<std::uint32_t>(*index), static_cast<std::uint32_t>(*generation)});
}

/// What a parameter says, if it is there. Failure: invalid_argument, in words.
template <class Read>
result<std::optional<std::uint64_t>> parameter(const http::request_target& target,
                                               std::string_view name, Read read,
                                               std::string_view example) {
  const std::string* const given = target.find(name);
  if (given == nullptr) return std::nullopt;
  if (const auto number = read(*given)) return number;
  return fail(errc::invalid_argument,
              fmt::format("{}: \"{}\" cannot be read, such as {} is allowed; not answered", name,
                          *given, example));
}

result<record_filter> read_filter(const http::request_target& target) {
  record_filter wanted;
  const auto process = parameter(target, "process", read_pid, "<3.1>");
  const auto subscription = parameter(target, "subscription", read_tag, "s17");
  const auto limit = parameter(target, "limit", read_number, "1000");
  if (const std::string* const after = target.find("after")) {
    std::optional<record_cursor> read = read_cursor(*after);
    if (!read) {
      return fail(errc::invalid_argument,
                  fmt::format("after: \"{}\" cannot be read, \"next\" of an earlier answer is "
                              "allowed; not answered",
                              *after));
    }
    wanted.after = *std::move(read);
  }
  for (const auto* each : {&process, &subscription, &limit}) {
    if (!*each) return std::unexpected{each->error()};
  }
  if (*process) wanted.process = pid_of(**process);
  wanted.subscription = *subscription;
  wanted.limit = std::min<std::size_t>(limit->value_or(wanted.limit), most_records);
  return wanted;
}

}  // namespace

void reply_json(http::responder& to, unsigned status, std::string body,
                http::http_headers headers) {
  headers.push_back({"Cache-Control", "no-store"});
  headers.push_back({"X-Content-Type-Options", "nosniff"});
  body += '\n';
  to.respond({status, "application/json; charset=utf-8", std::move(headers), std::move(body)});
}

std::string error_json(std::string_view message) {
  json_writer to;
  to.begin_object()
      .key("error")
      .begin_object()
      .member("message", message)
      .end_object()
      .end_object();
  return std::move(to).text();
}

void inspector_requests::handle_demand(demand asked, output<inspection_ptr>& out) {
  owed_ += asked;
  route(out);
}

void inspector_requests::handle_cast(inspection_ptr arrived, output<inspection_ptr>& out) {
  if (waiting_.size() == most_waiting) {
    return reply_json(
        arrived->answer, 503,
        error_json(fmt::format("inspector: {} requests wait already; try again", most_waiting)),
        {{"Retry-After", "1"}});
  }
  waiting_.push_back(std::move(arrived));
  route(out);
}

void inspector_requests::route(output<inspection_ptr>& out) {
  while (!waiting_.empty() && !owed_.is_zero()) {
    out.emit(std::move(waiting_.front()));
    waiting_.pop_front();
    owed_ -= demand{1};
  }
}

task<> inspector_answers::handle_events(std::span<inspection_ptr> arrived) {
  for (const inspection_ptr& each : arrived) co_await answer(*each);
}

task<> inspector_answers::answer(inspection& asked) {
  const std::string& path = asked.request.target.path;
  if (path == "/api/snapshot") {
    co_await answer_snapshot(asked);
  } else if (path == "/api/records") {
    answer_records(asked);
  } else if (path == "/api/conversation") {
    answer_conversation(asked);
  } else if (path == "/api/hops") {
    co_await answer_hops(asked);
  } else if (path == recording_path) {
    answer_recording(asked);
  } else {
    co_await open_stream(asked);
  }
}

task<> inspector_answers::answer_snapshot(inspection& asked) {
  operation<snapshot> looking = take_patient_snapshot(home());
  result<snapshot> seen = co_await std::move(looking);
  if (!seen) co_return reply_json(asked.answer, 503, error_json(seen.error().message));
  if (before_ && seen->at - before_->at > oldest_before) before_.reset();
  const snapshot* const before = before_ ? &*before_ : nullptr;
  const std::vector<finding> findings = blame(*seen, before);
  if (before != nullptr) keep_last_known(*seen, *before);
  reply_json(asked.answer, 200, write_snapshot(*seen, {before, findings}));
  before_ = *std::move(seen);
}

void inspector_answers::answer_records(inspection& asked) {
  const result<record_filter> wanted = read_filter(asked.request.target);
  if (!wanted) return reply_json(asked.answer, 400, error_json(wanted.error().message));
  const recorded_trace told = take_trace(home());
  reply_json(asked.answer, 200,
             write_records(choose(told, *wanted), trace_names{told}, begin_of_records(home())));
}

void inspector_answers::answer_conversation(inspection& asked) {
  const auto tag = parameter(asked.request.target, "subscription", read_tag, "s17");
  if (!tag) return reply_json(asked.answer, 400, error_json(tag.error().message));
  if (!*tag) {
    return reply_json(asked.answer, 400,
                      error_json("subscription: it is missing, such as s17 is needed; not "
                                 "answered"));
  }
  reply_json(
      asked.answer, 200,
      write_conversation(**tag, take_trace(home()), pause_of_talk, begin_of_records(home())));
}

task<> inspector_answers::answer_hops(inspection& asked) {
  const auto process = parameter(asked.request.target, "process", read_pid, "<3.1>");
  if (!process) co_return reply_json(asked.answer, 400, error_json(process.error().message));
  if (!*process) {
    co_return reply_json(
        asked.answer, 400,
        error_json("process: it is missing, such as <3.1> is needed; not answered"));
  }
  const pid about = pid_of(**process);
  operation<snapshot> looking = take_patient_snapshot(home());
  result<snapshot> seen = co_await std::move(looking);
  if (!seen) co_return reply_json(asked.answer, 503, error_json(seen.error().message));
  std::erase_if(seen->subscriptions, [about](const subscription_view& each) {
    return each.producer != about && each.consumer != about;
  });
  const recorded_trace told = take_trace(home());
  reply_json(asked.answer, 200, write_hops(hop_times_of(told.records, *seen), *seen, most_hops));
}

void inspector_answers::answer_recording(inspection& asked) const {
  if (asked.request.method != "POST") {
    return reply_json(asked.answer, 200,
                      recording_ ? write_recording(recording_->trace, recording_->name) : "null");
  }
  const result<recorded_trace> read = trace_of_bytes(asked.request.body);
  if (!read) return reply_json(asked.answer, 400, error_json("trace: " + read.error().message));
  const std::string* const name = asked.request.target.find("name");
  reply_json(asked.answer, 200, write_recording(*read, name != nullptr ? *name : ""));
}

task<> inspector_answers::open_stream(inspection& asked) {
  const result<ref<dynamic_supervisor>> pages = find(home(), pages_name);
  if (!pages) co_return reply_json(asked.answer, 503, error_json("inspector: it is stopping"));
  auto stream = std::make_shared<http::response_stream>(asked.answer.begin_stream(
      200, "text/event-stream", {{"Cache-Control", "no-store"}, {"X-Accel-Buffering", "no"}}));
  const std::string called =
      fmt::format("inspector/page/{}", static_cast<std::uint64_t>(home().mint()));
  child_of<inspector_page> shown =
      child_from(name<inspector_page>{called},
                 [stream] { return std::make_unique<inspector_page>(stream); })
          .subscribe_to(looks_name, {.max_demand = 1, .min_demand = 0})
          .restart(restart_type::temporary);
  operation<process_ref> starting = start_child(*pages, std::move(shown));
  (void)co_await std::move(starting);
}

}  // namespace genstage::inline v0::detail
