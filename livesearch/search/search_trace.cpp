#include "livesearch/search/search_trace.hpp"

#include <utility>

namespace livesearch {

search_trace::search_trace(genstage::runtime& home, std::optional<genstage::trace_context> searcher,
                           std::size_t sites)
    : home_{home}, searcher_{std::move(searcher)}, sites_(sites) {
  const bool is_sampled = !searcher_ || searcher_->is_sampled;
  if (!is_sampled || !home.telemetry().is_wanted<genstage::span_ended>()) return;
  search_.emplace(home, "search", searcher_ ? &*searcher_ : nullptr);
  search_->be(genstage::span_kind::server);
}

std::optional<genstage::trace_context> search_trace::ask(std::size_t site, const std::string& id) {
  if (!search_) return searcher_;
  sites_[site] = std::make_unique<genstage::scoped_span>(home_, "ask " + id, &search_->context());
  sites_[site]->be(genstage::span_kind::client);
  sites_[site]->add("livesearch.site", id);
  return sites_[site]->context();
}

void search_trace::settle(std::size_t site, const site_answer& answer) {
  const auto ended = std::exchange(sites_[site], nullptr);
  if (!ended) return;
  ended->add("livesearch.outcome", std::string{to_string(answer.outcome)});
  ended->add("livesearch.results", answer.hits.size());
  if (answer.is_shared) ended->add("livesearch.shared", true);
  if (answer.age) ended->add("livesearch.cached", true);
  if (answer.request) {
    const request_facts& facts = *answer.request;
    // The words of OpenTelemetry's semantic conventions for HTTP.
    if (facts.status > 0) {
      ended->add("http.response.status_code", facts.status);
      ended->add("http.response.body.size", facts.bytes);
    }
    ended->add("http.request.resend_count", facts.attempts - 1);
  }
  if (!is_answer(answer.outcome)) ended->fail(answer.message);
}

void search_trace::end(const search_summary& summary) {
  if (!search_) return;
  search_->add("livesearch.end", std::string{to_string(summary.reason)});
  search_->add("livesearch.results", summary.results);
  search_->add("livesearch.sites", summary.sites);
  search_->add("livesearch.failed", summary.failed);
  search_.reset();
}

void search_trace::leave() {
  for (auto& each : sites_) {
    if (each) each->add("livesearch.outcome", "left");
    each.reset();
  }
  if (search_) search_->add("livesearch.end", "left");
  search_.reset();
}

}  // namespace livesearch
