// The charts, drawn by Observable Plot on a light DOM; what they say, they also say in words.

import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { figures_of, queue_bound, scenario_of } from "./comparisons.mjs";
import { capital, count, duration, memory, part, system_names } from "./figures.mjs";
import { name_of, trouble_label } from "./scenario_names.mjs";

const width = 640;
const height = 264;
const margins = { marginTop: 46, marginLeft: 52, marginRight: 62, marginBottom: 38 };

const both_systems = ["old", "stages"];
const colour = { old: "var(--old)", stages: "var(--stages)" };

/** Orange and blue are told apart by all who see colours at all; a viewer's theme picks shades. */
const style = `
:root{color-scheme:light dark;--ink:#24292f;--quiet:#59636e;--line:#d5dae0;--shade:#7d8aa024;
--old:#bc4c00;--stages:#0a5fb4}
@media (prefers-color-scheme: dark){
:root{--ink:#e6edf3;--quiet:#9aa5b1;--line:#3a424c;--shade:#9fb0cc24;--old:#ffa05c;
--stages:#6db3ff}}
text{font-family:system-ui,-apple-system,"Segoe UI",sans-serif}
`;

/** What is drawn over time: its unit, its values, and how they are written. */
const subjects = {
  first: {
    label: (scale) =>
      `Time to the first result of a healthy site, ms (median of each second${scale})`,
    title: "Time to the first result of a healthy site",
    points: (run) => run.seconds.map((second) => [second.t, second.healthy_p50_ms]),
    missing: (run) =>
      run.seconds.filter((one) => one.started > 0 && one.healthy_p50_ms === null).map((s) => s.t),
    least_top: 100,
    may_be_logarithmic: true,
    said: (run) => {
      const median = figures_of(run).healthy_first_p50_ms;
      return median === null ? "nobody got one" : `${duration(median)} for half of the searches`;
    },
  },
  queue: {
    label: () => "Jobs waiting",
    title: "Jobs waiting in the queues",
    points: (run) => run.samples.map((sample) => [sample.t, sample.waiting]),
    least_top: 20,
    said: (run) => `${count(run.peak_waiting)} jobs at most`,
  },
  memory: {
    label: () => "Memory, MiB",
    title: "Memory",
    points: (run) => run.samples.map((sample) => [sample.t, sample.memory_mib]),
    least_top: 50,
    said: (run) => `${memory(run.peak_memory_mib)} at most`,
  },
};

/** A chart of one scenario, with both systems or `only` one of them in the picture. */
export function chart_entry(id, subject, only) {
  const systems = only ? [only] : both_systems;
  return { id, subject, systems, file: `${[id, subject, only].filter(Boolean).join("_")}.svg` };
}

function round_up(value) {
  const step = 10 ** Math.floor(Math.log10(value));
  return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((one) => one * step).find((one) => one >= value);
}

/** Both systems' values decide, so that a chart of one can be laid beside a chart of both. */
function value_scale(scenario, subject) {
  const values = both_systems
    .flatMap((system) => subject.points(scenario[system]))
    .map(([, value]) => value)
    .filter((value) => value > 0);
  const top = Math.max(subject.least_top, ...values);
  const bottom = Math.min(...values, top);
  if (!subject.may_be_logarithmic || top < 10 * bottom) {
    return { type: "linear", domain: [0, round_up(top * 1.12)], ticks: 5 };
  }
  const domain = [10 ** Math.floor(Math.log10(bottom)), top * 2];
  const ticks = [1, 2, 5]
    .flatMap((one) => [1, 10, 100, 1e3, 1e4, 1e5].map((power) => one * power))
    .filter((tick) => tick >= domain[0] && tick <= domain[1]);
  const is_tall = domain[1] / domain[0] > 300;
  const kept = is_tall ? ticks.filter((tick) => Number.isInteger(Math.log10(tick))) : ticks;
  return { type: "log", domain, ticks: kept };
}

