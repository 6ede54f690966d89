// Looks at examples/inspected, which runs at the address given, as a person would.
//
//   node inspected.mjs --url http://127.0.0.1:8042 --artefacts DIR

import { expect_accessible } from "./accessible.mjs";
import { checks, expect_equal, expect_true } from "./checks.mjs";
import { until } from "./chromium.mjs";
import { patience_ms, visit } from "./visit.mjs";

const report = new checks();
const { values, browser, page, context, seen, shot } = await visit();

await report.that("all stages are drawn, and the tree has them", async () => {
  await page.goto(values.url);
  for (const name of ["orders", "priced/0", "priced/2", "billed", "archived", "producer"]) {
    await page.waitForSelector(`[data-stage='${name}']`);
  }
  const rows = await page.$$eval("[role=treeitem]", (all) => all.map((row) => row.textContent));
  expect_true(
    rows.some((row) => row.includes("shop")),
    `the tree has ${rows}`,
  );
});

await report.that("the stage for which the others wait is named first", async () => {
  await page.waitForSelector("[data-finding=archived]");
  const words = await page.textContent("[data-finding=archived]");
  const stage = await page.getAttribute("[data-stage=archived]", "aria-label");
  expect_true(stage.includes("others wait for it"), stage);
  await until(async () => (await page.title()).includes("archived"), "the title does not name it");
  await shot("found_light");
  return words.replaceAll(/\s+/g, " ").slice(0, 120);
});

await report.that("lines show who waits for whom, in words too", async () => {
  const waiting = () =>
    page.$$eval("[data-edge]", (all) =>
      Object.fromEntries(all.map((edge) => [edge.dataset.edge, edge.textContent.trim()])),
    );
  await until(
    async () => Object.values(await waiting()).some((text) => text.includes("no ask")),
    "no line says that nobody asks",
    patience_ms,
  );
});

await report.that("a stage is chosen with the keyboard", async () => {
  await page.focus("[data-stage=producer]");
  await page.keyboard.press("Enter");
  await page.waitForSelector("[data-testid=chosen] >> text=producer");
});

await report.that(
  "the conversation is told in the words of the slides, as it happens",
  async () => {
    await page.click("[data-subscription]");
    const said = async () =>
      page.$$eval("[data-testid=conversation] .said", (all) =>
        all.map((line) => line.textContent.replaceAll(/\s+/g, " ").trim()),
      );
    const sentences = [
      /^Consumer ?.I can process 100 more/,
      /^Producer ?.For now, take all the \d+ events I have/,
      /^Producer ?.Here are the other \d+ events/,
    ];
    await until(
      async () => {
        const lines = await said();
        return sentences.every((sentence) => lines.some((line) => sentence.test(line)));
      },
      "the sentences were not said",
      patience_ms,
    );
    const before = (await said()).length;
    await until(
      async () => (await said()).length > before || before >= 60,
      "nothing more was said",
      patience_ms,
    );
    await shot("conversation_light");
  },
);

for (const theme of ["light", "dark"]) {
  await report.that(`no serious accessibility violation, ${theme}`, async () => {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    await shot(`conversation_${theme}`);
    return expect_accessible(page);
  });
}

await report.that(
  "time stands still when it is paused, and one steps from record to record",
  async () => {
    await page.click("text=Pause");
    const told = () => page.textContent("[data-testid=stepped]");
    await page.click("text=Record before");
    await until(async () => /asks|sends/.test(await told()), "the record is not told");
    const last = await told();
    await page.click("text=Record before");
    await until(async () => (await told()) !== last, "a step changes nothing");
    await page.click("text=Live");
    await page.waitForSelector(".connection.live:not(.paused)");
  },
);

await report.that("no request went to another host, and the console is clean", () => {
  expect_equal(seen.foreign_requests, [], "requests to other hosts");
  expect_equal([...seen.page_errors, ...seen.console_errors], [], "errors");
});

await context.close();
await browser.close();
process.exitCode = report.close() ? 0 : 1;
