// Opens the page of a running program, says "open", and waits until the page names a stage whose
// name begins in a given way as the reason that others wait. Says how long that took.
//
//   node finding.mjs --url http://127.0.0.1:8042 --finding lane/wiki --artefacts DIR

import { mkdir } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { open_page, start_chromium } from "./chromium.mjs";

// Ten times what is promised.
const patience_ms = 30_000;

const { values } = parseArgs({
  options: {
    url: { type: "string" },
    finding: { type: "string" },
    artefacts: { type: "string", default: "page_artefacts" },
  },
});
const artefacts = path.resolve(values.artefacts);
await mkdir(artefacts, { recursive: true });
const browser = await start_chromium();
try {
  const { page, seen } = await open_page(browser, new URL(values.url).origin);
  page.setDefaultTimeout(patience_ms);
  await page.goto(values.url);
  await page.waitForSelector("[data-stage]");
  console.log("open");
  const begun = performance.now();
  const found = page.locator(`[data-finding^='${values.finding}']`).first();
  await found.waitFor();
  const took = performance.now() - begun;
  await page.screenshot({ path: path.join(artefacts, "inspector_finding.png") });
  const words = (await found.textContent()).replaceAll(/\s+/g, " ").trim();
  console.log(`named after ${(took / 1000).toFixed(1)} s: ${words}`);
  if (seen.foreign_requests.length > 0) throw new Error(`it asked ${seen.foreign_requests}`);
} finally {
  await browser.close();
}
