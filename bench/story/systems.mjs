// Starts and stops what the scenarios need: the sites, and the two systems in front of them.
import { spawn } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";

/// A program that runs, ready to be used.
class Program {
  constructor(name, child) {
    this.name = name;
    this.child = child;
    this.url = "";
    this.ended = new Promise((resolve) =>
      child.once("exit", (code, signal) => resolve(signal ?? code)),
    );
  }

  get pid() {
    return this.child.pid;
  }

  async stop() {
    this.child.kill("SIGTERM");
    const hard = setTimeout(() => this.child.kill("SIGKILL"), 8000);
    await this.ended;
    clearTimeout(hard);
  }
}

/// Starts a program and waits until a line of its output matches `ready`, whose first group is its
/// address.
export function start(name, file, args, { ready = /^ready on (\S+)$/m, env = {} } = {}) {
  const child = spawn(file, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  const program = new Program(name, child);
  return new Promise((resolve, reject) => {
    let said = "";
    const listen = (piece) => {
      said = (said + piece).slice(-4000);
      const found = ready.exec(said);
      if (!found) return;
      program.url = found[1] ?? "";
      resolve(program);
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    child.once("error", (error) => reject(new Error(`${file}: ${error.message}; not started`)));
    child.once("exit", (code) =>
      reject(new Error(`${name}: ended with ${code}, it said: ${said}`)),
    );
  });
}

export function get_json(url) {
  return new Promise((resolve, reject) => {
    const asked = request(url, (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (piece) => (text += piece));
      answer.on("error", reject);
      answer.on("end", () => {
        if (answer.statusCode >= 400)
          return reject(new Error(`${url}: ${answer.statusCode} ${text}`));
        resolve(JSON.parse(text));
      });
    });
    asked.on("error", reject);
    asked.end();
  });
}

function free_port() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

const shapes = {
  html: `  format: html
  results: {css: "ol.results > li.result"}
  title: {css: "a.title"}
  url: {css: "a.title", attribute: href}
  snippet: {css: "p.excerpt"}
`,
  json: `  format: json
  results: "data.issues[*]"
  title: "attributes.title"
  url: "links.html"
  snippet: "attributes.summary.text"
`,
  feed: "  format: feed\n",
};

const pages = {
  handbook: { path: "/handbook/search", shape: shapes.html },
  tracker: { path: "/tracker/api/search", shape: shapes.json },
  journal: { path: "/journal/search.rss", shape: shapes.feed },
  archive: { path: "/handbook/search", shape: shapes.html },
};

function definition(id, url, { limit_ms, slots }) {
  return `name: ${id}
homepage: "${url}/"
network: loopback
request:
  url: "${url}${pages[id].path}?q={query}"
limits: {time: ${limit_ms}ms, concurrency: ${slots}, rate: 1000}
answer:
${pages[id].shape}`;
}

/// The sites, and the folder with their definitions.
export async function start_sites(programs, folder, settings) {
  const sites = await start("sites", programs.sites, [
    "--slots",
    settings.slots,
    "--delay",
    settings.delay_ms,
  ]);
  const definitions = join(folder, "sites");
  await rm(definitions, { recursive: true, force: true });
  await mkdir(definitions, { recursive: true });
  for (const [id, url] of Object.entries(await get_json(`${sites.url}/sites`))) {
    await writeFile(join(definitions, `${id}.yaml`), definition(id, url, settings));
  }
  return {
    definitions,
    set_delay: (id, ms) => get_json(`${sites.url}/delay?site=${id}&ms=${ms}`),
    take_visits: () => get_json(`${sites.url}/visits`),
    stop: () => sites.stop(),
  };
}

async function children_of(pid) {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");
  return text.split(" ").filter(Boolean).map(Number);
}

/// What processes hold, shared pages divided among those that share them, in MiB.
async function memory_of(pids) {
  let kib = 0;
  for (const pid of pids) {
    const text = await readFile(`/proc/${pid}/smaps_rollup`, "utf8").catch(() => "");
    kib += Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0);
  }
  return kib / 1024;
}

/// The old architecture: a queue in Redis, workers, and the web process that the page polls.
export async function start_old(programs, folder, definitions, { workers, attempts, expire_s }) {
  const redis_port = await free_port();
  const store = join(folder, "redis");
  await rm(store, { recursive: true, force: true });
  await mkdir(store, { recursive: true });
  const redis = await start(
    "redis",
    "redis-server",
    [
      "--port",
      redis_port,
      "--bind",
      "127.0.0.1",
      "--dir",
      store,
      "--save",
      "",
      "--appendonly",
      "yes",
      "--appendfsync",
      "everysec",
    ],
    { ready: /Ready to accept connections/ },
  );
  const common = ["--redis-port", redis_port, "--sites", definitions];
  const master = await start(
    "workers",
    programs.old,
    ["workers", ...common, "--count", workers, "--attempts", attempts, "--expire-s", expire_s],
    { ready: /^ready workers/m },
  );
  const web = await start("web", programs.old, ["web", ...common, "--port", 0]);
  let killed = 0;
  return {
    kind: "old",
    url: web.url,
    state: () => get_json(`${web.url}/bench/state`),
    memory: async () =>
      memory_of([redis.pid, web.pid, master.pid, ...(await children_of(master.pid))]),
    async kill_one() {
      const alive = await children_of(master.pid);
      if (alive.length > 0) process.kill(alive[killed++ % alive.length], "SIGKILL");
    },
    async stop() {
      await web.stop();
      await master.stop();
      await redis.stop();
    },
  };
}

/// livesearch, with the window of stages.cpp.
export async function start_stages(programs, folder, definitions) {
  const state = join(folder, "state");
  const program = await start("stages", programs.stages, ["--sites", definitions, "--port", 0], {
    env: { XDG_STATE_HOME: state, HOME: folder },
  });
  return {
    kind: "stages",
    url: program.url,
    state: () => get_json(`${program.url}/bench/state`),
    memory: () => memory_of([program.pid]),
    kill_one: () => get_json(`${program.url}/bench/kill`),
    conversation: (after) => get_json(`${program.url}/bench/conversation?after=${after}`),
    stop: () => program.stop(),
  };
}
