// The page alone, with a program that is not there: what people see when things go well, when they
// do not, and when there are ten thousand stages.
//
//   node page_test.mjs --page DIST --artefacts DIR

import { mkdir } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { expect_accessible } from "./accessible.mjs";
import { checks, expect_equal, expect_true } from "./checks.mjs";
import { open_page, start_chromium, until } from "./chromium.mjs";
import { start_mock } from "./mock_program.mjs";

const patience_ms = 60_000;

const { values } = parseArgs({
  options: {
    page: { type: "string", default: "dist" },
    artefacts: { type: "string", default: "page_artefacts" },
  },
});
const artefacts = path.resolve(values.artefacts);
await mkdir(artefacts, { recursive: true });
const report = new checks();
const mock = await start_mock({ page_folder: path.resolve(values.page) });
const locked = await start_mock({ page_folder: path.resolve(values.page), token: "secret" });
const browser = await start_chromium();

async function open(origin, options = {}) {
  const opened = await open_page(browser, origin, options);
  opened.page.setDefaultTimeout(patience_ms);
  opened.shot = (name) => opened.page.screenshot({ path: path.join(artefacts, `${name}.png`) });
  return opened;
}

async function check_shop() {
  const { page, context, seen, shot } = await open(mock.origin, { reducedMotion: "reduce" });
  await report.that(
    "the stage that holds others up is named, and pressed it is chosen",
    async () => {
      await page.goto(mock.origin);
      await page.click("[data-finding=archived] button");
      await page.waitForSelector("[data-testid=chosen] >> text=archived");
    },
  );
  await report.that("its times are drawn, said in words, and there as a table", async () => {
    const words = await page.textContent("[data-testid=times] figcaption");
    expect_true(words.includes("half within 700 µs, 99 % within 250 ms"), words);
    await page.click("[data-testid=times] summary");
    const rows = page.locator("[data-testid=times] >> nth=0 >> tbody tr");
    expect_equal(await rows.count(), 10, "rows");
  });
  await report.that("arrow keys move from stage to stage in the drawing", async () => {
    await page.focus("[data-stage=producer]");
    await page.keyboard.press("ArrowRight");
    const reached = await page.evaluate(() => document.activeElement?.dataset.stage);
    expect_equal(reached, "consumer", "focus");
  });
  await report.that("arrow keys move in the tree, and Enter chooses", async () => {
    await page.focus("[role=treeitem][tabindex='0']");
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForSelector("[data-testid=chosen] >> text=orders");
  });
  await report.that("the time line goes back to how things were", async () => {
    const seconds = async () => {
      const [minutes, rest] = (await page.textContent("[data-testid=moment]")).split(":");
      return 60 * Number(minutes) + Number(rest);
    };
    const live = await seconds();
    await page.focus("input[type=range]");
    await page.keyboard.press("Home");
    await page.waitForSelector(".connection.paused");
    const past = await seconds();
    expect_true(past < live, `${past} s is not before ${live} s`);
    await page.click("text=Live");
  });
  for (const [size, viewport] of [
    ["desk", { width: 1440, height: 900 }],
    ["phone", { width: 390, height: 844 }],
  ]) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ["light", "dark"]) {
      await report.that(
        `${size}, ${colorScheme}: people are not kept out, nothing is cut off`,
        async () => {
          await page.emulateMedia({ colorScheme });
          const wide = await page.evaluate(
            () => document.documentElement.scrollWidth - window.innerWidth,
          );
          expect_true(wide <= 0, `the page is ${wide} px wider than the screen`);
          await shot(`shop_${size}_${colorScheme}`);
          return expect_accessible(page);
        },
      );
    }
  }
  await report.that("a connection that is lost is said, and made again", async () => {
    mock.drop_streams();
    await page.waitForSelector(".connection.lost");
    await page.waitForSelector(".connection.live");
  });
  await report.that("no request went to another host, and nothing was thrown", () => {
    expect_equal([...seen.foreign_requests, ...seen.page_errors], [], "errors");
  });
  await context.close();
}

async function check_motion() {
  const { page, context } = await open(mock.origin);
  const running = () =>
    page.evaluate(() =>
      [...document.querySelectorAll(".events")].some((way) => way.getAnimations().length > 0),
    );
  await report.that("events move, unless the reader wants things to stand still", async () => {
    await page.goto(mock.origin);
    await until(running, "nothing moves", patience_ms);
    await page.emulateMedia({ reducedMotion: "reduce" });
    await until(async () => !(await running()), "it still moves", patience_ms);
  });
  await context.close();
}

async function check_token() {
  const { page, context } = await open(locked.origin);
  await report.that("a program that asks for a token gets it from the reader", async () => {
    await page.goto(locked.origin);
    await page.fill("#token", "secret");
    await page.keyboard.press("Enter");
    await page.waitForSelector("[data-stage=orders]");
  });
  await context.close();
  const other = await open(locked.origin);
  await report.that("or from the address, where it does not stay", async () => {
    await other.page.goto(`${locked.origin}/#token=secret`);
    await other.page.waitForSelector("[data-stage=orders]");
    expect_equal(other.page.url(), `${locked.origin}/`, "address");
  });
  await other.context.close();
}

async function check_crowd() {
  mock.state.size = "crowd";
  const { page, context, shot } = await open(mock.origin, { reducedMotion: "reduce" });
  await report.that("ten thousand stages are drawn as a few, and the page answers", async () => {
    await page.goto(mock.origin);
    await page.waitForSelector("[data-stage=step0]");
    expect_equal(await page.locator("[data-stage]").count(), 5, "nodes");
    await page.click("[role=treeitem] >> text=pipeline/7");
    await page.waitForSelector("[data-testid=chosen] >> text=pipeline/7");
    await page.click("text=Draw only what is under it");
    await page.waitForSelector("[data-stage='step4/7']");
    const took = await page.evaluate(() => {
      const begun = performance.now();
      return new Promise((done) => {
        requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - begun)));
      });
    });
    await shot("crowd_desk_light");
    return `two frames took ${Math.round(took)} ms`;
  });
  await context.close();
}

try {
  await check_shop();
  await check_motion();
  await check_token();
  await check_crowd();
} finally {
  await browser.close();
  await mock.close();
  await locked.close();
}
process.exitCode = report.close() ? 0 : 1;
