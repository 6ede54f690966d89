// Writes docs/story.md, its charts and its page from the results of a run.
//
//     node document.mjs RESULTS.json OUTPUT_FOLDER [--repository FOLDER]
//
// The repository, whose README has the code of the four steps, is the one that this file is in
// unless another is named.

import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { chart, chart_entry, description_of } from "./charts.mjs";
import { scenario_ids, scenario_of } from "./comparisons.mjs";
import { page } from "./page.mjs";
import { four_steps, second_application } from "./readme.mjs";
import { story } from "./text.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const repository = path.join(here, "..", "..");

function check(results) {
  const missing = scenario_ids.filter((id) => !scenario_of(results, id));
  if (missing.length > 0) {
    throw new Error(`results: a run without ${missing.join(", ")}, ` +
      `all of ${scenario_ids.join(", ")} are needed; nothing was written`);
  }
}

/** A picture in Markdown, with what it says in words. */
function picture(results, entry) {
  const { title, description } = description_of(results, entry);
  return `![${title}. ${description}](story/${entry.file})`;
}

/** All files of the document as text, by their names below the output folder. */
export function document_of(results, root = repository) {
  check(results);
  const readme = {
    steps: four_steps(fs.readFileSync(path.join(root, "README.md"), "utf8")),
    second_application: second_application(path.join(root, "examples", "live_scores")),
  };
  const entries = [];
  const markdown = story(results, readme, (...which) => {
    const entry = chart_entry(...which);
    entries.push(entry);
    return picture(results, entry);
  });
  const charts = entries.map((entry) => [entry.file, chart(results, entry)]);
  const sizes = Object.fromEntries(charts.map(([file, svg]) => {
    const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg);
    return [file, { width, height }];
  }));
  return {
    "story.md": markdown,
    "story/page.html": page(markdown, sizes),
    "story/page.css": fs.readFileSync(path.join(here, "page.css"), "utf8"),
    ...Object.fromEntries(charts.map(([file, svg]) => [`story/${file}`, svg])),
  };
}

function write(files, folder) {
  fs.mkdirSync(path.join(folder, "story"), { recursive: true });
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), text);
}

function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { repository: { type: "string", default: repository } },
  });
  if (positionals.length !== 2) {
    throw new Error(`arguments: ${positionals.length} were seen, two are needed, ` +
      "RESULTS.json OUTPUT_FOLDER; nothing was written");
  }
  const [results_file, folder] = positionals;
  const results = JSON.parse(fs.readFileSync(results_file, "utf8"));
  const files = document_of(results, values.repository);
  write(files, folder);
  const others = Object.keys(files).length - 1;
  console.log(`${path.join(folder, "story.md")}: written, and ${others} files in story/`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    main();
  } catch (error) {
    console.error(`document.mjs: ${error.message}`);
    process.exitCode = 1;
  }
}