function length_of(scenario) {
  const last = (run) => Math.max(0, ...run.samples.map((one) => one.t),
    ...run.seconds.map((one) => one.t));
  return Math.max(...both_systems.map((system) => last(scenario[system])));
}

function shade(results, scenario, scale) {
  if (!scenario.trouble) return [];
  const { from_s, to_s } = scenario.trouble;
  const [bottom, top] = scale.domain;
  const span = [{ x1: from_s, x2: to_s, y1: bottom, y2: top }];
  return [
    Plot.rect(span, { x1: "x1", x2: "x2", y1: "y1", y2: "y2", fill: "var(--shade)" }),
    Plot.text(span, {
      x: (one) => (one.x1 + one.x2) / 2, y: top, text: () => trouble_label(results, scenario.id),
      textAnchor: "middle", lineAnchor: "bottom", dy: -5, fill: "var(--ink)",
    }),
  ];
}

/** A bound is drawn only where somebody comes near it; elsewhere it would flatten the chart. */
function bound(results, subject, systems, scale) {
  const value = queue_bound(results);
  const is_near = systems.includes("stages") && value <= scale.domain[1];
  if (subject !== subjects.queue || !is_near) return [];
  return [
    Plot.ruleY([value], { stroke: "var(--stages)", strokeDasharray: "2,4" }),
    Plot.text([value], {
      y: (one) => one, text: (one) => `bound ${count(one)}`, fill: "var(--stages)",
      frameAnchor: "left", textAnchor: "start", dx: 6, dy: -8,
    }),
  ];
}

function lines(scenario, subject, systems) {
  return systems.map((system) => {
    const points = subject.points(scenario[system]).map(([t, value]) => ({ t, value }));
    return Plot.line(points, {
      x: "t", y: (point) => point.value ?? NaN, stroke: colour[system], strokeWidth: 2,
    });
  });
}

/** A second in which nobody got anything has no median; a cross says so instead of a gap. */
function crosses(scenario, subject, systems) {
  const marks = systems.flatMap((system, row) => {
    const missing = subject.missing?.(scenario[system]) ?? [];
    return missing.length === 0 ? [] : [Plot.dot(missing, {
      x: (t) => t, frameAnchor: "top", dy: 8 + 9 * row, symbol: "times", r: 2.6,
      stroke: colour[system],
    })];
  });
  if (marks.length === 0) return marks;
  return [...marks, Plot.text(["× nobody got one in that second"], {
    frameAnchor: "bottom-left", dx: 6, dy: -6, textAnchor: "start", fill: "var(--quiet)",
  })];
}

/** The name stands where a line ends; names of lines that end together are moved apart. */
function names(scenario, subject, systems, y) {
  const places = systems.map((system) => {
    const drawn = subject.points(scenario[system]).filter(([, value]) => value !== null);
    return { system, pixel: drawn.length > 0 ? y.apply(drawn.at(-1)[1]) : 0 };
  });
  places.sort((one, other) => one.pixel - other.pixel);
  const gap = places.length === 2 ? places[1].pixel - places[0].pixel : Infinity;
  const push = gap < 16 ? (16 - gap) / 2 : 0;
  // Nothing moves below the axis, where the names of its ticks are.
  const lowest = height - margins.marginBottom - 5;
  const sink = Math.max(0, places.at(-1).pixel + push - lowest);
  return places.map(({ system, pixel }, index) => Plot.text([system], {
    frameAnchor: "top-right", textAnchor: "start", lineAnchor: "middle", dx: 7,
    dy: pixel - margins.marginTop + (index === 0 ? -push : push) - sink,
    fill: colour[system], fontWeight: 600, fontSize: 13,
  }));
}

