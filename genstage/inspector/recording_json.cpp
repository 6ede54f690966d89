#include "genstage/inspector/recording_json.hpp"

#include <genstage/core/exit_reason.hpp>
#include <genstage/trace/conversation.hpp>
#include <unordered_map>

#include "genstage/inspector/json_writer.hpp"
#include "genstage/inspector/record_json.hpp"
#include "genstage/inspector/wording.hpp"

namespace genstage::inline v0 {

namespace {

using detail::json_writer;

/// The other process that a record names, if it names one.
pid peer_of(const record& noted) {
  switch (noted.kind) {
    case record_kind::subscribed:
    case record_kind::cancelled:
      return pid_of(noted.count);
    case record_kind::spawned:
    case record_kind::restarted:
      return pid_of(noted.subscription);
    default:
      return {};
  }
}

/// Whether a process ended as none does that was asked to, or has done its work.
bool is_failure(const record& noted) {
  return noted.kind == record_kind::ended &&
         noted.subscription >= static_cast<std::uint64_t>(exit_kind::kill);
}

/// What the two of each subscription say, record by record.
class speech {
 public:
  std::optional<spoken_line> hear(const record& noted) {
    if (noted.kind != record_kind::ask && noted.kind != record_kind::delivery) return std::nullopt;
    return talks_.try_emplace(noted.subscription, detail::pause_of_talk).first->second.hear(noted);
  }

 private:
  std::unordered_map<std::uint64_t, conversation> talks_;
};

void write(json_writer& to, const std::optional<spoken_line>& said) {
  if (!said) {
    to.value(nullptr);
    return;
  }
  to.begin_object()
      .member("speaker", said->who == speaker::consumer ? "consumer" : "producer")
      .member("text", said->text)
      .member("later", said->is_later)
      .end_object();
}

void write_people(json_writer& to, const recorded_trace& told) {
  to.key("processes").begin_array();
  for (const recorded_trace::process& each : told.processes) {
    to.begin_object().member("pid", to_string(each.who)).member("name", each.name).end_object();
  }
  to.end_array().key("subscriptions").begin_array();
  for (const open_subscription& each : told.subscriptions) {
    const bool has_type = each.events < told.names.size();
    to.begin_object()
        .member("tag", detail::tag_text(each.tag))
        .member("producer", to_string(pid_of(each.producer)))
        .member("consumer", to_string(pid_of(each.consumer)))
        .member("events", has_type ? std::string_view{told.names[each.events]} : "")
        .end_object();
  }
  to.end_array();
}

}  // namespace

std::string write_recording(const recorded_trace& told, std::string_view name) {
  const std::uint64_t begin = told.records.empty() ? 0 : told.records.front().order;
  const trace_names names{told};
  speech all;
  json_writer to;
  to.begin_object().member("name", name).member("missing", missing_records(told));
  write_people(to, told);
  to.key("records").begin_array();
  for (const record& each : told.records) {
    to.begin_object();
    detail::write_members(to, each, names, begin);
    to.key("peer");
    const pid peer = peer_of(each);
    peer ? to.value(to_string(peer)) : to.value(nullptr);
    to.member("failed", is_failure(each)).key("said");
    write(to, all.hear(each));
    to.end_object();
  }
  to.end_array().end_object();
  return std::move(to).text();
}

}  // namespace genstage::inline v0
