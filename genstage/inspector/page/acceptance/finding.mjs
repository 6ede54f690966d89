// Opens the page of a running program, says so, and waits until it names a stage as the reason that
// others wait.
//
//   node finding.mjs --url http://127.0.0.1:8042 --label lane/hung/ --artefacts DIR --shot NAME

import { until } from "./chromium.mjs";
import { patience_ms, visit } from "./visit.mjs";

const { values, browser, page, shot } = await visit({
  label: { type: "string" },
  shot: { type: "string", default: "finding" },
});
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
await shot(values.shot);
await browser.close();
