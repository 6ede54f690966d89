#include <fmt/format.h>

#include <algorithm>
#include <genstage/core/escaped.hpp>
#include <genstage/trace/trace_text.hpp>
#include <iterator>
#include <map>
#include <set>

namespace genstage::inline v0 {

namespace {

std::string quoted(std::string_view text) {
  return '"' + escaped(text) + '"';
}

/// Writes the events one after the other. Times are microseconds, tracks are indices of processes.
class chrome_events {
 public:
  explicit chrome_events(const recorded_trace& told) : names_{told}, told_{told} {
    for (const record& each : told.records) tell(each);
  }
  [[nodiscard]] std::string take() && {
    return "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[" + text_ + "\n]}\n";
  }

 private:
  template <class... Parts>
  void write(fmt::format_string<Parts...> form, Parts&&... parts) {
    text_ += text_.empty() ? "\n" : ",\n";
    fmt::format_to(std::back_inserter(text_), form, std::forward<Parts>(parts)...);
  }
  [[nodiscard]] double time_of(const record& each) const {
    return static_cast<double>(each.order - told_.records.front().order) / 1e3;
  }

  void name_track(pid who) {
    if (!named_.insert(who).second) return;
    write(R"({{"name":"thread_name","ph":"M","pid":1,"tid":{},"args":{{"name":{}}}}})", who.index,
          quoted(names_.label(who)));
  }
  void tell(const record& each) {
    const pid who = names_.actor(each);
    name_track(who);
    const std::string_view kind = to_string(each.kind);
    write(R"({{"name":"{}","cat":"genstage","ph":"i","s":"t","pid":1,"tid":{},"ts":{:.3f},)"
          R"("args":{{"says":{},"count":{}}}}})",
          kind, who.index, time_of(each), quoted(describe(each, names_)), each.count);
    if (each.kind == record_kind::ask || each.kind == record_kind::delivery) count(each);
  }
  /// What the subscription is owed, as far as the trace tells.
  void count(const record& each) {
    std::uint64_t& owed = owed_[each.subscription];
    owed = each.kind == record_kind::ask ? owed + each.count : owed - std::min(owed, each.count);
    const auto speakers = names_.speakers(each.subscription);
    const std::string name = speakers
                                 ? fmt::format("{} -> {} (s{})", names_.label(speakers->producer),
                                               names_.label(speakers->consumer), each.subscription)
                                 : fmt::format("s{}", each.subscription);
    write(R"({{"name":{},"ph":"C","pid":1,"ts":{:.3f},"args":{{"outstanding":{}}}}})", quoted(name),
          time_of(each), owed);
  }

  const trace_names names_;
  const recorded_trace& told_;
  std::string text_;
  std::set<pid> named_;
  std::map<std::uint64_t, std::uint64_t> owed_;
};

}  // namespace

std::string as_chrome_json(const recorded_trace& told) {
  return chrome_events{told}.take();
}

}  // namespace genstage::inline v0
