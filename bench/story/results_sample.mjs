// A small results object for the tests, in which the stages do well and the old does badly.

const sites = ["handbook", "tracker", "journal", "archive"];

function figures(first_ms, { lost = 0, partial = 0 } = {}) {
  return {
    searches: 200, left: 0, lost, partial,
    healthy_first_p50_ms: first_ms, healthy_first_p95_ms: first_ms * 2,
    first_p50_ms: first_ms, first_p95_ms: first_ms * 2,
    last_p50_ms: first_ms * 3, last_p95_ms: first_ms * 4,
    per_site_results: Object.fromEntries(sites.map((site) => [site, 1])),
  };
}

function run(trouble, { calm_ms, trouble_ms, waiting, memory_mib, ...more }) {
  const is_trouble = (t) => trouble !== null && t >= trouble.from_s && t < trouble.to_s;
  const times = Array.from({ length: 10 }, (_, t) => t);
  return {
    samples: times.map((t) => ({
      t, waiting: is_trouble(t) ? waiting : 1, oldest_ms: 10, memory_mib,
    })),
    seconds: times.map((t) => ({
      t, started: 20, healthy_p50_ms: is_trouble(t) ? trouble_ms : calm_ms,
      healthy_p95_ms: 2 * calm_ms, last_p50_ms: 3 * calm_ms,
    })),
    calm: figures(calm_ms),
    trouble: trouble && figures(trouble_ms, more),
    after: trouble && figures(calm_ms),
    peak_waiting: waiting, peak_oldest_ms: waiting * 10, peak_memory_mib: memory_mib,
    fetches: 800, stale_fetches: more.stale ?? 0, recovery_s: trouble && (more.recovery_s ?? 0),
  };
}

const bad = {
  calm_ms: 100, trouble_ms: 4000, waiting: 1200, memory_mib: 150, lost: 50, partial: 30,
  stale: 300, recovery_s: 7,
};
const good = { calm_ms: 50, trouble_ms: 55, waiting: 20, memory_mib: 60 };

function lane(site) {
  const asks = site === "journal" ? 1 : 30;
  return {
    site, asks, deliveries: asks,
    lines: [
      { who: `${site}/fetcher/2`, says: "ask", count: 1 },
      { who: `${site}/router`, says: "delivery", count: 1 },
    ],
  };
}

export function sample() {
  const trouble = { from_s: 3, to_s: 6 };
  const scenario = (id, letter, span = trouble) => ({
    id, letter, trouble: span, old: run(span, bad), stages: run(span, good),
  });
  return {
    command: "bench/story.sh", date: "2026-01-02", seconds: 300,
    machine: {
      processor: "Processor", cores: 2, memory_gib: 8, system: "System", kernel: "6.1",
    },
    settings: {
      sites, slow_site: "journal", slots: 4, delay_ms: 50, limit_ms: 3000, calm_rate: 32,
      overload_rate: 160, capacity: 80, patience_s: 10, attempts: 3, expire_s: 10,
      poll_ms: [50, 500], queue_bound: 256,
    },
    tuning: [{ workers: 8, searches_per_s: 40 }, { workers: 16, searches_per_s: 70 }],
    workers: 16,
    scenarios: [
      scenario("calm", "a", null), scenario("slow", "b"), scenario("hang", "c"),
      scenario("overload", "d"), scenario("kill", "e"), scenario("leave", "f"),
    ],
    more_workers: {
      workers: 128, run: run(trouble, { ...bad, trouble_ms: 120, lost: 0, memory_mib: 500 }),
    },
    conversation: { from_s: 4, to_s: 5, lanes: sites.map(lane) },
  };
}

/** The same with the two systems' figures exchanged. */
export function flipped(results) {
  const scenarios = results.scenarios.map(({ old, stages, ...rest }) => ({
    ...rest, old: stages, stages: old,
  }));
  return { ...results, scenarios };
}
