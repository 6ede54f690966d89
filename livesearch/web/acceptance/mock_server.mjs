// Serves a built page and plays the server behind it, so that the page can be tested alone.
//
//   node mock_server.mjs --page DIST [--port 8080]
//
// Some queries have a meaning of their own:
//   nothing   no site has a result            lost      the connection breaks after two sites
//   endless   no site ever answers            full      503, the server takes no more searches
//   hostile   a result that tries to be a script
//   held ...  all but the first site answer when the test releases them
// and a quotation mark that is not closed is refused.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { answers_to, sites } from "./mock_answers.mjs";

const policy = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8",
};

function refuse(response, status, message, field = "") {
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(JSON.stringify({ error: { message, field } }));
}

async function serve_file(page_folder, name, response) {
  const file = path.join(page_folder, path.normalize(name === "/" ? "/index.html" : name));
  try {
    const content = await readFile(file);
    const headers = {
      "Content-Type": types[path.extname(file)] ?? "application/octet-stream",
      "Content-Security-Policy": policy,
    };
    response.writeHead(200, headers);
    response.end(content);
  } catch {
    refuse(response, 404, `${name}: no such page.`);
  }
}

function wanted_sites(address) {
  const named = address.searchParams.getAll("site");
  return sites.filter((site) => site.enabled && (named.length === 0 || named.includes(site.id)));
}

function remarks_of(site, query) {
  const knows_phrases = site.id !== "team_wiki" || !query.includes('"');
  return knows_phrases ? [] : ["It knows no phrases: their words are searched one by one."];
}

function stream_search(state, address, response) {
  const query = address.searchParams.get("q")?.trim() ?? "";
  const page = Number(address.searchParams.get("page") ?? 1);
  const sites = address.searchParams.getAll("site");
  const cache = address.searchParams.get("cache");
  const search = { query, page, sites, cache, left_early: false };
  state.searches.push(search);
  if (query === "")
    return refuse(response, 400, "q: it is empty, 1 to 1000 bytes are allowed.", "q");
  if (query.split('"').length % 2 === 0) {
    const words = "query: the quotation mark at byte 1 is not closed, a second one is needed";
    return refuse(response, 400, `${words}; not searched`, "q");
  }
  if (query === "full" && state.is_full) {
    return refuse(
      response,
      503,
      "As many searches are running as the server allows. Try again in a moment.",
    );
  }
  const asked = wanted_sites(address).filter((site) => page === 1 || site.pages);
  const ids = asked.map((site) => site.id);
  response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
  let id = 0;
  const send = (name, data) =>
    response.write(`id: ${(id += 1)}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  const limit_ms = Math.max(...asked.map((site) => site.limit_ms));
  send("start", {
    query,
    terms: query.split('"').filter((words) => words.trim() !== ""),
    page,
    limit_ms,
    sites: asked.map((site) => ({ ...site, remarks: remarks_of(site, query) })),
  });
  if (query === "endless") return hold(search, response, []);
  const answers = answers_to(query, page).filter((answer) => ids.includes(answer.report.id));
  const late = query.startsWith("held") ? answers.splice(1) : [];
  state.release = () => {
    for (const { report } of late) send("site", report);
    send("end", { reason: "complete", elapsed_ms: 1500, ...count([...answers, ...late]) });
    response.end();
  };
  const timers = answers.map(({ at, report }, n) =>
    setTimeout(() => {
      const breaks = query === "lost" && n === 2 && search.sites.length === 0;
      if (breaks) return response.destroy();
      send("site", report);
      if (n + 1 < answers.length || late.length > 0) return;
      send("end", { reason: "complete", elapsed_ms: at, ...count(answers) });
      response.end();
    }, at),
  );
  hold(search, response, timers);
}

function count(answers) {
  const reports = answers.map((answer) => answer.report);
  const answered = reports.filter((report) =>
    ["results", "no_results"].includes(report.outcome),
  ).length;
  const results = reports.reduce((sum, report) => sum + report.results.length, 0);
  return { results, sites: reports.length, answered, failed: reports.length - answered };
}

function hold(search, response, timers) {
  response.on("close", () => {
    search.left_early = !response.writableFinished;
    for (const timer of timers) clearTimeout(timer);
  });
}

/** Resolves to the server's origin, what it saw, and how to close it. */
export async function start_mock({ page_folder, port = 0 }) {
  const state = { searches: [], is_full: true, offline: false, fail_sites: false };
  const server = createServer((request, response) => {
    const address = new URL(request.url, "http://127.0.0.1");
    if (address.pathname === "/api/search/stream") return stream_search(state, address, response);
    if (address.pathname !== "/api/sites")
      return void serve_file(page_folder, address.pathname, response);
    if (state.fail_sites) return refuse(response, 503, "The server is starting.");
    response.writeHead(200, { "Content-Type": "application/json" });
    response.end(JSON.stringify({ sites, offline: state.offline }));
  });
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  const close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { origin: `http://127.0.0.1:${server.address().port}`, state, close };
}

if (process.argv[1] && fileURLToPath(import.meta.url) === path.resolve(process.argv[1])) {
  const { values } = parseArgs({
    options: {
      page: { type: "string", default: "dist" },
      port: { type: "string", default: "8080" },
    },
  });
  const mock = await start_mock({
    page_folder: path.resolve(values.page),
    port: Number(values.port),
  });
  console.log(`the mock serves ${values.page} on ${mock.origin}`);
}
