#include "livesearch/server/metrics.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <functional>
#include <utility>
#include <vector>

namespace livesearch {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using reading = lane_gauge::reading;

struct site_reading {
  std::string site;
  reading read;
};

double seconds(genstage::duration span) {
  return std::chrono::duration<double>(span).count();
}

ClientMetric labelled(const std::string& site) {
  ClientMetric made;
  made.label.push_back({"site", site});
  return made;
}

/// One value for each site.
template <class Value>
MetricFamily family(const std::vector<site_reading>& all, MetricType type, std::string name,
                    std::string help, Value value) {
  MetricFamily made{"livesearch_" + std::move(name), std::move(help), type, {}};
  for (const auto& [site, read] : all) {
    ClientMetric metric = labelled(site);
    (type == MetricType::Counter ? metric.counter.value : metric.gauge.value) =
        static_cast<double>(value(read));
    made.metric.push_back(std::move(metric));
  }
  return made;
}

MetricFamily outcomes(const std::vector<site_reading>& all) {
  MetricFamily made{"livesearch_answers_total",
                    "How the sites' parts of searches ended.",
                    MetricType::Counter,
                    {}};
  for (const auto& [site, read] : all) {
    for (const site_outcome each : all_outcomes) {
      ClientMetric metric = labelled(site);
      metric.label.push_back({"outcome", std::string{to_string(each)}});
      metric.counter.value =
          static_cast<double>(read.counts.outcomes.at(static_cast<std::size_t>(each)));
      made.metric.push_back(std::move(metric));
    }
  }
  return made;
}

MetricFamily times(const std::vector<site_reading>& all) {
  MetricFamily made{"livesearch_answer_seconds",
                    "From a search's begin to the site's usable answer, in the last minutes.",
                    MetricType::Summary,
                    {}};
  for (const auto& [site, read] : all) {
    ClientMetric metric = labelled(site);
    metric.summary.quantile = {
        {0.5, seconds(read.p50)}, {0.95, seconds(read.p95)}, {0.99, seconds(read.p99)}};
    metric.summary.sample_count = read.answered();
    metric.summary.sample_sum = seconds(read.answer_time);
    made.metric.push_back(std::move(metric));
  }
  return made;
}

}  // namespace

std::string write_metrics(lane_board& board, genstage::instant now) {
  std::vector<site_reading> all;
  for (auto& [site, gauge] : board.all()) all.push_back({site, gauge.read(now)});
  const auto counter = [&](const char* name, const char* help, std::uint64_t lane_counts::* which) {
    return family(all, MetricType::Counter, name, help,
                  [which](const reading& read) { return read.counts.*which; });
  };
  const auto gauge = [&](const char* name, const char* help, auto value) {
    return family(all, MetricType::Gauge, name, help,
                  [value](const reading& read) { return std::invoke(value, read.state); });
  };
  const std::vector<MetricFamily> families{
      outcomes(all),
      times(all),
      counter("requests_total", "Requests sent to the site.", &lane_counts::requests),
      counter("retries_total", "Of these, further attempts.", &lane_counts::retries),
      counter("redirects_total", "Of these, to where the site has sent one on.",
              &lane_counts::redirects),
      counter("probes_total", "Of these, the breaker's own.", &lane_counts::probes),
      counter("shared_answers_total", "Answers to a request that another search had begun.",
              &lane_counts::shared),
      counter("cache_hits_total", "Answers found in the cache.", &lane_counts::from_cache),
      counter("cache_misses_total", "Answers not found there.", &lane_counts::not_in_cache),
      gauge("queue_jobs", "Jobs that wait.", &lane_state::waiting),
      gauge("resting_jobs", "Jobs between two of their requests.", &lane_state::resting),
      gauge("queue_searchers", "Searchers whose jobs wait.", &lane_state::searchers),
      gauge("queue_oldest_seconds", "How long the oldest job has waited.",
            [](const lane_state& state) { return seconds(state.oldest_wait); }),
      gauge("requests_running", "Requests under way.", &lane_state::running),
      gauge("demand", "Fetchers that have asked and have nothing to do.", &lane_state::demand),
      gauge("breaker_open", "1 while the breaker keeps searchers away.", &lane_state::is_open),
      gauge("breaker_level", "How often the breaker opened, less its successes.",
            &lane_state::breaker_level),
      gauge("rate_limited", "1 while the site has asked not to be asked.", &lane_state::is_limited),
  };
  return prometheus::TextSerializer{}.Serialize(families);
}

}  // namespace livesearch
