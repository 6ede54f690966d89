import {
  fetch_conversation,
  fetch_hops,
  fetch_recording,
  fetch_records,
  look_on,
  read_file,
  TokenNeeded,
} from "./api";
import { Backroom } from "./backroom";
import { History } from "./history";
import type { Connection, FromWorker, HopsOf, ToWorker } from "./messages";
import type { NotedChunk, Snapshot } from "./model";
import { Recording, type ToldTrace } from "./recording";

const retry_after_ms = 1000;
const most_records = 2000;

const backroom = new Backroom();
let token = "";
let stop_looking = new AbortController();
let stop_asking = new AbortController();
let is_drawn = true;
let hops: HopsOf | null = null;
let is_asking_hops = false;

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
    if (view) say({ kind: "view", view, conversation: backroom.told(), hops });
  }, 0);
}

async function ask_conversation(): Promise<void> {
  const tag = backroom.wish.chosen_tag;
  if (tag === null || backroom.past instanceof Recording) return;
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

/** The program counts anew each time, so it is not asked again before it has answered. */
async function ask_hops(): Promise<void> {
  const pid = backroom.wish.chosen;
  if (pid === null || is_asking_hops || backroom.past instanceof Recording) return;
  is_asking_hops = true;
  try {
    hops = { pid, ...(await fetch_hops(token, pid)) };
    draw_soon();
  } catch {
    // As for conversations.
  }
  is_asking_hops = false;
  if (backroom.wish.chosen !== pid) void ask_hops();
}

/** Asks for what is not here of the records, so that none is passed over without a word. */
async function hear_until_now(): Promise<void> {
  backroom.add_records(await fetch_records(token, backroom.heard_until, most_records));
}

/** Looks until the page is left, and again when the connection was lost. */
async function run(): Promise<void> {
  stop_looking.abort();
  const mine = new AbortController();
  stop_looking = mine;
  while (!mine.signal.aborted) {
    try {
      const shown = await fetch_recording(token);
      if (shown !== null) return show(shown, false);
      await hear_until_now();
      const looking = {
        snapshot: (seen: Snapshot) => {
          connect("live");
          backroom.add_look(seen);
          draw_soon();
          void ask_conversation();
          void ask_hops();
        },
        records: async (chunk: NotedChunk) => {
          // A page that was slow is not shown every look, and the first one began before it came.
          if (chunk.after === backroom.heard_until) backroom.add_records(chunk);
          else await hear_until_now();
          draw_soon();
        },
      };
      await look_on(token, looking, mine.signal);
      connect("lost");
    } catch (problem) {
      if (mine.signal.aborted) return;
      if (problem instanceof TokenNeeded) return connect("token_needed");
      connect("lost", problem instanceof Error ? problem.message : String(problem));
    }
    await new Promise((resolve) => setTimeout(resolve, retry_after_ms));
  }
}

function show(told: ToldTrace, can_be_closed: boolean): void {
  stop_looking.abort();
  backroom.past = new Recording(told);
  const { name, missing, records } = told;
  connect("recording");
  say({
    kind: "opened",
    recording: { name, missing, records: records.length, can_be_closed },
  });
}

async function open(file: File): Promise<void> {
  try {
    const can_be_closed = (await fetch_recording(token)) === null;
    show(await read_file(token, file), can_be_closed);
  } catch (problem) {
    const words = problem instanceof Error ? problem.message : String(problem);
    say({ kind: "refused", words: `${file.name}: ${words}` });
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
      const is_other_stage = data.wish.chosen !== backroom.wish.chosen;
      backroom.wish = data.wish;
      if (is_other_stage) void ask_hops();
      if (is_other) backroom.conversation = null;
      draw_soon();
      if (is_other) void ask_conversation();
      return;
    }
    case "open":
      void open(data.file);
      return;
    case "close":
      backroom.past = new History();
      void run();
      return;
    case "step": {
      backroom.wish = data.wish;
      const to = backroom.step(data.way);
      if (to) say({ kind: "stepped", to });
    }
  }
});
