import assert from "node:assert/strict";
import fs from "node:fs";
import test from "node:test";
import { document_of } from "./document.mjs";
import { wrapped } from "./markdown.mjs";
import { four_steps } from "./readme.mjs";
import { flipped, sample } from "./results_sample.mjs";

const chapters = [
  "App that searches sites live", "Old architecture: prototype in few days",
  "A year later: issues, issues", "Workers usually...", "GenStage", "Two components",
  "The demand conversation", "The demand conversation for real", "GenStage integration",
  "Where the old architecture does as well or better", "All figures", "How it was measured",
];

const files = document_of(sample());
const text = files["story.md"];
const page = files["story/page.html"];

function chapter(markdown, heading) {
  const begin = markdown.indexOf(`\n## ${heading}\n`);
  const end = markdown.indexOf("\n## ", begin + 1);
  return markdown.slice(begin, end < 0 ? undefined : end).replace(/\s+/g, " ");
}

/** The system that the row of a scenario's table names as better. */
function better_in(markdown, letter, subject) {
  const section = markdown.split(/^### /m).find((one) =>
    one.startsWith(`${letter}. `) && one.includes("both measured"));
  const row = section.split("\n").find((line) => line.startsWith(`| ${subject} |`));
  return row.split("|").at(-2).trim();
}

test("the chapters are the slides' headings in the slides' order", () => {
  const found = text.split("\n").filter((line) => line.startsWith("## "));

  assert.deepEqual(found, chapters.map((heading) => `## ${heading}`));
});

test("every picture is drawn, and every drawing is shown", () => {
  const shown = [...text.matchAll(/\]\((story\/[a-z_]+\.svg)\)/g)].map((match) => match[1]);
  const drawn = Object.keys(files).filter((name) => name.endsWith(".svg"));

  assert.deepEqual([...new Set(shown)].sort(), drawn.sort());
  for (const id of ["slow", "hang", "overload", "kill", "leave"]) {
    assert.ok(drawn.includes(`story/${id}_first.svg`), id);
    assert.ok(drawn.includes(`story/${id}_queue.svg`), id);
  }
});

test("a chart is named, described, coloured for light and dark, and small", () => {
  const charts = Object.entries(files).filter(([name]) => name.endsWith(".svg"));

  for (const [name, svg] of charts) {
    assert.match(svg, /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" role="img"/, name);
    assert.match(svg, /<title id="title">[^<]+<\/title><desc id="description">[^<]+<\/desc>/, name);
    assert.match(svg, /prefers-color-scheme: dark/, name);
    assert.doesNotMatch(svg, /\d\.\d{2,}|NaN|undefined/, name);
    assert.ok(svg.length < 16_000, `${name}: ${svg.length} characters`);
  }
});

test("the same results give the same files", () => {
  assert.deepEqual(document_of(sample()), files);
});

test("better, worse and as well follow the data", () => {
  const other = document_of(flipped(sample()))["story.md"];
  const same = sample();
  for (const scenario of same.scenarios) scenario.stages = scenario.old;
  const equal = document_of(same)["story.md"];

  for (const subject of ["first result of a healthy site, median", "most jobs waiting"]) {
    assert.equal(better_in(text, "b", subject), "stages");
    assert.equal(better_in(other, "b", subject), "the old");
    assert.equal(better_in(equal, "b", subject), "as well");
  }
});

test("the chapter on the old architecture's merits lists what it is better in, and no more", () => {
  const heading = "Where the old architecture does as well or better";
  const other = document_of(flipped(sample()))["story.md"];

  assert.match(chapter(text, heading), /Better in none of \d+ comparisons\./);
  assert.match(chapter(other, heading), /Better in \d\d of \d+ comparisons:/);
  assert.match(chapter(text, heading), /With 128 workers .* rides out the slow site/);
});

test("promises that were not held are said to be broken", () => {
  const other = document_of(flipped(sample()))["story.md"];

  assert.match(chapter(text, "GenStage"), /In this run they hold in b \(1\.1 ×\), c .* and d/);
  assert.doesNotMatch(chapter(text, "GenStage"), /do \*\*not\*\* hold/);
  assert.match(chapter(other, "GenStage"), /They do \*\*not\*\* hold in b \(40 ×\), c .* and d/);
});

test("the conversation is told as it was", () => {
  const heading = "The demand conversation for real";
  const loud = sample();
  loud.conversation.lanes.find((lane) => lane.site === "journal").asks = 30;

  assert.match(text, /^ {4}Consumer fetcher\/2: +"I can process 1 job"$/m);
  assert.match(text, /^ {4}Producer router: +"Here is 1 job"$/m);
  assert.match(chapter(text, heading), /Hardly anybody asks in the slow lane/);
  assert.match(chapter(document_of(loud)["story.md"], heading), /asks for as much as the others/);
});

test("what was not measured is not told", () => {
  const poor = { ...sample(), conversation: null, more_workers: null };
  for (const scenario of poor.scenarios) {
    if (scenario.trouble) scenario.old.trouble.healthy_first_p50_ms = null;
    if (scenario.trouble) scenario.old.recovery_s = null;
    for (const second of scenario.old.seconds) second.healthy_p50_ms = null;
  }

  const written = document_of(poor);

  assert.match(written["story.md"], /Nothing was recorded in this run/);
  assert.match(written["story.md"], /The first result of a healthy site never comes/);
  assert.match(written["story.md"], /searches are still not as fast as before/);
  for (const [name, content] of Object.entries(written)) {
    assert.doesNotMatch(content, /undefined|NaN|null/, name);
  }
});

test("a run without all scenarios is refused", () => {
  const half = sample();
  half.scenarios = half.scenarios.filter((scenario) => scenario.id !== "hang");

  assert.throws(() => document_of(half), {
    message: "results: a run without hang, " +
      "all of calm, slow, hang, overload, kill, leave are needed; nothing was written",
  });
});

test("the code of the four steps is the README's", () => {
  const readme = fs.readFileSync(new URL("../../README.md", import.meta.url), "utf8");

  for (const { code } of four_steps(readme)) assert.ok(text.includes(code), code);
  assert.throws(() => four_steps("## genstage: four steps\n"), {
    message: 'README.md: "genstage: four steps" has 0 steps with code, 4 are needed; ' +
      "nothing was written",
  });
});

test("the page has the text's chapters, charts and tables, and no script", () => {
  const images = [...page.matchAll(/<img src="\/story\/([a-z_]+\.svg)" alt="[^"]+"/g)];
  const anchors = [...page.matchAll(/href="#([^"]+)"/g)].map((match) => match[1]);

  assert.equal(images.length, [...text.matchAll(/^!\[/gm)].length);
  for (const [, file] of images) assert.ok(files[`story/${file}`], file);
  for (const anchor of anchors) assert.ok(page.includes(` id="${anchor}"`), anchor);
  assert.equal([...page.matchAll(/<h2 /g)].length, chapters.length);
  assert.doesNotMatch(page, /<script|style=|href="\.\./);
});

test("paragraphs are filled and a figure stays beside its unit", () => {
  const words = `${"word ".repeat(19)}12\n%, and more`;

  assert.equal(wrapped(words), `${"word ".repeat(19)}12 %,\nand more`);
  assert.equal(wrapped("- one\n  two\n- three"), "- one two\n- three");
  assert.equal(wrapped("    code\n    more"), "    code\n    more");
  assert.equal(wrapped("```cpp\na\n\nb\n```"), "```cpp\na\n\nb\n```");
});
