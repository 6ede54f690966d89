// The page alone, against the mock server: what a person sees when things go well and when not.
//
//   node page_test.mjs --page DIST --artefacts DIR

import path from "node:path";
import { parseArgs } from "node:util";
import { check_behaviour } from "./behaviour.mjs";
import { check_page } from "./browser.mjs";
import { checks } from "./checks.mjs";
import { start_chromium } from "./chromium.mjs";
import { start_mock } from "./mock_server.mjs";

const { values } = parseArgs({
  options: {
    page: { type: "string", default: "dist" },
    artefacts: { type: "string", default: "page_artefacts" },
  },
});

const report = new checks();
const mock = await start_mock({ page_folder: path.resolve(values.page) });
const browser = await start_chromium();
try {
  await check_page(report, browser, {
    origin: mock.origin,
    query: "demand",
    expected: ["project_documentation", "field_notes", "public_encyclopedia"],
    first: "project_documentation",
    artefacts: path.resolve(values.artefacts),
  });
  await check_behaviour(report, browser, mock, path.resolve(values.artefacts));
} finally {
  await browser.close();
  await mock.close();
}
process.exitCode = report.close() ? 0 : 1;
