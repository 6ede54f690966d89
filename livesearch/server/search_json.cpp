#include "livesearch/server/search_json.hpp"

#include <algorithm>
#include <ranges>
#include <utility>

#include "livesearch/server/json_text.hpp"
#include "livesearch/site/request.hpp"

namespace livesearch {

namespace {

std::int64_t milliseconds(std::chrono::nanoseconds span) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(span).count();
}

/// The members of a hit.
void write_hit(json_writer& to, const hit& found) {
  to.member("title", found.title).member("url", found.url).member("snippet", found.snippet);
}

/// A result with the sites that have it, the one that ranks it best first, and the addresses that
/// differ from the first one's.
void write_result(json_writer& to, const merged_result& result, const search_merge& merge) {
  const auto id_of = [&](const vote& given) -> const std::string& {
    return merge.site(given.site).id;
  };
  write_hit(to.open('{'), result.shown);
  to.member("site", id_of(result.votes.front())).name("sites").open('[');
  for (const vote& given : result.votes) to.value(id_of(given));
  to.close(']');
  const auto is_elsewhere = [&](const vote& given) { return given.url != result.shown.url; };
  if (std::ranges::any_of(result.votes, is_elsewhere)) {
    to.name("also").open('[');
    for (const vote& given : result.votes | std::views::filter(is_elsewhere)) {
      to.open('{').member("site", id_of(given)).member("url", given.url).close('}');
    }
    to.close(']');
  }
  to.close('}');
}

/// About as many bytes as the event of an answer has.
std::size_t room_for(const site_answer& answer) {
  constexpr std::size_t around = 128;
  std::size_t room = 2 * around + answer.message.size();
  for (const hit& each : answer.hits) {
    room += each.title.size() + each.url.size() + each.snippet.size() + around;
  }
  return room;
}

/// How a site's part ended; some of it is only said where it applies.
void write_outcome(json_writer& to, const site_answer& answer, std::chrono::nanoseconds elapsed) {
  to.member("outcome", to_string(answer.outcome)).member("message", answer.message);
  to.member("elapsed_ms", milliseconds(elapsed));
  if (answer.retry_after) to.member("retry_after_ms", milliseconds(*answer.retry_after));
  if (answer.age) to.member("age_ms", milliseconds(*answer.age));
  if (answer.is_shared) to.member("shared", true);
}

}  // namespace

std::string to_text(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string start_event(const search_plan& plan) {
  std::string text;
  json_writer to{text};
  to.open('{').member("query", plan.query.text).name("terms").open('[');
  for (const query_term& each : plan.query.terms) to.value(each.text);
  to.close(']').member("page", plan.page).name("sites").open('[');
  std::chrono::milliseconds longest{0};
  for (const planned_site& each : plan.sites) {
    const site_definition& site = each.site->definition;
    longest = std::max(longest, each.limit);
    to.open('{').member("id", site.id).member("name", site.name);
    to.member("homepage", site.homepage).member("checked", to_string(site.checked));
    to.list("categories", site.categories).member("weight", site.weight);
    to.member("limit_ms", each.limit.count()).list("remarks", each.remarks);
    to.member("pages", each.site->request.has_pages()).close('}');
  }
  to.close(']').member("limit_ms", longest.count()).close('}');
  return text;
}

std::string site_event(const searchable_site& site, const site_answer& answer,
                       std::chrono::nanoseconds elapsed, search_ranking& ranking) {
  std::string text;
  text.reserve(room_for(answer));
  json_writer to{text};
  to.open('{').member("id", site.definition.id);
  write_outcome(to, answer, elapsed);
  to.name("results").open('[');
  std::uint32_t rank = ranking.places().first_rank(site.definition);
  const std::vector<hit_keys> keys = ranking.add(site, answer);
  for (std::size_t index = 0; index < keys.size(); ++index) {
    write_hit(to.open('{'), answer.hits[index]);
    const auto [page, title] = keys[index];
    to.member("rank", rank++).name("page_key").hexadecimal(page).name("title_key");
    title != 0 ? to.hexadecimal(title) : to.plain("");
    to.close('}');
  }
  to.close(']').close('}');
  return text;
}

std::string end_event(const search_summary& summary, const search_ranking& ranking) {
  std::string text;
  json_writer to{text};
  to.open('{').member("reason", to_string(summary.reason));
  to.member("elapsed_ms", milliseconds(summary.elapsed)).member("results", summary.results);
  to.member("sites", summary.sites).member("answered", summary.answered);
  to.member("failed", summary.failed).name("order").open('[');
  const rank_fusion& fusion = ranking.fusion();
  const auto ranked = fusion.ranked();
  for (std::size_t result = 0; result < ranked.size(); ++result) {
    const auto same = ranked[result];
    to.open('[');
    for (std::size_t index = 0; index < same.size(); ++index) {
      if (!fusion.has_vote(same, index)) continue;
      const ballot& given = fusion.at(same[index]);
      // An id has no character that would have to be escaped.
      to.plain(ranking.places().site(given.site).id, given.rank);
    }
    to.close(']');
  }
  to.close(']').close('}');
  return text;
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
  json_writer to{sites_};
  to.open('{').member("id", site.definition.id).member("name", site.definition.name);
  to.list("categories", site.definition.categories);
  write_outcome(to, answer, elapsed);
  to.member("results", answer.hits.size()).close('}');
}

std::string search_report::finish(const search_summary& summary) && {
  std::string text;
  json_writer to{text};
  to.open('{').member("query", query_).member("elapsed_ms", milliseconds(summary.elapsed));
  to.member("reason", to_string(summary.reason)).name("results").open('[');
  for (const merged_result& each : merge_.ranked()) write_result(to, each, merge_);
  to.close(']').name("sites").open('[');
  text += sites_;
  to.close(']').close('}');
  return text;
}

}  // namespace livesearch
