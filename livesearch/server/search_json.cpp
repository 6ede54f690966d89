#include "livesearch/server/search_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "livesearch/site/request.hpp"

namespace livesearch {

namespace {

std::int64_t milliseconds(std::chrono::nanoseconds span) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(span).count();
}

json hit_entry(const hit& found) {
  return {{"title", found.title}, {"url", found.url}, {"snippet", found.snippet}};
}

/// A result with the sites that have it, the one that ranks it best first, and the addresses that
/// differ from the first one's.
json merged_entry(const merged_result& result, const search_merge& merge) {
  json entry = hit_entry(result.shown);
  json sites = json::array();
  json also = json::array();
  for (const vote& given : result.votes) {
    const std::string& id = merge.site(given.site).id;
    sites.push_back(id);
    if (given.url != result.shown.url) also.push_back({{"site", id}, {"url", given.url}});
  }
  entry["site"] = sites.front();
  entry["sites"] = std::move(sites);
  if (!also.empty()) entry["also"] = std::move(also);
  return entry;
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

json site_event(const searchable_site& site, const site_answer& answer,
                std::chrono::nanoseconds elapsed, search_merge& merge) {
  json results = json::array();
  std::uint32_t rank = merge.first_rank(site.definition);
  const std::vector<hit_keys> keys = merge.add(site, answer);
  for (std::size_t index = 0; index < keys.size(); ++index) {
    json entry = hit_entry(answer.hits[index]);
    entry["rank"] = rank++;
    entry["page_key"] = fmt::format("{:016x}", keys[index].page);
    entry["title_key"] = keys[index].title == 0 ? "" : fmt::format("{:016x}", keys[index].title);
    results.push_back(std::move(entry));
  }
  json event{{"id", site.definition.id},
             {"outcome", to_string(answer.outcome)},
             {"message", answer.message},
             {"elapsed_ms", milliseconds(elapsed)}};
  add_circumstances(event, answer);
  event["results"] = std::move(results);
  return event;
}

json end_event(const search_summary& summary, const search_merge& merge) {
  json order = json::array();
  for (const merged_result& each : merge.ranked()) {
    json votes = json::array();
    for (const vote& given : each.votes) {
      votes.push_back(fmt::format("{}:{}", merge.site(given.site).id, given.rank));
    }
    order.push_back(std::move(votes));
  }
  return {{"reason", to_string(summary.reason)},
          {"elapsed_ms", milliseconds(summary.elapsed)},
          {"results", summary.results},
          {"sites", summary.sites},
          {"answered", summary.answered},
          {"failed", summary.failed},
          {"order", std::move(order)}};
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

json search_report::finish(const search_summary& summary) && {
  json results = json::array();
  for (const merged_result& each : merge_.ranked()) {
    results.push_back(merged_entry(each, merge_));
  }
  return {{"query", query_},
          {"elapsed_ms", milliseconds(summary.elapsed)},
          {"reason", to_string(summary.reason)},
          {"results", std::move(results)},
          {"sites", std::move(sites_)}};
}

}  // namespace livesearch
