// A query is refused in words, or means the same when its parts are written out again; whatever it
// says, a site gets a request.
#include "livesearch/fuzz/fuzz_input.hpp"
#include "livesearch/query/query_text.hpp"
#include "livesearch/query/site_translation.hpp"
#include "livesearch/site/request.hpp"

namespace livesearch {
namespace {

std::string quoted(const query_term& term) {
  return term.kind == term_kind::phrase ? '"' + term.text + '"' : term.text;
}

std::string written_out(const search_query& query) {
  std::string text;
  for (const auto& each : query.terms) text += quoted(each) + ' ';
  for (const auto& each : query.excluded) text += '-' + quoted(each) + ' ';
  for (const auto& each : query.bangs) text += '!' + each + ' ';
  for (const auto& each : query.hosts) text += "site:" + each + ' ';
  for (const auto& each : query.hidden_hosts) text += "-site:" + each + ' ';
  if (!query.language.empty()) text += "lang:" + query.language + ' ';
  if (query.newer) text += "newer:" + std::string{to_string(*query.newer)} + ' ';
  if (query.limit) text += "limit:" + std::to_string(query.limit->count()) + "ms ";
  return text;
}

void check_request(const search_query& query, const site_definition& site) {
  const auto made = translate(query, site);
  must_hold(!made.asked.text.empty());
  must_hold(make_request(site, made.asked).has_value());
}

}  // namespace
}  // namespace livesearch

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace livesearch;
  auto query = parse_query(fuzz_text(data, size));
  if (!query) {
    must_hold(query.error().message.starts_with("query: "));
    must_hold(query.error().message.ends_with("; not searched"));
    return 0;
  }
  must_hold(!query->terms.empty());
  site_definition plain;
  plain.request.url = "https://a.example/?q={query}{language}{newer}";
  site_definition able = plain;
  able.query = {"\"{text}\"", "-{text}", "site:{text}", {{"en", "&l=en"}}, {{"day", "&d=1"}}};
  check_request(*query, plain);
  check_request(*query, able);
  must_hold(wanted_hits(*query, {{"a title", "https://a.example/", "a snippet"}}).size() <= 1);
  const std::string text = written_out(*query);
  // Written out, a query may be longer than it was typed.
  if (text.size() > longest_query) return 0;
  auto again = parse_query(text);
  must_hold(again.has_value());
  again->text = query->text;
  must_hold(*again == *query);
  return 0;
}
