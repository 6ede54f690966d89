// Looks at a trace file, which gs-inspect shows at the address given, as a person would, and opens
// it once more from the page.
//
//   node recording.mjs --url http://127.0.0.1:8043 --file run.gstrace --artefacts DIR

import path from "node:path";
import { expect_accessible } from "./accessible.mjs";
import { checks, expect_equal, expect_true } from "./checks.mjs";
import { until } from "./chromium.mjs";
import { visit } from "./visit.mjs";

const report = new checks();
const { values, browser, page, context, seen, shot } = await visit(
  { file: { type: "string" } },
  { reducedMotion: "reduce" },
);
const moment = () => page.textContent("[data-testid=moment]");
const told = () => page.textContent("[data-testid=stepped]");

await report.that("it says that it is a recording, and how much of the run it has", async () => {
  await page.goto(values.url);
  const words = await page.textContent("[data-testid=recording]");
  expect_true(words.includes(path.basename(values.file)), words);
  expect_true(/all since the program began|are missing/.test(words), words);
  expect_equal((await page.textContent("[data-testid=connection]")).trim(), "recording", "state");
  return words.replaceAll(/\s+/g, " ").trim();
});

await report.that("who failed is named", async () => {
  await page.waitForSelector("[data-finding=account]");
  await shot("recording_light");
});

await report.that("stages and the tree are there from the file alone", async () => {
  for (const name of ["payer", "spender"]) await page.waitForSelector(`[data-stage='${name}']`);
  expect_true((await page.locator("[role=treeitem]").count()) >= 3, "the tree is empty");
});

await report.that("one steps through it record by record, back and forth", async () => {
  await page.click("text=Record before");
  await until(async () => (await told()) !== "", "no record is told");
  const last = await told();
  await page.click("text=Record before");
  await until(async () => (await told()) !== last, "a step changes nothing");
  await page.click("text=Next record");
  await until(async () => (await told()) === last, "a step forth is not the one back");
});

await report.that("and goes back to where nobody had failed yet", async () => {
  const end = await moment();
  await page.focus("input[type=range]");
  await page.keyboard.press("Home");
  await until(async () => (await moment()) !== end, "the time line stands still");
  await page.waitForSelector(".well");
});

await report.that("a conversation is told from the file", async () => {
  const line = page.locator("input[type=range]");
  await line.fill(String(1e6 * Math.floor(Number(await line.getAttribute("max")) / 2e6)));
  await page.focus("[data-stage=payer]");
  await page.keyboard.press("Enter");
  await page.click("[data-subscription]");
  await page.waitForSelector("[data-testid=conversation] .said");
  const lines = await page.$$eval("[data-testid=conversation] .said", (all) =>
    all.map((line) => line.textContent.replaceAll(/\s+/g, " ").trim()),
  );
  expect_true(
    lines.some((line) => /I can process \d+ (more|events)/.test(line)),
    lines.join("; "),
  );
});

for (const theme of ["light", "dark"]) {
  await report.that(`no serious accessibility violation, ${theme}`, async () => {
    await page.emulateMedia({ colorScheme: theme });
    await shot(`recording_conversation_${theme}`);
    return expect_accessible(page);
  });
}

await report.that("a chosen file is shown, and what is none is refused in words", async () => {
  await page.setInputFiles("[data-testid=file]", {
    name: "notes.txt",
    mimeType: "text/plain",
    buffer: Buffer.from("no trace"),
  });
  const words = await page.textContent("[role=alert]");
  expect_true(words.startsWith("notes.txt: trace: at byte 0"), words);
  await page.setInputFiles("[data-testid=file]", values.file);
  await until(async () => (await page.locator("[role=alert]").count()) === 0, "still refused");
  await page.waitForSelector("[data-finding=account]");
});

await report.that("no request went to another host, and nothing was thrown", () => {
  expect_equal([...seen.foreign_requests, ...seen.page_errors], [], "errors");
});

await context.close();
await browser.close();
process.exitCode = report.close() ? 0 : 1;
