// Opens the page of a running program, says so, and waits until it names a stage as the reason that
// others wait.
//
//   node finding.mjs --url http://127.0.0.1:8042 --label lane/hung/ --artefacts DIR --shot NAME

import { mkdir } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { open_page, start_chromium, until } from "./chromium.mjs";

const patience_ms = 60_000;

const { values } = parseArgs({
  options: {
    url: { type: "string" },
    label: { type: "string" },
    artefacts: { type: "string", default: "page_artefacts" },
    shot: { type: "string", default: "finding" },
  },
});
await mkdir(values.artefacts, { recursive: true });
const browser = await start_chromium();
const { page } = await open_page(browser, new URL(values.url).origin);
page.setDefaultTimeout(patience_ms);
await page.goto(values.url);
await page.waitForSelector("[role=treeitem]");
console.log("open");
const named = () =>
  page.$$eval("[data-finding]", (all) => all.map((finding) => finding.dataset.finding));
await until(
  async () => (await named()).some((label) => label.startsWith(values.label)),
  `the page does not name ${values.label}`,
  patience_ms,
);
console.log(`named ${(await named()).find((label) => label.startsWith(values.label))}`);
await page.screenshot({ path: path.join(values.artefacts, `inspector_${values.shot}.png`) });
await browser.close();
