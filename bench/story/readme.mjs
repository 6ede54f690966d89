// The code of the four steps is read from README.md, where the tests compile it; there is no copy.

import fs from "node:fs";
import path from "node:path";
import { marked } from "marked";

const chapter = "genstage: four steps";
const wanted = 4;

/** The first code block of each step: [{language, code}]. */
export function four_steps(readme) {
  const tokens = marked.lexer(readme);
  const begin = tokens.findIndex((token) => token.type === "heading" && token.text === chapter);
  const rest = begin < 0 ? [] : tokens.slice(begin + 1);
  const end = rest.findIndex((token) => token.type === "heading" && token.depth <= 2);
  const inside = end < 0 ? rest : rest.slice(0, end);
  const steps = [];
  for (const token of inside) {
    if (token.type === "heading") steps.push(null);
    if (token.type === "code" && steps.at(-1) === null) {
      steps[steps.length - 1] = { language: token.lang, code: token.text };
    }
  }
  const found = steps.filter(Boolean);
  if (found.length !== wanted) {
    throw new Error(`README.md: "${chapter}" has ${found.length} steps with code, ${wanted} are ` +
      "needed; nothing was written");
  }
  return found;
}

/** How long the second application is, or null where it is not there. */
export function second_application(folder) {
  if (!fs.existsSync(folder)) return null;
  const sources = fs.readdirSync(folder).filter((name) => /\.(cpp|hpp)$/.test(name));
  const lines = sources.map((name) =>
    fs.readFileSync(path.join(folder, name), "utf8").split("\n").length - 1);
  return { lines: lines.reduce((total, one) => total + one, 0) };
}
