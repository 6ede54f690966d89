// Searchers as people are: they arrive when they like, wait for so long, and some leave early.
import { Agent, request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";

const words = ["stage", "demand", "queue", "back pressure", "worker", "site"];
const connections = new Agent({ keepAlive: true, maxSockets: 4096 });

/// A seeded generator of numbers in [0, 1): mulberry32.
export function random_from(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/// What became of one search. Times are milliseconds since its begin.
class Search {
  constructor(number, since) {
    this.number = number;
    this.t = (performance.now() - since) / 1000; // seconds since the scenario's begin
    this.begun = performance.now();
    this.answers = {}; // site -> {outcome, ms}
    this.last = null; // when the last answer came
    this.end = ""; // complete, patience, left or failed
    this.ended_at = 0; // since the epoch
  }

  answered(site, outcome) {
    this.answers[site] ??= { outcome, ms: performance.now() - this.begun };
  }

  over(end) {
    if (this.end) return false;
    this.end = end;
    this.ended_at = Date.now();
    if (end === "complete") this.last = performance.now() - this.begun;
    return true;
  }
}

/// Asks livesearch and reads the stream of events.
function watch_stream(url, query, search, signal) {
  return new Promise((resolve) => {
    const asked = request(
      `${url}/api/search/stream?q=${encodeURIComponent(query)}`,
      { signal },
      (answer) => {
        let text = "";
        answer.setEncoding("utf8");
        answer.on("data", (piece) => {
          const events = (text + piece).split("\n\n");
          text = events.pop();
          for (const each of events) {
            const data = /^data: ?(.*)$/m.exec(each);
            if (/^event: ?site$/m.test(each)) {
              const told = JSON.parse(data[1]);
              search.answered(told.id, told.outcome);
            } else if (/^event: ?end$/m.test(each)) {
              search.over("complete");
            }
          }
        });
        answer.on("error", () => {});
        answer.on("close", () => resolve());
      },
    );
    asked.on("error", () => resolve());
    asked.end();
  });
}

function get_kept(url, signal) {
  return new Promise((resolve, reject) => {
    const asked = request(url, { agent: connections, signal }, (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (piece) => (text += piece));
      answer.on("error", reject);
      answer.on("end", () =>
        answer.statusCode < 400 ? resolve(JSON.parse(text)) : reject(new Error(text)),
      );
    });
    asked.on("error", reject);
    asked.end();
  });
}

/// Asks the old architecture, and polls as its page does: often at first, then less often.
async function poll_results(url, query, search, signal, poll_ms) {
  try {
    const { id } = await get_kept(`${url}/api/search/start?q=${encodeURIComponent(query)}`, signal);
    for (let seen = 0, turn = 0; ; ++turn) {
      await pause(poll_ms[Math.min(turn, poll_ms.length - 1)], undefined, { signal });
      const told = await get_kept(`${url}/api/search/poll?id=${id}&after=${seen}`, signal);
      seen += told.answers.length;
      for (const each of told.answers) search.answered(each.id, each.outcome);
      if (told.is_complete) return search.over("complete");
    }
  } catch {
    return false; // Left, or the system failed: the caller says which.
  }
}

async function search_once(system, search, { patience_s, poll_ms }, leave_after_ms) {
  const word = words[search.number % words.length];
  const query = `${word} ${search.number}`;
  const leaving = new AbortController();
  const leave = (end) => search.over(end) && leaving.abort();
  const timer =
    leave_after_ms === null
      ? setTimeout(leave, patience_s * 1000, "patience")
      : setTimeout(leave, leave_after_ms, "left");
  await (system.kind === "old"
    ? poll_results(system.url, query, search, leaving.signal, poll_ms)
    : watch_stream(system.url, query, search, leaving.signal));
  clearTimeout(timer);
  search.over("failed");
}

/// Lets searchers arrive as a Poisson process for `seconds`, `rate_at(t)` of them a second;
/// resolves with all searches when the last one is over.
export async function let_searchers_come(
  system,
  settings,
  { seconds, rate_at, leave_after, seed },
) {
  const random = random_from(seed);
  const since = performance.now();
  const all = [];
  const running = [];
  for (let due = 0; due < seconds;) {
    due += -Math.log(1 - random()) / rate_at(due);
    const leave_after_ms = leave_after ? leave_after(random) : null;
    const wait = since + due * 1000 - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    if (due >= seconds) break;
    const search = new Search(all.length, since);
    all.push(search);
    running.push(search_once(system, search, settings, leave_after_ms));
  }
  await Promise.all(running);
  return all;
}

/// Keeps `outstanding` searches going for `seconds`; how many were completed in each second.
export async function searches_per_second(system, settings, outstanding, seconds) {
  const since = performance.now();
  let number = 0;
  let completed = 0;
  const is_time = () => performance.now() - since < seconds * 1000;
  const one = async () => {
    while (is_time()) {
      const search = new Search(number++, since);
      await search_once(system, search, settings, null);
      if (search.end === "complete" && is_time()) ++completed;
    }
  };
  await Promise.all(Array.from({ length: outstanding }, one));
  return completed / seconds;
}
