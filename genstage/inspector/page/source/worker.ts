import { fetch_conversation, fetch_records, look_on, TokenNeeded } from "./api";
import { Backroom } from "./backroom";
import type { Connection, FromWorker, ToWorker } from "./messages";

const retry_after_ms = 1000;
const first_records = 2000;

const backroom = new Backroom();
let token = "";
let looking = 0;
let stop_asking = new AbortController();
let is_drawn = true;

function say(message: FromWorker): void {
  postMessage(message);
}

function connect(connection: Connection, problem = ""): void {
  say({ kind: "connection", connection, problem });
}

/** Once for all that has come by then. */
function draw_soon(): void {
  if (!is_drawn) return;
  is_drawn = false;
  setTimeout(() => {
    is_drawn = true;
    const view = backroom.view();
    if (view) say({ kind: "view", view, conversation: backroom.told() });
  }, 0);
}

async function ask_conversation(): Promise<void> {
  const tag = backroom.wish.chosen_tag;
  if (tag === null) return;
  stop_asking.abort();
  stop_asking = new AbortController();
  try {
    const told = await fetch_conversation(token, tag, stop_asking.signal);
    if (backroom.wish.chosen_tag !== tag) return;
    backroom.conversation = told;
    draw_soon();
  } catch {
    // The stream says whether the program is there; the next look asks again.
  }
}

/** Looks until the page is left, and again when the connection was lost. */
async function run(): Promise<void> {
  looking += 1;
  const mine = looking;
  while (mine === looking) {
    try {
      backroom.add_records(await fetch_records(token, first_records));
      await look_on(token, {
        snapshot: (seen) => {
          connect("live");
          backroom.add_look(seen);
          draw_soon();
          void ask_conversation();
        },
        records: (chunk) => {
          backroom.add_records(chunk);
          draw_soon();
        },
      });
      connect("lost");
    } catch (problem) {
      if (problem instanceof TokenNeeded) return connect("token_needed");
      connect("lost", problem instanceof Error ? problem.message : String(problem));
    }
    await new Promise((resolve) => setTimeout(resolve, retry_after_ms));
  }
}

addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  switch (data.kind) {
    case "begin":
      token = data.token;
      void run();
      return;
    case "wish": {
      const is_other = data.wish.chosen_tag !== backroom.wish.chosen_tag;
      backroom.wish = data.wish;
      if (is_other) backroom.conversation = null;
      draw_soon();
      if (is_other) void ask_conversation();
      return;
    }
    case "step": {
      backroom.wish = data.wish;
      const to = backroom.step(data.way);
      if (to) say({ kind: "stepped", to });
    }
  }
});
