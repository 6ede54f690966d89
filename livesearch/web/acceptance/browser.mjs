// Searches on the page of a running livesearch as a person would, in a real browser.
//
//   node browser.mjs --url http://127.0.0.1:8080 --query stage
//                    --expect-site docs --expect-site wiki --first docs --last wiki
//                    --artefacts DIR
//
// Exit status 0 means that every check passed. Screenshots are left in DIR.

import { mkdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { expect_accessible } from "./accessible.mjs";
import { checks, expect_equal, expect_true } from "./checks.mjs";
import { open_page, start_chromium, until } from "./chromium.mjs";

const search_limit_ms = 60_000;
const sizes = { phone: { width: 390, height: 844 }, desk: { width: 1440, height: 900 } };
const themes = ["light", "dark"];

function read_options(given) {
  const { values } = parseArgs({
    args: given,
    options: {
      url: { type: "string" },
      query: { type: "string" },
      "expect-site": { type: "string", multiple: true, default: [] },
      first: { type: "string" },
      last: { type: "string" },
      artefacts: { type: "string", default: "page_artefacts" },
    },
  });
  for (const name of ["url", "query"]) {
    if (!values[name]) throw new Error(`--${name}: missing, a value is needed; nothing was run`);
  }
  return {
    origin: new URL(values.url).origin,
    query: values.query,
    expected: values["expect-site"],
    first: values.first,
    last: values.last,
    artefacts: path.resolve(values.artefacts),
  };
}

/** Notes the order in which sites' answers enter the page. Runs before the page's own script. */
function watch_arrivals() {
  window.__arrivals = [];
  const note = () => {
    for (const answer of document.querySelectorAll("[data-arrival]")) {
      const id = answer.getAttribute("data-arrival");
      if (!window.__arrivals.some((arrival) => arrival.id === id)) {
        window.__arrivals.push({
          id,
          at: performance.now(),
          results: Number(answer.getAttribute("data-results")),
        });
      }
    }
  };
  new MutationObserver(note).observe(document, { childList: true, subtree: true });
}

export async function type_query(page, query) {
  const is_in_field = await page.evaluate(() => document.activeElement?.id === "query");
  await page.keyboard.press(is_in_field ? "Control+A" : "/");
  await page.keyboard.type(query, { delay: 5 });
  await page.keyboard.press("Enter");
}

export async function wait_for_end(page) {
  const is_over = () =>
    page.evaluate(
      () => document.querySelector("[aria-label=Results]")?.getAttribute("aria-busy") === "false",
    );
  await until(is_over, "the search did not end", search_limit_ms);
}

async function check_search(report, browser, options) {
  const { page, context, seen } = await open_page(browser, options.origin);
  await context.addInitScript(watch_arrivals);
  await report.that("the page opens, its field has the focus, and it names the sites", async () => {
    await page.goto(options.origin);
    await page.waitForSelector("input[name=site]");
    const focused = await page.evaluate(() => document.activeElement?.getAttribute("name"));
    expect_equal(focused, "q", "focus");
  });
  await report.that("a query is typed with the keyboard, and results arrive", async () => {
    await type_query(page, options.query);
    await page.waitForSelector("[data-result]", { timeout: search_limit_ms });
    await wait_for_end(page);
    return page.textContent("[data-testid=summary]");
  });
  const arrivals = await page.evaluate(() => window.__arrivals);
  const order = arrivals
    .map((arrival) => `${arrival.id} at ${Math.round(arrival.at)} ms`)
    .join(", ");
  for (const id of options.expected) {
    await report.that(`results of ${id} are on the page`, () => {
      const found = arrivals.find((arrival) => arrival.id === id);
      expect_true(found, `${id}: did not arrive; arrived: ${order || "none"}`);
      expect_true(found.results > 0, `${id}: arrived without results`);
      return `${found.results} results`;
    });
  }
  if (options.first) {
    await report.that(`${options.first} arrived before the others`, () => {
      expect_equal(arrivals[0]?.id, options.first, "first arrival");
      return order;
    });
  }
  await report.that("address and title carry the query", async () => {
    expect_equal(new URL(page.url()).searchParams.get("q"), options.query, "q in the address");
    const title = await page.title();
    expect_true(title.startsWith(options.query), `title: saw ${title}`);
  });
  if (options.last) {
    await report.that(`${options.last} arrived after the others`, () => {
      expect_equal(arrivals.at(-1)?.id, options.last, "last arrival");
    });
  }
  await report.that("the keyboard reaches the first result", async () => {
    await page.keyboard.press("ArrowDown");
    const reached = await page.evaluate(() => document.activeElement?.hasAttribute("data-result"));
    expect_true(reached, "the focus is not on a result");
  });
  await report.that("a screen reader hears how the search ended", async () => {
    const spoken = () => page.textContent("[role=status]");
    await until(async () => /complete/i.test(await spoken()), "no such words were spoken");
    return page.textContent("[role=status]");
  });
  await report.that("no request went to another host", () => {
    expect_equal(seen.foreign_requests, [], "requests to other hosts");
    return `${seen.requests.length} requests`;
  });
  await report.that("the console is free of errors and warnings", () => {
    expect_equal([...seen.page_errors, ...seen.console_errors], [], "errors");
  });
  await context.close();
}

/** Looks at one state of the page in every size and theme. */
async function check_looks(report, browser, options, name, open) {
  for (const [size, viewport] of Object.entries(sizes)) {
    const { page, context } = await open_page(browser, options.origin, {
      viewport,
      reducedMotion: "reduce",
    });
    if (!(await report.that(`${name}, ${size}: the page is there`, () => open(page)))) continue;
    for (const theme of themes) {
      await page.emulateMedia({ colorScheme: theme });
      await report.that(`${name}, ${size}, ${theme}: no serious accessibility violation`, () =>
        expect_accessible(page),
      );
      await report.that(`${name}, ${size}, ${theme}: nothing is cut off sideways`, async () => {
        const wide = await page.evaluate(
          () => document.documentElement.scrollWidth - window.innerWidth,
        );
        expect_true(wide <= 0, `the page is ${wide} px wider than the screen`);
      });
      const base = path.join(options.artefacts, `${name}_${size}_${theme}`);
      await page.screenshot({ path: `${base}.png` });
      await page.screenshot({ path: `${base}_whole.png`, fullPage: true });
    }
    await context.close();
  }
}

/** Every check of a page that is served at `options.origin`. */
export async function check_page(report, browser, options) {
  await mkdir(options.artefacts, { recursive: true });
  await check_search(report, browser, options);
  await check_looks(report, browser, options, "empty", async (page) => {
    await page.goto(options.origin);
    await page.waitForSelector("input[name=site]");
    await page.evaluate(() => document.fonts.ready);
  });
  await check_looks(report, browser, options, "results", async (page) => {
    await page.goto(`${options.origin}/?q=${encodeURIComponent(options.query)}`);
    await page.waitForSelector("[data-arrival]", { timeout: search_limit_ms });
    await wait_for_end(page);
    await page.evaluate(() => document.fonts.ready);
  });
}

async function main() {
  const options = read_options(process.argv.slice(2));
  const report = new checks();
  const browser = await start_chromium();
  try {
    await check_page(report, browser, options);
  } finally {
    await browser.close();
  }
  console.log(`screenshots: ${options.artefacts}`);
  process.exitCode = report.close() ? 0 : 1;
}

if (process.argv[1] && fileURLToPath(import.meta.url) === path.resolve(process.argv[1])) {
  await main().catch((problem) => {
    console.error(problem instanceof Error ? problem.message : problem);
    process.exitCode = 2;
  });
}
