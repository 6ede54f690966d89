// The chapters at the end: what the old architecture does well, all figures, and the method.

import {
  comparisons, figures_of, more_workers_comparisons, recovery, scenario_ids, scenario_of,
  slowdown_of, stayed,
} from "./comparisons.mjs";
import {
  allowed_slowdown, count, counted, decimal, duration, listed, memory, part, percent, ratio,
  seconds, times, tolerance,
} from "./figures.mjs";
import { table } from "./markdown.mjs";
import { name_of } from "./scenario_names.mjs";

function all_comparisons(results) {
  const measured = scenario_ids.flatMap((id) => {
    const { letter } = scenario_of(results, id);
    return comparisons(results, id).map((row) => ({ ...row, letter }));
  });
  const { letter } = scenario_of(results, "slow");
  return [...measured, ...more_workers_comparisons(results).map((row) => ({ ...row, letter }))];
}

function bullets(rows) {
  const figures = ({ old, stages }) =>
    old === stages ? `${old} with both` : `${old} against ${stages} with stages`;
  return rows.map((row) => `- ${row.letter}, ${row.subject}: ${figures(row)}.`).join("\n");
}

/** A thing that never happened with either is no merit of one of them. */
const says_something = (row) => row.old !== row.stages || !["none", "0 %"].includes(row.old);

function noise() {
  const { relative, ms, jobs, share, recovery_s } = tolerance;
  const floors = [
    duration(ms), counted(jobs, "job"), `${percent(share)} of the searches or requests`,
    `${seconds(recovery_s)} of recovery`,
  ];
  return `Figures count as the same if they differ by at most ${percent(relative)}, or by at most
${listed(floors, "or")}.`;
}

export function where_old_does_well(results) {
  const rows = all_comparisons(results);
  const wins = rows.filter((row) => row.better === "old");
  const draws = rows.filter((row) => row.better === "equal");
  const told = draws.filter(says_something);
  const silent = draws.length - told.length;
  const of_all = `of ${counted(rows.length, "comparison")}`;
  const better = wins.length > 0
    ? `Better in ${count(wins.length)} ${of_all}:\n\n${bullets(wins)}`
    : `Better in none ${of_all}.`;
  const equal = told.length > 0
    ? `As well in ${count(told.length)}:\n\n${bullets(told)}`
    : "As well in none.";
  const neither = silent > 0
    ? `\n\nIn ${count(silent)} more neither has anything to show: no loss, or no result.`
    : "";
  return `## Where the old architecture does as well or better

${noise()}

${better}

${equal}${neither}
${results.more_workers ? `\n${many_workers(results)}\n` : ""}
By its design, and not measured here:

- The queue is durable. The web process, a worker or Redis can be started again, and the jobs are
  still there. livesearch ends the searches that run when it is stopped.
- Workers on other machines can pull from the same queue, with little more than names of their own.
  livesearch is one program on one machine.
- A worker is a loop that waits. Everybody can read it at once, and a fault in memory ends one
  worker,
  not all.`;
}

function many_workers(results) {
  const { workers, run } = results.more_workers;
  const { old, stages } = scenario_of(results, "slow");
  const slowdown = ratio(run.trouble.healthy_first_p50_ms, run.calm.healthy_first_p50_ms);
  const rides = slowdown !== null && slowdown <= allowed_slowdown ? "rides" : "does not ride";
  const memories = times(ratio(run.peak_memory_mib, old.peak_memory_mib));
  const of_stages = times(ratio(run.peak_memory_mib, stages.peak_memory_mib));
  return `With ${counted(workers, "worker")} the old architecture ${rides} out the slow site: its
healthy sites' first result then takes ${times(slowdown)} calm, where at most
${decimal(allowed_slowdown)} × counts as unharmed
(${times(slowdown_of(results, scenario_of(results, "slow"), "old"))} with
${count(results.workers)}). That needs ${memories} the memory of
${counted(results.workers, "worker")} and ${of_stages} that of the stages.`;
}

const both = ["old", "stages"];

function rows_of(results) {
  const rows = scenario_ids.flatMap((id) => {
    const scenario = scenario_of(results, id);
    return both.map((system) => ({
      scenario, system, name: `${scenario.letter}. ${name_of(id)}`, words: system,
    }));
  });
  if (!results.more_workers) return rows;
  const { workers, run } = results.more_workers;
  const scenario = { ...scenario_of(results, "slow"), old: run };
  const name = `${scenario.letter}. ${name_of("slow")}`;
  return [...rows, { scenario, system: "old", name, words: `old, ${counted(workers, "worker")}` }];
}

