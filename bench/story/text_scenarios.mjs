// The troubles, one by one: first with the old architecture alone, then with both.

import {
  calm_of, comparisons, complete_rate, figures_of, scenario_ids, scenario_of, stayed,
} from "./comparisons.mjs";
import {
  better_words, change, count, decimal, duration, out_of, seconds,
} from "./figures.mjs";
import { table } from "./markdown.mjs";
import { name_of, trouble_label } from "./scenario_names.mjs";

const sentence = (...parts) => parts.filter(Boolean).join(" ");

function first_result(results, scenario) {
  const before = calm_of(results, scenario, "old").healthy_first_p50_ms;
  const now = figures_of(scenario.old).healthy_first_p50_ms;
  const whose = ["slow", "hang"].includes(scenario.id) ? " of a healthy site" : "";
  return `The first result${whose} ${change(before, now)} (median).`;
}

function waiting(run) {
  return `At the worst ${count(run.peak_waiting)} jobs wait, and the one whose turn is next has ` +
    `waited for ${duration(run.peak_oldest_ms)}.`;
}

function lost(figures) {
  if (figures.lost === 0) return "No search is lost.";
  return `${out_of(figures.lost, stayed(figures), "searches")} are lost.`;
}

function partly(figures) {
  if (figures.partial === 0) return "All the others are complete.";
  const share = out_of(figures.partial, stayed(figures), "searches");
  return `${share} lack a healthy site's results.`;
}

function stale(run) {
  if (run.stale_fetches === 0) return "No request is made for nobody.";
  return `${out_of(run.stale_fetches, run.fetches, "requests at the sites")} are made for nobody.`;
}

function recovered(run) {
  if (run.recovery_s === null) {
    return "When the scenario ends, searches are still not as fast as before.";
  }
  if (run.recovery_s === 0) return "After the trouble searches are at once as fast as before.";
  const span = seconds(run.recovery_s);
  return `After the trouble it takes ${span} until searches are as fast as before.`;
}

/** How each trouble is made. */
function happens(results, scenario) {
  const { settings } = results;
  const trouble = scenario.trouble;
  const span = trouble ? `For ${seconds(trouble.to_s - trouble.from_s)}` : "All the time";
  const slow = settings.slow_delay_ms
    ? `answers after ${duration(settings.slow_delay_ms)} instead of ${duration(settings.delay_ms)}`
    : "takes longer than anybody waits for it";
  return {
    slow: `${span} \`${settings.slow_site}\` ${slow}. The other sites are as healthy as before.`,
    hang: `${span} \`${settings.slow_site}\` takes requests and never answers.`,
    overload: `${span} ${count(settings.overload_rate)} searches come each second; the sites can ` +
      `answer ${count(settings.capacity)}.`,
    kill: `${span} ${trouble_label(results, "kill")}, with whatever it has in its hands.`,
    leave: `${span} searchers type on or close the page before the answers are there.`,
  }[scenario.id];
}

function told(results, scenario) {
  const run = scenario.old;
  const figures = figures_of(run);
  const first = first_result(results, scenario);
  return {
    slow: () => sentence(first, waiting(run), lost(figures), recovered(run)),
    hang: () => sentence(first, waiting(run), lost(figures), recovered(run)),
    overload: () => sentence(first, waiting(run), lost(figures),
      `Completely answered are ${decimal(complete_rate(scenario, "old"))} searches a second.`,
      recovered(run)),
    kill: () => sentence(first, lost(figures), partly(figures), recovered(run)),
    leave: () => sentence(stale(run), first, waiting(run)),
  }[scenario.id]();
}

const old_charts = {
  slow: ["first", "queue"], hang: ["first"], overload: ["queue"], kill: ["first"], leave: ["queue"],
};

/** The chapter on the old architecture's year: figures and charts of it alone. */
export function issues(results, chart_of) {
  const chapters = Object.entries(old_charts).map(([id, subjects]) => {
    const scenario = scenario_of(results, id);
    const charts = subjects.map((subject) => chart_of(id, subject)).join("\n\n");
    return `### ${scenario.letter}. ${name_of(id)}\n\n${happens(results, scenario)} ` +
      `${told(results, scenario)}\n\n${charts}`;
  });
  return `## A year later: issues, issues

The application is in use, and the weather is not always calm. What follows was measured with the
old architecture alone.

${chapters.join("\n\n")}`;
}

/** Why the stages do what they do; how well is for the figures to say. */
const why = {
  calm: "A page that polls learns of a result at its next poll; a stream has it at once.",
  slow: "The slow site's jobs wait in the slow site's lane. No fetcher of another lane has ever " +
    "heard of them.",
  hang: "The same. A lane whose fetchers have not asked for long answers `busy` to the jobs that " +
    "wait.",
  overload: "A lane that is behind for long takes the newest job first, because its searcher is " +
    "still there, and answers the others `busy` while they still are. A queue that nobody bounds " +
    "serves first who has waited longest, and he may have left.",
  kill: "A fetcher that dies is started again by its supervisor. The job in its hands is " +
    "answered as skipped, where a durable queue hands it to another worker.",
  leave: "A searcher who leaves takes his jobs along, also those that are being fetched.",
};

const compared_charts = {
  calm: ["first"], slow: ["first", "queue"], hang: ["first", "queue"],
  overload: ["first", "queue", "memory"], kill: ["first", "queue"],
  leave: ["stale", "first", "queue"],
};

export function compared_heading(scenario) {
  return `${scenario.letter}. ${name_of(scenario.id)}, both measured`;
}

/** Figures and charts of both, scenario by scenario. */
export function compared_scenarios(results, chart_of) {
  return scenario_ids.map((id) => {
    const rows = comparisons(results, id).map((row) => [
      row.subject, row.old, row.stages, better_words[row.better],
    ]);
    const alignment = ["---", "---:", "---:", "---"];
    const figures = table(["", "old", "stages", "better"], rows, alignment);
    const charts = compared_charts[id].map((subject) => chart_of(id, subject)).join("\n\n");
    const heading = compared_heading(scenario_of(results, id));
    return `### ${heading}\n\n${why[id]}\n\n${figures}\n\n${charts}`;
  }).join("\n\n");
}