function over_time(results, { id, subject: subject_id, systems }) {
  const scenario = scenario_of(results, id);
  const subject = subjects[subject_id];
  const scale = value_scale(scenario, subject);
  const is_logarithmic = scale.type === "log";
  const options = {
    width, height, ...margins,
    x: { label: "seconds since the scenario began", domain: [0, length_of(scenario)], ticks: 8 },
    y: { type: scale.type, domain: scale.domain },
  };
  const marks = [
    Plot.gridY({ ticks: scale.ticks, stroke: "var(--line)", strokeOpacity: 1 }),
    ...shade(results, scenario, scale),
    axis("y", subject.label(is_logarithmic ? "; logarithmic" : ""), scale.ticks),
    axis("x", options.x.label, options.x.ticks),
    ...bound(results, subject, systems, scale),
    ...lines(scenario, subject, systems),
    ...crosses(scenario, subject, systems),
  ];
  const y = draw({ ...options, marks }).scale("y");
  return draw({ ...options, marks: [...marks, ...names(scenario, subject, systems, y)] });
}

function axis(side, label, ticks) {
  const shared = { color: "var(--quiet)", fontSize: 12, tickSize: 0 };
  if (side === "x") {
    return Plot.axisX({ ...shared, label, labelArrow: false, labelAnchor: "center", ticks });
  }
  return Plot.axisY({
    ...shared, ticks, label, labelArrow: false, labelAnchor: "top", tickFormat: count,
  });
}

/** Bars: all requests that a system made at the sites, and those that nobody waited for. */
function stale_bars(results, { id, systems }) {
  const scenario = scenario_of(results, id);
  const rows = systems.map((system) => ({ system, ...scenario[system] }));
  return draw({
    width, height: 130, marginTop: 8, marginLeft: 62, marginRight: 24, marginBottom: 40,
    x: { domain: [0, Math.max(...rows.map((row) => row.fetches)) * 1.02] },
    y: { domain: systems, padding: 0.25 },
    marks: [
      axis("x", "requests at the sites (strong colour: made for nobody)", 6),
      Plot.axisY({ tickSize: 0, label: null, fontSize: 13, fontWeight: 600,
        fill: (system) => colour[system] }),
      Plot.barX(rows, { x: "fetches", y: "system", fill: (row) => colour[row.system],
        fillOpacity: 0.22 }),
      Plot.barX(rows, { x: "stale_fetches", y: "system", fill: (row) => colour[row.system] }),
      Plot.text(rows, {
        x: "fetches", y: "system", textAnchor: "end", dx: -8, fill: "var(--ink)", fontSize: 13,
        text: (row) => `for nobody: ${part(row.stale_fetches, row.fetches)}`,
      }),
    ],
  });
}

function draw(options) {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  return Plot.plot({ document, className: "story", style: { fontSize: "12px" }, ...options });
}

/** What the chart says, for those who hear it. */
export function description_of(results, { id, subject, systems }) {
  const scenario = scenario_of(results, id);
  const title = subject === "stale" ? "Requests made for nobody" : subjects[subject].title;
  const said = subject === "stale"
    ? (run) => part(run.stale_fetches, run.fetches)
    : subjects[subject].said;
  const words = systems.map((system) => `${system_names[system]}: ${said(scenario[system])}`);
  return {
    title: `${title}. Scenario ${scenario.letter}: ${name_of(id)}`,
    description: capital(`${words.join("; ")}.`),
  };
}

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/** One chart as a file that stands alone: named, described, with its own colours. */
export function chart(results, entry) {
  const svg = entry.subject === "stale" ? stale_bars(results, entry) : over_time(results, entry);
  for (const part_of_plot of svg.querySelectorAll("style")) part_of_plot.remove();
  for (const empty of svg.querySelectorAll("text:empty")) empty.remove();
  const { title, description } = description_of(results, entry);
  const words = `<title id="title">${escaped(title)}</title>` +
    `<desc id="description">${escaped(description)}</desc><style>${style}</style>`;
  return svg.outerHTML
    .replace(/-?\d+\.\d{2,}/g, (number) => String(Math.round(Number(number) * 10) / 10))
    .replace(/^<svg /, '<svg xmlns="http://www.w3.org/2000/svg" role="img" ' +
      'aria-labelledby="title description" ')
    .replace(/^(<svg [^>]*>)/, (start) => start + words) + "\n";
}
