// What is compared in which scenario, and who does better.

import {
  better, count, counted, decimal, duration, memory, part, percent, ratio, seconds, times,
  tolerance,
} from "./figures.mjs";

export const scenario_ids = ["calm", "slow", "hang", "overload", "kill", "leave"];

export function scenario_of(results, id) {
  return results.scenarios.find((scenario) => scenario.id === id);
}

/** The figures that a scenario is about: those of its trouble, or all if it has none. */
export function figures_of(run) {
  return run.trouble ?? run.calm;
}

/** What the figures of a scenario are held against. */
export function calm_of(results, scenario, system) {
  const own = scenario.trouble && scenario[system].calm;
  return own || scenario_of(results, "calm")[system].calm;
}

export function slowdown_of(results, scenario, system) {
  const now = figures_of(scenario[system]).healthy_first_p50_ms;
  return ratio(now, calm_of(results, scenario, system).healthy_first_p50_ms);
}

/** Searches whose searcher stayed; only these can be lost. */
export function stayed(figures) {
  return figures.searches - figures.left;
}

export function complete_rate(scenario, system) {
  const figures = figures_of(scenario[system]);
  const complete = stayed(figures) - figures.lost - figures.partial;
  return complete / (scenario.trouble.to_s - scenario.trouble.from_s);
}

export function recovery(value) {
  if (value === null) return "not within the scenario";
  return value === 0 ? "at once" : seconds(value);
}

const share_of = (value, whole) => (whole > 0 ? value / whole : 0);

function row(subject, [old, stages], write, options) {
  return {
    subject,
    old: write(old, "old"),
    stages: write(stages, "stages"),
    better: better(old, stages, options),
  };
}

/** One figure of both systems, taken by the same function. */
const both = (scenario, take) => [take(scenario.old, "old"), take(scenario.stages, "stages")];

function first_rows(results, scenario) {
  const write = (value, system) => {
    const slowdown = scenario.trouble && slowdown_of(results, scenario, system);
    return duration(value) + (slowdown ? ` (${times(slowdown)} calm)` : "");
  };
  const of_whom = ["slow", "hang"].includes(scenario.id) ? " of a healthy site" : "";
  const median = both(scenario, (run) => figures_of(run).healthy_first_p50_ms);
  const high = both(scenario, (run) => figures_of(run).healthy_first_p95_ms);
  const floor = tolerance.ms;
  return [
    row(`first result${of_whom}, median`, median, write, { floor }),
    row(`first result${of_whom}, 95th percentile`, high, duration, { floor }),
  ];
}

function last_row(scenario) {
  const values = both(scenario, (run) => figures_of(run).last_p50_ms);
  return row("last result, median", values, duration, { floor: tolerance.ms });
}

function waiting_row(scenario) {
  const values = both(scenario, (run) => run.peak_waiting);
  return row("most jobs waiting", values, count, { floor: tolerance.jobs });
}

function oldest_row(scenario) {
  const values = both(scenario, (run) => run.peak_oldest_ms);
  return row("oldest job waiting", values, duration, { floor: tolerance.ms });
}

function lost_row(scenario) {
  const values = both(scenario, (run) => {
    const figures = figures_of(run);
    return share_of(figures.lost, stayed(figures));
  });
  const write = (_, system) => {
    const figures = figures_of(scenario[system]);
    return part(figures.lost, stayed(figures));
  };
  return row("searches lost", values, write, { floor: tolerance.share });
}

function partial_row(scenario) {
  const values = both(scenario, (run) => {
    const figures = figures_of(run);
    return share_of(figures.partial, stayed(figures));
  });
  const write = (_, system) => {
    const figures = figures_of(scenario[system]);
    return part(figures.partial, stayed(figures));
  };
  return row("searches answered in part", values, write, { floor: tolerance.share });
}

function stale_row(scenario) {
  const values = both(scenario, (run) => share_of(run.stale_fetches, run.fetches));
  const write = (_, system) => part(scenario[system].stale_fetches, scenario[system].fetches);
  return row("requests made for nobody", values, write, { floor: tolerance.share });
}

function memory_row(scenario) {
  return row("most memory", both(scenario, (run) => run.peak_memory_mib), memory);
}

function recovery_row(scenario) {
  const values = both(scenario, (run) => run.recovery_s);
  return row("recovery after the trouble", values, recovery, { floor: tolerance.recovery_s });
}

function complete_row(scenario) {
  const values = both(scenario, (_, system) => complete_rate(scenario, system));
  const write = (value) => `${decimal(value)} a second`;
  return row("searches answered completely", values, write, { wanted: "more" });
}

function slow_site_row(results, scenario) {
  const site = results.settings.slow_site;
  const values = both(scenario, (run) => figures_of(run).per_site_results?.[site] ?? 0);
  const options = { wanted: "more", floor: tolerance.share };
  return row(`searches with results of \`${site}\` itself`, values, percent, options);
}

/** The rows of one scenario: {subject, old, stages, better}. */
export function comparisons(results, id) {
  const scenario = scenario_of(results, id);
  const ends = scenario.trouble ? [recovery_row(scenario)] : [];
  const first = first_rows(results, scenario);
  const by_id = {
    calm: () => [...first, last_row(scenario), memory_row(scenario)],
    slow: () => [...first, waiting_row(scenario), oldest_row(scenario), lost_row(scenario),
      slow_site_row(results, scenario), ...ends],
    hang: () => [...first, waiting_row(scenario), oldest_row(scenario), lost_row(scenario),
      slow_site_row(results, scenario), ...ends],
    overload: () => [...first, complete_row(scenario), lost_row(scenario),
      partial_row(scenario), waiting_row(scenario), memory_row(scenario), stale_row(scenario),
      ...ends],
    kill: () => [...first, lost_row(scenario), partial_row(scenario), waiting_row(scenario),
      ...ends],
    leave: () => [...first, stale_row(scenario), waiting_row(scenario), lost_row(scenario)],
  };
  return by_id[id]();
}

/** The old architecture with many workers against the stages, in the scenario of the slow site. */
export function more_workers_comparisons(results) {
  if (!results.more_workers) return [];
  const { run, workers } = results.more_workers;
  const scenario = { ...scenario_of(results, "slow"), old: run };
  const suffix = `, the old with ${counted(workers, "worker")}`;
  const rows = [...first_rows(results, scenario), lost_row(scenario), memory_row(scenario)];
  return rows.map((one) => ({ ...one, subject: one.subject + suffix }));
}

/** The most that may wait in all queues of the stages together. */
export function queue_bound(results) {
  return results.settings.queue_bound * results.settings.sites.length;
}
