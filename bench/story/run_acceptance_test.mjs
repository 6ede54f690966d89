// Plays one scenario quickly and checks that what the document is made from is there and fits.
//
//     node run_acceptance_test.mjs PROGRAMS WORK_FOLDER
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const [programs, work] = process.argv.slice(2);
const out = join(work, "results.json");
const runner = join(dirname(fileURLToPath(import.meta.url)), "run.mjs");
mkdirSync(work, { recursive: true });
execFileSync(
  process.execPath,
  [runner, "--programs", programs, "--work", work, "--out", out, "--quick", "--only", "slow"],
  { stdio: "inherit" },
);
const { scenarios, tuning, workers, settings, conversation } = JSON.parse(readFileSync(out));

assert.ok(tuning.some((each) => each.workers === workers && each.searches_per_s > 0));
assert.equal(scenarios.length, 1);
const [{ old, stages, trouble }] = scenarios;
for (const run of [old, stages]) {
  assert.ok(run.samples.length >= trouble.to_s, "the state was noted twice a second");
  assert.ok(run.calm.searches > 0 && run.trouble.searches > 0 && run.after.searches > 0);
  assert.ok(run.fetches >= run.calm.searches * settings.sites.length);
  assert.equal(run.calm.lost, 0);
}
assert.equal(stages.trouble.lost, 0, "a slow site costs the healthy ones nothing");
assert.ok(stages.peak_waiting <= settings.queue_bound * settings.sites.length);

const slow = conversation.lanes.find((each) => each.site === settings.slow_site);
for (const lane of conversation.lanes.filter((each) => each !== slow)) {
  assert.ok(lane.asks > slow.asks, `${lane.site} asks more than the slow lane`);
}
