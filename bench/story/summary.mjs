// From searches, samples and visits to the figures of a run.

function quantile(values, share) {
  if (values.length === 0) return null;
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

const rounded = (value, digits = 1) => (value === null ? null : Number(value.toFixed(digits)));

/// When the first results came, from any of these sites.
function first_result(search, sites) {
  const times = sites
    .map((id) => search.answers[id])
    .filter((answer) => answer?.outcome === "results")
    .map((answer) => answer.ms);
  return times.length > 0 ? Math.min(...times) : null;
}

const present = (values) => values.filter((value) => value !== null);

function figures_of(searches, sites, healthy) {
  const first = present(searches.map((each) => first_result(each, sites)));
  const healthy_first = present(searches.map((each) => first_result(each, healthy)));
  const last = present(searches.map((each) => each.last));
  const stayed = searches.filter((each) => each.end !== "left");
  const got = (each) => healthy.filter((id) => each.answers[id]?.outcome === "results").length;
  const share = (id) =>
    stayed.filter((each) => each.answers[id]?.outcome === "results").length / stayed.length;
  return {
    searches: searches.length,
    healthy_first_p50_ms: rounded(quantile(healthy_first, 0.5)),
    healthy_first_p95_ms: rounded(quantile(healthy_first, 0.95)),
    first_p50_ms: rounded(quantile(first, 0.5)),
    first_p95_ms: rounded(quantile(first, 0.95)),
    last_p50_ms: rounded(quantile(last, 0.5)),
    last_p95_ms: rounded(quantile(last, 0.95)),
    complete: stayed.filter((each) => each.end === "complete").length,
    lost: stayed.filter((each) => got(each) === 0).length,
    partial: stayed.filter((each) => got(each) > 0 && got(each) < healthy.length).length,
    left: searches.length - stayed.length,
    per_site_results: Object.fromEntries(sites.map((id) => [id, rounded(share(id), 3)])),
  };
}

function by_second(searches, seconds, healthy) {
  return Array.from({ length: seconds }, (_, t) => {
    const begun = searches.filter((each) => Math.floor(each.t) === t);
    const p = (values, share) => rounded(quantile(present(values), share));
    const first = begun.map((each) => first_result(each, healthy));
    return {
      t,
      started: begun.length,
      healthy_p50_ms: p(first, 0.5),
      healthy_p95_ms: p(first, 0.95),
      last_p50_ms: p(
        begun.map((each) => each.last),
        0.5,
      ),
    };
  });
}

/// Seconds from the end of the trouble until, for three seconds on end, searches were as fast as in
/// calm again, within half as much more.
function recovery(seconds, trouble, calm) {
  if (!trouble) return null;
  const is_calm = ({ healthy_p50_ms: first, last_p50_ms: last }) =>
    first !== null &&
    last !== null &&
    first <= 1.5 * calm.healthy_first_p50_ms &&
    last <= 1.5 * calm.last_p50_ms;
  const during = seconds.filter(({ t }) => t >= trouble.from_s && t < trouble.to_s);
  if (during.every(is_calm)) return 0;
  const after = seconds.filter(({ t }) => t >= trouble.to_s);
  const from = after.findIndex(
    (_, at) => at + 3 <= after.length && after.slice(at, at + 3).every(is_calm),
  );
  return from < 0 ? null : from;
}

// A request may end so much later than its search without being called stale.
const grace_ms = 20;

/// Requests that began, or went on, after their searcher had everything or had left.
function stale_fetches(visits, searches, now) {
  return visits.filter(({ search, began, ended }) => {
    const asked = searches[Number(search)];
    if (!asked) return false;
    const until = asked.ended_at + grace_ms;
    return began > until || (ended === 0 ? now : ended) > until;
  }).length;
}

export function summarise({ searches, samples, visits, seconds, trouble, sites, healthy }) {
  const during = ({ t }) => trouble && t >= trouble.from_s && t < trouble.to_s;
  const before = searches.filter((each) => !trouble || each.t < trouble.from_s);
  const calm = figures_of(before, sites, sites);
  const series = by_second(searches, seconds, healthy);
  const peak = (name) => rounded(Math.max(...samples.map((each) => each[name])));
  return {
    samples,
    seconds: series,
    calm,
    trouble: trouble && figures_of(searches.filter(during), sites, healthy),
    after:
      trouble &&
      figures_of(
        searches.filter((each) => each.t >= trouble.to_s),
        sites,
        sites,
      ),
    peak_waiting: peak("waiting"),
    peak_oldest_ms: peak("oldest_ms"),
    peak_memory_mib: peak("memory_mib"),
    fetches: visits.length,
    stale_fetches: stale_fetches(visits, searches, Date.now()),
    recovery_s: recovery(series, trouble, calm),
  };
}
