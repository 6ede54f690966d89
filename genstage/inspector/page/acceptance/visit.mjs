// What every script does first that looks at a running program as a person would.

import { mkdir } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { open_page, start_chromium } from "./chromium.mjs";

export const patience_ms = 60_000;

/**
 * Opens a page for the program at --url; pictures go to --artefacts. `options` are further ones of
 * the command line, `how` is how the browser is.
 */
export async function visit(options = {}, how = {}) {
  const { values } = parseArgs({
    options: {
      url: { type: "string" },
      artefacts: { type: "string", default: "page_artefacts" },
      ...options,
    },
  });
  const artefacts = path.resolve(values.artefacts);
  await mkdir(artefacts, { recursive: true });
  const browser = await start_chromium();
  const { page, context, seen } = await open_page(browser, new URL(values.url).origin, how);
  page.setDefaultTimeout(patience_ms);
  const shot = (name) => page.screenshot({ path: path.join(artefacts, `inspector_${name}.png`) });
  return { values, browser, page, context, seen, shot };
}
