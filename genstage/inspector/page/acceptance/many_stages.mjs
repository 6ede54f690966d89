// Looks at the ten thousand stages of examples/inspected/many_stages, which runs at the address
// given, and says what looking costs: the program, the wire, the page.
//
//   node many_stages.mjs --url http://127.0.0.1:8042 --artefacts DIR

import { checks, expect_equal, expect_true } from "./checks.mjs";
import { until } from "./chromium.mjs";
import { patience_ms, visit } from "./visit.mjs";

const samples = 5;

const report = new checks();
const { values, browser, page, context, seen, shot } = await visit({}, { reducedMotion: "reduce" });

function middle(all) {
  return all.toSorted((one, other) => one - other)[Math.floor(all.length / 2)];
}

/** From a press until what it asked for is drawn, as the page's own clock has it. */
async function press_until(selector, appears) {
  return page.evaluate(
    ([pressed, awaited]) =>
      new Promise((done) => {
        const begun = performance.now();
        const look = () => {
          if (document.querySelector(awaited)) done(performance.now() - begun);
          else requestAnimationFrame(look);
        };
        document
          .querySelector(pressed)
          .dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
        look();
      }),
    [selector, appears],
  );
}

await page.addInitScript(() => {
  window.long_tasks = [];
  new PerformanceObserver((list) => {
    for (const each of list.getEntries()) window.long_tasks.push(each.duration);
  }).observe({ type: "longtask", buffered: true });
});

await report.that("the program tells of ten thousand stages", async () => {
  const took = [];
  let told = null;
  let size = 0;
  for (let each = 0; each < samples; each += 1) {
    const answer = await fetch(`${values.url}/api/snapshot`);
    const text = await answer.text();
    size = text.length;
    told = JSON.parse(text);
    took.push(told.took_us / 1000);
  }
  expect_true(told.processes.length > 12_000, `${told.processes.length} processes`);
  return (
    `a snapshot takes ${middle(took).toFixed(1)} ms, the middle of ${samples}; ` +
    `${told.processes.length} processes, ${(size / 1e6).toFixed(1)} MB of JSON`
  );
});

await report.that("they are drawn as five, and all of them are there", async () => {
  await page.goto(values.url);
  await until(
    async () => (await page.textContent("header .facts").catch(() => "")).includes("10,000 stages"),
    "the page does not count ten thousand stages",
    patience_ms,
  );
  await page.waitForSelector("[data-stage=drained]");
  expect_equal(await page.locator("[data-stage]").count(), 5, "nodes");
  await shot("many_stages");
});

await report.that("an opened group of two thousand is drawn as some and the others", async () => {
  await press_until("[data-stage=spring]", "[data-stage='spring/0']");
  const count = await page.locator("[data-stage]").count();
  expect_true(count <= 60, `${count} nodes are drawn`);
  await press_until("[data-stage=spring]", "[data-stage=drained]");
  return `${count} nodes`;
});

await report.that("a press is answered while looks arrive", async () => {
  await page.locator("[role=treeitem] >> text=town").click();
  await page.keyboard.press("ArrowRight");
  await page.waitForSelector("[role=treeitem] >> text=pipeline/20");
  await page.evaluate(() => (window.long_tasks = []));
  const answers = [];
  for (let each = 1; each <= 8; each += 1) {
    const row = `[role=treeitem]:nth-of-type(${each + 4})`;
    answers.push(await press_until(row, `${row}[aria-selected=true]`));
    await page.waitForTimeout(500);
  }
  const long = await page.evaluate(() => window.long_tasks);
  const worst = Math.max(0, ...long);
  const slowest = Math.max(...answers);
  return (
    `answered in ${middle(answers).toFixed(0)} ms, at worst ${slowest.toFixed(0)} ms; ` +
    `${long.length} tasks over 50 ms in 4 s, at worst ${worst.toFixed(0)} ms`
  );
});

await report.that("one pipeline is drawn alone", async () => {
  const row = page.locator("[role=treeitem] >> text=pipeline/7").first();
  await row.click();
  await page.click("text=Draw only what is under it");
  await page.waitForSelector("[data-stage='drained/7']");
  expect_equal(await page.locator("[data-stage]").count(), 5, "nodes");
});

await report.that("nothing was thrown", () => {
  expect_equal([...seen.page_errors, ...seen.console_errors], [], "errors");
});

await context.close();
await browser.close();
process.exitCode = report.close() ? 0 : 1;