function speed_row(results, { scenario, system, name, words }) {
  const { calm, trouble } = scenario[system];
  const slowdown = scenario.trouble ? times(slowdown_of(results, scenario, system)) : "";
  const two = (one, other) => [one, other].map((key) => (trouble ? duration(trouble[key]) : ""));
  return [name, words, duration(calm.healthy_first_p50_ms), duration(calm.healthy_first_p95_ms),
    ...two("healthy_first_p50_ms", "healthy_first_p95_ms"), slowdown,
    duration(calm.last_p50_ms), ...two("last_p50_ms", "last_p95_ms")];
}

function cost_row({ scenario, system, name, words }) {
  const run = scenario[system];
  const figures = figures_of(run);
  return [name, words, count(run.peak_waiting), duration(run.peak_oldest_ms),
    memory(run.peak_memory_mib), part(figures.lost, stayed(figures)),
    part(figures.partial, stayed(figures)), part(run.stale_fetches, run.fetches),
    scenario.trouble ? recovery(run.recovery_s) : ""];
}

export function all_figures(results) {
  const rows = rows_of(results);
  const align = (heads) => heads.map((_, index) => (index < 2 ? "---" : "---:"));
  const speed = ["scenario", "system", "first p50, calm", "p95", "first p50, trouble", "p95",
    "× calm", "last p50, calm", "last p50, trouble", "p95"];
  const cost = ["scenario", "system", "most jobs waiting", "oldest", "most memory", "lost",
    "answered in part", "requests for nobody", "recovery"];
  return `## All figures

How fast: time from the start of a search to the first result of a healthy site and to the last
answer, for the searches that began before and during the trouble. p50 is what half of the searches
stay below, p95 what 95 of 100 do.

${table(speed, rows.map((row) => speed_row(results, row)), align(speed))}

What it costs:

${table(cost, rows.map(cost_row), align(cost))}

*Lost* is a search whose searcher stayed and saw no result of a healthy site; *answered in part* is
one that lacks a healthy site's results; *for nobody* is a request that began or ran on when its
searcher had left or had everything. Searches are those of the trouble, everything else is of the
whole scenario.`;
}

/** "25 ms (4 times), 50 ms then 500 ms". */
function pauses(all) {
  const different = [...new Set(all)];
  return listed(different.map((ms) => {
    const repeated = all.filter((one) => one === ms).length;
    return duration(ms) + (repeated > 1 ? ` (${count(repeated)} times)` : "");
  }), "then");
}

function settings_rows({ settings, workers }) {
  return [
    ["sites", listed(settings.sites.map((site) => `\`${site}\``))],
    ["requests at once at each site", count(settings.slots)],
    ["time a healthy site takes", duration(settings.delay_ms)],
    ["time limit of a request", duration(settings.limit_ms)],
    ["searches a second, calm", count(settings.calm_rate)],
    ["searches a second, overload", count(settings.overload_rate)],
    ["searches a second the sites can answer", count(settings.capacity)],
    ["a searcher's patience", seconds(settings.patience_s)],
    ["old: workers", count(workers)],
    ["old: attempts for each job", count(settings.attempts)],
    ["old: age at which a job is given up", seconds(settings.expire_s)],
    ["old: pauses between polls", pauses(settings.poll_ms)],
    ["stages: bound of each lane's queue", counted(settings.queue_bound, "job")],
  ];
}

export function how_measured(results) {
  const { machine, settings } = results;
  const redis = machine.redis ? `, Redis ${machine.redis.replace(/^v=/, "")}` : "";
  const tuning = results.tuning.map((one) => [
    count(one.workers) + (one.workers === results.workers ? " (taken)" : ""),
    decimal(one.searches_per_s),
  ]);
  return `## How it was measured

    ${results.command}

On ${results.date}, in ${counted(results.seconds / 60, "minute")}, on ${machine.processor} with
${counted(machine.cores, "core")} and ${decimal(machine.memory_gib)} GiB of memory;
${machine.system},
Linux ${machine.kernel}${redis}.

${table(["setting", "value"], settings_rows(results), ["---", "---"])}

The number of workers was found before the scenarios, by what completes most searches when more come
than can be served:

${table(["workers", "searches a second"], tuning, ["---:", "---:"])}

Searchers come at their rate whether or not the searches before have ended. Each scenario starts
both systems anew, one after the other, before the same sites. Queue, age and memory are noted
twice a second. A job that waits for its retry counts as waiting. Memory is that of all processes
of a system, Redis included, and what some share counts once.

What to keep in mind:

- Everything runs on one machine: sites, searchers and the system under test share
  ${counted(machine.cores, "core")}. Real sites are further away and less regular.
- It is one run. Another one gives other figures; differences that are small for the tolerance above
  are no result.
- Medians are of searches that got something. The lost are counted, not timed, so where many are
  lost the times are better than what people lived through.
- One slow site among ${count(settings.sites.length)} is a mild case for a queue that all sites
  share:
  the more sites, the more often one of them is slow.`;
}
