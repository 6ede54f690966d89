#include "livesearch/server/search_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "livesearch/server/json_text.hpp"
#include "livesearch/site/request.hpp"

namespace livesearch {

namespace {

std::int64_t milliseconds(std::chrono::nanoseconds span) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(span).count();
}

void append_member(std::string& to, std::string_view name, std::string_view text) {
  fmt::format_to(std::back_inserter(to), "\"{}\":", name);
  append_json(to, text);
}

/// The members of a hit, without braces.
void append_hit(std::string& to, const hit& found) {
  append_member(to, "title", found.title);
  to += ',';
  append_member(to, "url", found.url);
  to += ',';
  append_member(to, "snippet", found.snippet);
}

/// A result with the sites that have it, the one that ranks it best first, and the addresses that
/// differ from the first one's.
void append_result(std::string& to, const merged_result& result, const search_merge& merge) {
  to += '{';
  append_hit(to, result.shown);
  to += ',';
  append_member(to, "site", merge.site(result.votes.front().site).id);
  std::string also;
  to += ",\"sites\":[";
  for (const vote& given : result.votes) {
    const std::string& id = merge.site(given.site).id;
    if (&given != &result.votes.front()) to += ',';
    append_json(to, id);
    if (given.url == result.shown.url) continue;
    also += also.empty() ? "{" : ",{";
    append_member(also, "site", id);
    also += ',';
    append_member(also, "url", given.url);
    also += '}';
  }
  to += ']';
  if (!also.empty()) to.append(",\"also\":[").append(also).append("]");
  to += '}';
}

/// The text of an object that is still open for one more member.
std::string open_object(const json& members, std::string_view next) {
  std::string text = to_text(members);
  text.pop_back();
  return text + fmt::format(",\"{}\":", next);
}

/// What is only said where it applies.
void add_circumstances(json& entry, const site_answer& answer) {
  if (answer.retry_after) entry["retry_after_ms"] = milliseconds(*answer.retry_after);
  if (answer.age) entry["age_ms"] = milliseconds(*answer.age);
  if (answer.is_shared) entry["shared"] = true;
}

}  // namespace

std::string to_text(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

json start_event(const search_plan& plan) {
  json listed = json::array();
  std::chrono::milliseconds longest{0};
  for (const planned_site& each : plan.sites) {
    const site_definition& site = each.site->definition;
    longest = std::max(longest, each.limit);
    listed.push_back({{"id", site.id},
                      {"name", site.name},
                      {"homepage", site.homepage},
                      {"checked", to_string(site.checked)},
                      {"categories", site.categories},
                      {"weight", site.weight},
                      {"limit_ms", each.limit.count()},
                      {"remarks", each.remarks},
                      {"pages", has_pages(site)}});
  }
  json terms = json::array();
  for (const query_term& each : plan.query.terms) terms.push_back(each.text);
  return {{"query", plan.query.text},
          {"terms", std::move(terms)},
          {"page", plan.page},
          {"sites", std::move(listed)},
          {"limit_ms", longest.count()}};
}

std::string site_event(const searchable_site& site, const site_answer& answer,
                       std::chrono::nanoseconds elapsed, search_merge& merge) {
  json event{{"id", site.definition.id},
             {"outcome", to_string(answer.outcome)},
             {"message", answer.message},
             {"elapsed_ms", milliseconds(elapsed)}};
  add_circumstances(event, answer);
  std::string text = open_object(event, "results") + "[";
  std::uint32_t rank = merge.first_rank(site.definition);
  const std::vector<hit_keys> keys = merge.add(site, answer);
  for (std::size_t index = 0; index < keys.size(); ++index) {
    text += index == 0 ? "{" : ",{";
    append_hit(text, answer.hits[index]);
    const auto [page, title] = keys[index];
    fmt::format_to(std::back_inserter(text), R"(,"rank":{},"page_key":"{:016x}","title_key":")",
                   rank++, page);
    if (title != 0) fmt::format_to(std::back_inserter(text), "{:016x}", title);
    text += "\"}";
  }
  return text + "]}";
}

std::string end_event(const search_summary& summary, const search_merge& merge) {
  std::string text = open_object({{"reason", to_string(summary.reason)},
                                  {"elapsed_ms", milliseconds(summary.elapsed)},
                                  {"results", summary.results},
                                  {"sites", summary.sites},
                                  {"answered", summary.answered},
                                  {"failed", summary.failed}},
                                 "order") +
                     "[";
  for (const merged_result& each : merge.ranked()) {
    char before = '[';
    if (text.back() == ']') text += ',';
    for (const vote& given : each.votes) {
      // An id has no character that would have to be escaped.
      fmt::format_to(std::back_inserter(text), "{}\"{}:{}\"", std::exchange(before, ','),
                     merge.site(given.site).id, given.rank);
    }
    text += ']';
  }
  return text + "]}";
}

json site_entry(const searchable_site& site) {
  const site_definition& listed = site.definition;
  return {{"id", listed.id},
          {"name", listed.name},
          {"homepage", listed.homepage},
          {"hosts", json::array({request_host(listed)})},
          {"enabled", listed.enabled},
          {"checked", to_string(listed.checked)},
          {"categories", listed.categories},
          {"bangs", listed.bangs},
          {"limit_ms", listed.limits.time.count()},
          {"concurrency", listed.limits.concurrency},
          {"rate", listed.limits.rate.count}};
}

json error_body(const std::string& message, const std::string& field) {
  json error{{"message", message}};
  if (!field.empty()) error["field"] = field;
  return {{"error", std::move(error)}};
}

void search_report::start(const search_plan& plan) {
  query_ = plan.query.text;
  merge_ = search_merge{plan};
}

void search_report::add(const searchable_site& site, const site_answer& answer,
                        std::chrono::nanoseconds elapsed) {
  merge_.add(site, answer);
  json entry{{"id", site.definition.id},
             {"name", site.definition.name},
             {"categories", site.definition.categories},
             {"outcome", to_string(answer.outcome)},
             {"message", answer.message},
             {"elapsed_ms", milliseconds(elapsed)}};
  add_circumstances(entry, answer);
  entry["results"] = answer.hits.size();
  sites_.push_back(std::move(entry));
}

std::string search_report::finish(const search_summary& summary) && {
  std::string text = open_object({{"query", query_},
                                  {"elapsed_ms", milliseconds(summary.elapsed)},
                                  {"reason", to_string(summary.reason)}},
                                 "results") +
                     "[";
  for (const merged_result& each : merge_.ranked()) {
    if (text.back() == '}') text += ',';
    append_result(text, each, merge_);
  }
  return text + "],\"sites\":" + to_text(sites_) + "}";
}

}  // namespace livesearch
