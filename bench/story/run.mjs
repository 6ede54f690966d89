// Runs the story's scenarios on both systems and writes results.json.
import { execFileSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import {
  calm_rate,
  capacity,
  overload_rate,
  scenarios,
  settings,
  shortened,
} from "./scenarios.mjs";
import { let_searchers_come, searches_per_second } from "./searchers.mjs";
import { summarise } from "./summary.mjs";
import { start_old, start_sites, start_stages } from "./systems.mjs";

const usage = "usage: node run.mjs --programs BUILD_FOLDER --work FOLDER --out FILE [--quick]";

const say = (text) => process.stderr.write(`${text}\n`);
const sleep = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/// Notes the system's state twice a second until it is told to stop.
function watch(system, since) {
  const samples = [];
  let is_over = false;
  const done = (async () => {
    while (!is_over) {
      const t = (performance.now() - since) / 1000;
      const [state, memory] = await Promise.all([system.state(), system.memory()]);
      samples.push({
        t: Number(t.toFixed(2)),
        waiting: state.waiting + state.retrying,
        oldest_ms: state.oldest_ms,
        memory_mib: Number(memory.toFixed(1)),
      });
      await sleep(0.5);
    }
  })();
  return async () => {
    is_over = true;
    await done;
    return samples;
  };
}

/// What routers and fetchers said within one second.
async function overhear(system, sleep_until, from) {
  await sleep_until(from);
  const { last } = await system.conversation(0);
  await sleep_until(from + 1);
  const { records } = await system.conversation(last);
  const lanes = settings.sites.map((site) => {
    const said = records.filter((each) => each.site === site);
    const fetchers = [...new Set(said.map((each) => each.subscription))].sort((a, b) => a - b);
    const count = (kind) =>
      said.filter((each) => each.says === kind).reduce((sum, each) => sum + each.count, 0);
    const lines = said.slice(0, 12).map((each) => ({
      who:
        each.says === "ask"
          ? `${site}/fetcher/${fetchers.indexOf(each.subscription)}`
          : `${site}/router`,
      says: each.says,
      count: each.count,
    }));
    return { site, asks: count("ask"), deliveries: count("delivery"), lines };
  });
  return { from_s: from, to_s: from + 1, lanes };
}

class Runner {
  constructor(programs, folder, is_quick) {
    Object.assign(this, { programs, folder, is_quick, workers: 0, conversation: null });
  }

  async with_system(kind, workers, use) {
    const sites = await start_sites(this.programs, this.folder, settings);
    try {
      const system =
        kind === "old"
          ? await start_old(this.programs, this.folder, sites.definitions, { ...settings, workers })
          : await start_stages(this.programs, this.folder, sites.definitions);
      try {
        return await use(system, sites);
      } finally {
        await system.stop();
      }
    } finally {
      await sites.stop();
    }
  }

  /// The smallest number of workers with which the old architecture completes as many searches as
  /// with any other number, within 10 %.
  async tune() {
    const tried = [];
    for (const workers of this.is_quick ? [8, 16] : [4, 8, 16, 24, 32, 64]) {
      const rate = await this.with_system("old", workers, (system) =>
        searches_per_second(system, settings, 2 * capacity, this.is_quick ? 2 : 5),
      );
      tried.push({ workers, searches_per_s: Number(rate.toFixed(1)) });
      say(`  tuning: ${workers} workers complete ${rate.toFixed(1)} searches a second`);
    }
    const best = Math.max(...tried.map((each) => each.searches_per_s));
    this.workers = tried.find((each) => each.searches_per_s >= 0.9 * best).workers;
    return tried;
  }

  play(scenario, kind, workers = this.workers) {
    return this.with_system(kind, workers, async (system, sites) => {
      await searches_per_second(system, settings, 4, 1); // Connections are open, code is warm.
      await sites.take_visits();
      const since = performance.now();
      const sleep_until = (s) => sleep(Math.max(0, s - (performance.now() - since) / 1000));
      const stop_watch = watch(system, since);
      const troubled = this.make_trouble(scenario, { system, sites }, sleep_until);
      const { trouble } = scenario;
      const is_trouble = (t) => trouble && t >= trouble.from_s && t < trouble.to_s;
      if (scenario.id === "slow" && kind === "stages") {
        overhear(system, sleep_until, Math.floor((trouble.from_s + trouble.to_s) / 2)).then(
          (heard) => (this.conversation = heard),
        );
      }
      let arrivals = 0;
      const searches = await let_searchers_come(system, settings, {
        seconds: scenario.seconds,
        seed: 20,
        rate_at: (t) => {
          arrivals = t;
          return is_trouble(t) ? (scenario.trouble_rate ?? calm_rate) : calm_rate;
        },
        leave_after:
          scenario.leave_after &&
          ((random) => (is_trouble(arrivals) ? scenario.leave_after(random) : null)),
      });
      await troubled;
      const samples = await stop_watch();
      await sleep(0.5); // The last requests reach their ends.
      const visits = await sites.take_visits();
      const healthy = settings.sites.filter(
        (id) => scenario.spares !== "slow site" || id !== settings.slow_site,
      );
      return summarise({
        searches,
        samples,
        visits,
        seconds: scenario.seconds,
        trouble: trouble ?? null,
        sites: settings.sites,
        healthy,
      });
    });
  }

  async make_trouble(scenario, where, sleep_until) {
    const { trouble } = scenario;
    if (!trouble) return;
    await sleep_until(trouble.from_s);
    await scenario.begin?.(where);
    for (let t = trouble.from_s; scenario.each_second && t < trouble.to_s; ++t) {
      await scenario.each_second(where);
      await sleep_until(t + 1);
    }
    await sleep_until(trouble.to_s);
    await scenario.end?.(where);
  }
}

async function machine() {
  const system = await readFile("/etc/os-release", "utf8").catch(() => "");
  return {
    processor: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memory_gib: Number((totalmem() / 2 ** 30).toFixed(1)),
    system: /^PRETTY_NAME="(.*)"$/m.exec(system)?.[1] ?? "unknown",
    kernel: release(),
    redis: execFileSync("redis-server", ["--version"], { encoding: "utf8" }).split(" ")[2],
  };
}

function report(id, kind, run) {
  const { trouble, calm } = run;
  const first = (figures) => figures?.healthy_first_p50_ms ?? "-";
  say(
    `  ${id} ${kind}: first ${first(calm)} ms calm, ${first(trouble)} ms in trouble; ` +
      `queue ${run.peak_waiting}, lost ${trouble?.lost ?? calm.lost}, stale ` +
      `${run.stale_fetches} of ${run.fetches}, recovery ${run.recovery_s ?? "-"} s`,
  );
}

async function main() {
  const { values } = parseArgs({
    options: {
      programs: { type: "string" },
      work: { type: "string" },
      out: { type: "string" },
      quick: { type: "boolean", default: false },
      only: { type: "string" },
    },
  });
  if (!values.programs || !values.work || !values.out) throw new Error(usage);
  const programs = {
    sites: join(values.programs, "story/story_sites"),
    stages: join(values.programs, "story/story_stages"),
    old: join(values.programs, "old_architecture/old_architecture"),
  };
  await mkdir(values.work, { recursive: true });
  const begun = performance.now();
  const runner = new Runner(programs, values.work, values.quick);
  const tuning = await runner.tune();
  const chosen = scenarios
    .filter((each) => !values.only || each.id === values.only)
    .map((each) => (values.quick ? shortened(each) : each));
  const played = [];
  for (const scenario of chosen) {
    const runs = {};
    for (const kind of ["old", "stages"]) {
      runs[kind] = await runner.play(scenario, kind);
      report(scenario.id, kind, runs[kind]);
    }
    played.push({
      id: scenario.id,
      letter: scenario.letter,
      trouble: scenario.trouble ?? null,
      ...runs,
    });
  }
  const slow = chosen.find((each) => each.id === "slow");
  const many = settings.many_workers;
  const more = slow && { workers: many, run: await runner.play(slow, "old", many) };
  if (more) report(`slow, ${many} workers`, "old", more.run);
  const results = {
    command: "bench/story.sh",
    date: new Date().toISOString().slice(0, 10),
    seconds: Math.round((performance.now() - begun) / 1000),
    machine: await machine(),
    settings: {
      ...settings,
      calm_rate,
      overload_rate,
      capacity,
    },
    tuning,
    workers: runner.workers,
    scenarios: played,
    more_workers: more ?? null,
    conversation: runner.conversation,
  };
  await writeFile(values.out, `${JSON.stringify(results)}\n`);
  say(`  ${values.out}: written after ${results.seconds} s`);
}

main().catch((error) => {
  say(`run.mjs: ${error.message}`);
  process.exitCode = 1;
});
