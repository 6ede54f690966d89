// What the page does beyond a search that goes well.

import path from "node:path";
import { type_query, wait_for_end } from "./browser.mjs";
import { expect_equal, expect_true } from "./checks.mjs";
import { open_page, until } from "./chromium.mjs";

const alert = "[role=alert]";

async function summary_of(page) {
  return page.textContent("[data-testid=summary]");
}

async function arrivals_of(page) {
  return page.$$eval("[data-arrival]", (answers) =>
    answers.map((answer) => answer.dataset.arrival),
  );
}

async function results_of(page) {
  return page.$$eval("li.result", (results) => results.map((result) => result.dataset.id));
}

const merged_order = [
  "project_documentation:1",
  "field_notes:1",
  "public_encyclopedia:1",
  "project_documentation:2",
  "field_notes:2",
  "public_encyclopedia:2",
  "project_documentation:3",
  "public_encyclopedia:3",
];

async function focused_name(page) {
  return page.evaluate(() => document.activeElement?.getAttribute("name"));
}

async function title_begins(page, words) {
  await until(async () => (await page.title()).startsWith(words), `the title is not "${words}"`);
}

const scenes = {
  "an empty query is explained by the field, and nothing is asked": async ({ page, mock }) => {
    const before = mock.state.searches.length;
    await page.keyboard.press("Enter");
    const words = await page.textContent(`form ${alert}`);
    expect_true(/Type what you are looking for/.test(words), `saw: ${words}`);
    expect_equal(await page.getAttribute("#query", "aria-invalid"), "true", "aria-invalid");
    expect_equal(mock.state.searches.length, before, "searches");
  },

  "a query that is too long is explained with its size": async ({ page, mock }) => {
    const before = mock.state.searches.length;
    await page.fill("#query", "x".repeat(1001));
    await page.keyboard.press("Enter");
    const words = await page.textContent(`form ${alert}`);
    expect_true(words.includes("1,001 bytes"), `saw: ${words}`);
    expect_equal(mock.state.searches.length, before, "searches");
  },

  "what was passed does not move when more arrives, whatever the width": async (scene) => {
    const { page, mock } = scene;
    for (const width of [360, 800, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      await type_query(page, `held ${width}`);
      await title_begins(page, `held ${width}`);
      await page.waitForSelector("[data-arrival=project_documentation]");
      // To move to a result is to pass everything that is on the screen.
      await page.keyboard.press("ArrowDown");
      const places = () =>
        page.$$eval("li.result, [data-site]", (all) => {
          const name = (one) => one.dataset.id ?? `row of ${one.dataset.site}`;
          return all.map((one) => [name(one), one.getBoundingClientRect().top + window.scrollY]);
        });
      const before = (await places()).filter(([, top]) => top < 900);
      expect_true(before.length > 5, `only ${before.length} things are on the screen`);
      mock.state.release();
      await wait_for_end(page);
      const after = new Map(await places());
      for (const [name, top] of before)
        expect_equal(after.get(name), top, `${name} at ${width} px`);
    }
  },

  "results that belong above what was passed wait, and n takes them in": async (scene) => {
    const { page, mock, artefacts } = scene;
    await type_query(page, "held");
    await page.waitForSelector("[data-arrival=project_documentation]");
    await page.keyboard.press("ArrowDown");
    mock.state.release();
    await wait_for_end(page);
    const first = ["project_documentation:1", "project_documentation:2", "project_documentation:3"];
    expect_equal((await results_of(page)).slice(0, 3), first, "results that were passed");
    const words = await page.textContent(".waiting");
    expect_true(words.includes("4 results belong further up"), `saw: ${words}`);
    await page.screenshot({ path: path.join(artefacts, "waiting_results_desk_light.png") });
    await page.setViewportSize({ width: 390, height: 844 });
    await page.emulateMedia({ colorScheme: "dark" });
    await page.screenshot({ path: path.join(artefacts, "waiting_results_phone_dark.png") });
    await page.keyboard.press("n");
    await page.waitForSelector(".waiting", { state: "detached" });
    expect_equal(await results_of(page), merged_order, "results in their order");
    const focused = await page.evaluate(
      () => document.activeElement.closest("li.result")?.dataset.id,
    );
    expect_equal(focused, "field_notes:1", "result with the focus");
    await page.screenshot({ path: path.join(artefacts, "taken_in_phone_dark.png") });
  },

  "what nobody has seen yet stands in its right order at once": async ({ page }) => {
    await page.evaluate(() => {
      // A page that is not looked at passes nothing.
      Object.defineProperty(document, "hidden", { value: true });
    });
    await type_query(page, "demand");
    await page.waitForSelector("[data-arrival=public_encyclopedia]");
    await wait_for_end(page);
    expect_equal(await results_of(page), merged_order, "results");
  },

  "a site or a category is shown alone without a new search": async ({ page, mock, artefacts }) => {
    await type_query(page, "demand");
    await page.waitForSelector("[data-arrival]");
    await wait_for_end(page);
    const asked = mock.state.searches.length;
    const sites = async () => [...new Set((await results_of(page)).map((id) => id.split(":")[0]))];
    await page.click("[data-site=field_notes] button");
    expect_equal(await sites(), ["field_notes"], "sites shown");
    await page.screenshot({ path: path.join(artefacts, "filtered_desk_light.png") });
    await page.click("[data-site=field_notes] button");
    expect_equal((await sites()).length, 3, "sites shown when pressed again");
    await page.click("[data-filter=reference]");
    expect_equal(await sites(), ["public_encyclopedia"], "sites of the category");
    const pressed = await page.getAttribute("[data-filter=reference]", "aria-pressed");
    expect_equal(pressed, "true", "aria-pressed");
    await page.click("[data-filter=all]");
    expect_equal((await sites()).length, 3, "all sites");
    expect_equal(mock.state.searches.length, asked, "searches asked of the server");
  },

  "further pages are asked of sites that have some, and nothing is repeated": async (scene) => {
    const { page, mock } = scene;
    await type_query(page, "demand");
    await page.waitForSelector("[data-arrival]");
    await wait_for_end(page);
    await page.evaluate(() => window.scrollTo({ top: document.body.scrollHeight }));
    await page.click(".more");
    await page.waitForSelector("[data-id='project_documentation:5']");
    await wait_for_end(page);
    const { page: number, sites } = mock.state.searches.at(-1);
    expect_equal([number, sites], [2, ["project_documentation"]], "page and sites in the request");
    const ids = await results_of(page);
    const addresses = await page.$$eval("li.result h2 a", (links) => links.map((one) => one.href));
    expect_equal(new Set(addresses).size, ids.length, "different addresses");
    expect_true(!ids.includes("project_documentation:4"), "the repeated result is there twice");
  },

  "results of the query before never appear under the next one": async ({ page, mock }) => {
    await page.evaluate(() => {
      window.__strangers = [];
      const look = () => {
        const query = document.querySelector("h1 q")?.textContent;
        for (const link of document.querySelectorAll("a[data-result]")) {
          const asked = new URL(link.href).searchParams.get("for");
          if (asked !== query) window.__strangers.push(`${asked} under ${query}`);
        }
      };
      new MutationObserver(look).observe(document, {
        childList: true,
        subtree: true,
        characterData: true,
        attributes: true,
      });
    });
    for (let n = 0; n < 25; n += 1) {
      await page.fill("#query", `query ${n}`);
      await page.keyboard.press("Enter");
      // Long enough for none, one or several answers of the search that is then left.
      await new Promise((resolve) => setTimeout(resolve, (n * 37) % 230));
    }
    await wait_for_end(page);
    await page.goBack();
    await title_begins(page, "query 23");
    await page.goForward();
    await title_begins(page, "query 24");
    expect_equal(await page.evaluate(() => window.__strangers), [], "strange results");
    expect_equal((await results_of(page)).length, 8, "results of the last query");
    return `${mock.state.searches.length} searches`;
  },

  "what a site cannot do of a query is said": async ({ page }) => {
    await type_query(page, '"back pressure"');
    const words = await page.textContent("[data-testid=remarks]");
    expect_true(words.includes("1 site cannot do all of this"), `saw: ${words}`);
    expect_true(words.includes("Team wiki"), `saw: ${words}`);
    expect_true(words.includes("It knows no phrases"), `saw: ${words}`);
    await wait_for_end(page);
  },

  "a mistake in the query is explained by the field": async ({ page, seen }) => {
    await type_query(page, '"back pressure');
    const words = await page.textContent(`form ${alert}`);
    expect_true(words.includes("the quotation mark at byte 1 is not closed"), `saw: ${words}`);
    seen.console_errors.length = 0;
  },

  "why a site gave no answer is said": async ({ page }) => {
    await type_query(page, "demand");
    await page.waitForSelector("[data-failed=slow_archive]");
    const words = await page.textContent("[data-failed=slow_archive]");
    expect_equal(
      words,
      "Slow archive: Slow archive did not answer within its limit of 1.5 s.",
      "reason",
    );
  },

  "Escape stops the search, and the server sees the reader leave": async ({
    page,
    mock,
    artefacts,
  }) => {
    await type_query(page, "endless");
    await page.waitForSelector("[data-state=waiting]");
    await page.screenshot({ path: path.join(artefacts, "waiting_desk_light.png") });
    await page.keyboard.press("Escape");
    await wait_for_end(page);
    expect_true(
      (await summary_of(page)).includes("you stopped the search"),
      await summary_of(page),
    );
    await until(() => mock.state.searches.at(-1).left_early, "the stream was not closed");
  },

  "a new query leaves the old stream": async ({ page, mock }) => {
    await type_query(page, "endless");
    await page.waitForSelector("[data-state=waiting]");
    const old = mock.state.searches.at(-1);
    await page.fill("#query", "supervisor");
    await page.keyboard.press("Enter");
    await until(() => old.left_early, "the old stream was not closed");
    await wait_for_end(page);
    expect_equal((await arrivals_of(page))[0], "project_documentation", "first arrival");
  },

  "leaving the page closes the stream": async ({ page, mock }) => {
    await type_query(page, "endless");
    await page.waitForSelector("[data-state=waiting]");
    await page.goto("about:blank");
    await until(() => mock.state.searches.at(-1).left_early, "the stream was not closed");
  },

  "a lost connection keeps the results and asks only the missing sites again": async (scene) => {
    const { page, mock, artefacts } = scene;
    await type_query(page, "lost");
    await page.waitForSelector(`.answers ${alert}`);
    const before = await results_of(page);
    await page.screenshot({ path: path.join(artefacts, "lost_desk_light.png") });
    await page.click(`.answers ${alert} button`);
    await wait_for_end(page);
    const after = await results_of(page);
    expect_true(
      before.length > 0 && before.every((id) => after.includes(id)),
      `${before} were there, ${after} are`,
    );
    expect_equal((await arrivals_of(page)).length, 5, "sites that answered");
    expect_equal(
      mock.state.searches.at(-1).sites.sort(),
      ["field_notes", "public_encyclopedia", "slow_archive"],
      "sites asked again",
    );
  },

  "a server that is full says so, and a retry works once it is not": async ({ page, mock }) => {
    await type_query(page, "full");
    const words = await page.textContent(`.answers ${alert}`);
    expect_true(words.includes("As many searches are running"), `saw: ${words}`);
    mock.state.is_full = false;
    await page.click(`.answers ${alert} button`);
    await page.waitForSelector("[data-arrival]");
    await wait_for_end(page);
    mock.state.is_full = true;
  },

  "a search without results says what may help": async ({ page }) => {
    await type_query(page, "nothing");
    await page.waitForSelector(".nothing");
    expect_true(
      (await summary_of(page)).startsWith("No results from 5 sites"),
      await summary_of(page),
    );
  },

  "back and forward show each search as it was, and ask nobody again": async ({ page, mock }) => {
    await type_query(page, "demand");
    await page.waitForSelector("[data-arrival]");
    await wait_for_end(page);
    await type_query(page, "stage");
    await title_begins(page, "stage");
    await page.waitForSelector("[data-arrival]");
    await wait_for_end(page);
    const asked = mock.state.searches.length;
    await page.goBack();
    await title_begins(page, "demand");
    expect_equal(await page.inputValue("#query"), "demand", "field");
    expect_equal((await arrivals_of(page)).length, 5, "answers");
    await page.goBack();
    await page.waitForSelector(".headline");
    await page.goForward();
    await title_begins(page, "demand");
    expect_equal(mock.state.searches.length, asked, "searches asked of the server");
  },

  "the choice of sites is remembered and obeyed": async ({ page, mock }) => {
    await page.uncheck("input[value=slow_archive]");
    await page.uncheck("input[value=team_wiki]");
    await page.reload();
    await page.waitForSelector("input[name=site]");
    expect_equal(await page.isChecked("input[value=slow_archive]"), false, "slow_archive chosen");
    await type_query(page, "demand");
    await page.waitForSelector("[data-arrival]");
    await wait_for_end(page);
    expect_equal(
      mock.state.searches.at(-1).sites,
      ["project_documentation", "field_notes", "public_encyclopedia"],
      "sites in the request",
    );
  },

  "that every site is asked anew can be chosen with keys, is told, and is remembered": async (
    scene,
  ) => {
    const { page, mock } = scene;
    await type_query(page, "demand");
    await page.waitForSelector("[data-arrival]");
    await wait_for_end(page);
    expect_equal(mock.state.searches.at(-1).cache, null, "cache in the first request");
    await page.goto(mock.origin);
    const box = page.getByRole("checkbox", { name: "Ask every site anew" });
    await box.focus();
    await page.keyboard.press("Space");
    expect_equal(await box.isChecked(), true, "chosen with the space bar");
    const described = await box.evaluate(
      (one) => document.getElementById(one.getAttribute("aria-describedby"))?.textContent ?? "",
    );
    expect_true(described.includes("given before"), `the description is: ${described}`);
    await page.reload();
    await page.waitForSelector("input[name=anew]");
    expect_equal(await page.isChecked("input[name=anew]"), true, "remembered");
    await type_query(page, "supervisor");
    await page.waitForSelector("[data-arrival]");
    await wait_for_end(page);
    expect_equal(mock.state.searches.at(-1).cache, "off", "cache in the request");
  },

  "no site chosen is explained": async ({ page }) => {
    for (const box of await page.$$("input[name=site]:not(:disabled)")) await box.uncheck();
    await type_query(page, "demand");
    const words = await page.textContent(`form ${alert}`);
    expect_true(words.includes("No site is chosen"), `saw: ${words}`);
    await page.click("text=Choose all");
    expect_equal(await page.isChecked("input[value=team_wiki]"), true, "team_wiki chosen");
  },

  "an address with a query searches at once, as a browser's search engine does": async (scene) => {
    await scene.page.goto(`${scene.mock.origin}/?q=supervisor`);
    await scene.page.waitForSelector("[data-arrival]");
    expect_equal(await scene.page.inputValue("#query"), "supervisor", "field");
  },

  "markup and script addresses from a site stay text": async ({ page }) => {
    await type_query(page, "hostile");
    await page.waitForSelector("[data-arrival=field_notes]");
    const answer = ".answers";
    expect_equal(await page.$$eval(`${answer} img`, (found) => found.length), 0, "images");
    const addresses = await page.$$eval(`${answer} a`, (links) =>
      links.map((link) => link.protocol),
    );
    expect_true(
      addresses.every((one) => one.startsWith("http")),
      `saw ${addresses.join(" ")}`,
    );
    await wait_for_end(page);
    expect_true((await page.title()).startsWith("hostile"), await page.title());
  },

  "j, k and arrows move between results, and / returns to the field": async ({ page }) => {
    await type_query(page, "demand");
    await page.waitForSelector("[data-arrival]");
    await wait_for_end(page);
    const place = () =>
      page.$$eval("[data-result]", (results) => results.indexOf(document.activeElement));
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("j");
    await page.keyboard.press("ArrowDown");
    expect_equal(await place(), 2, "result with the focus");
    await page.keyboard.press("k");
    expect_equal(await place(), 1, "result with the focus");
    await page.keyboard.press("/");
    expect_equal(await focused_name(page), "q", "focus");
  },

  "? shows the keys, and single keys can be switched off": async ({ page, artefacts }) => {
    await page.evaluate(() => document.activeElement.blur());
    await page.keyboard.press("?");
    await page.waitForSelector("dialog[open]");
    await page.screenshot({ path: path.join(artefacts, "keys_desk_light.png") });
    await page.uncheck("dialog input[type=checkbox]");
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog[open]", { state: "detached" });
    await page.evaluate(() => document.activeElement.blur());
    await page.keyboard.press("/");
    expect_true((await focused_name(page)) !== "q", "the switched off key still works");
  },

  "the skip link leads past the header": async ({ page }) => {
    await page.evaluate(() => document.activeElement.blur());
    await page.focus(".skip");
    await page.keyboard.press("Enter");
    expect_equal(await page.evaluate(() => document.activeElement.id), "content", "focus");
  },

  "the live region speaks of each site without flooding": async ({ page }) => {
    await page.evaluate(() => {
      window.__spoken = [];
      const region = document.querySelector("[role=status]");
      const note = () => window.__spoken.push({ at: performance.now(), words: region.textContent });
      new MutationObserver(note).observe(region, {
        childList: true,
        characterData: true,
        subtree: true,
      });
    });
    await type_query(page, "demand");
    const all = () => page.evaluate(() => window.__spoken);
    const is_over = async () => /Search complete/.test((await all()).at(-1)?.words);
    await until(is_over, "the end was not spoken");
    const spoken = await all();
    const gaps = spoken.slice(1).map((said, n) => said.at - spoken[n].at);
    // The pause is a second, which the announcer's own test checks in its own time; here a busy
    // machine may shorten what is seen of it.
    expect_true(
      gaps.every((gap) => gap > 100),
      `pauses of ${gaps.map(Math.round).join(", ")} ms`,
    );
    expect_true(spoken.length <= 4, `${spoken.length} announcements`);
    return spoken.map((said) => said.words).join(" | ");
  },

  "without scripts the page points to the interface that works": async ({ browser, mock }) => {
    const { page, context } = await open_page(browser, mock.origin, { javaScriptEnabled: false });
    await page.goto(mock.origin);
    const words = await page.textContent("noscript, .without_script");
    expect_true(words.includes("/api/search?q="), `saw: ${words}`);
    expect_equal(await page.isVisible("#plain_query"), true, "field");
    await context.close();
  },

  "being offline is said": async ({ page, mock }) => {
    mock.state.offline = true;
    await page.reload();
    await page.waitForSelector(".offline");
    mock.state.offline = false;
  },

  "a list of sites that does not load can be loaded again": async ({ page, mock, seen }) => {
    mock.state.fail_sites = true;
    await page.reload();
    const words = await page.textContent(`fieldset ${alert}`);
    mock.state.fail_sites = false;
    expect_true(words.includes("The server is starting."), `saw: ${words}`);
    await page.click(`fieldset ${alert} button`);
    await page.waitForSelector("input[name=site]");
    seen.console_errors.length = 0;
  },

  "every control is at least 44 px high on a phone": async ({ page }) => {
    await page.setViewportSize({ width: 360, height: 740 });
    await type_query(page, "demand");
    await page.waitForSelector("[data-arrival]");
    await wait_for_end(page);
    const small = await page.$$eval("button, summary, input[type=search], label", (all) =>
      all
        .filter((one) => one.offsetParent !== null && !one.matches(".only_heard"))
        .filter((one) => one.getBoundingClientRect().height < 43.5)
        .map((one) => `${one.tagName} ${one.textContent.trim()}`),
    );
    expect_equal(small, [], "controls that are too small");
    const wide = await page.evaluate(
      () => document.documentElement.scrollWidth - window.innerWidth,
    );
    expect_true(wide <= 0, `the page is ${wide} px wider than the screen`);
  },
};

/** Each scene has a fresh page with an empty memory. */
export async function check_behaviour(report, browser, mock, artefacts) {
  for (const [sentence, play] of Object.entries(scenes)) {
    const { page, context, seen } = await open_page(browser, mock.origin);
    await report.that(sentence, async () => {
      await page.goto(mock.origin);
      await page.waitForSelector("input[name=site]");
      const note = await play({ page, browser, mock, seen, artefacts });
      expect_equal(seen.foreign_requests, [], "requests to other hosts");
      expect_equal(seen.page_errors, [], "errors of the page");
      return note;
    });
    await context.close();
  }
}
