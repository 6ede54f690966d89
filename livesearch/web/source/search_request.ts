/** Asks the server and turns what it streams into actions of a search. */

import { read_ended, read_refusal, read_report, read_started } from "./api";
import { event_stream_reader, type server_event } from "./event_stream";
import type { search_action } from "./search_state";

export const stream_path = "/api/search/stream";

/** Whether a site may answer with what it answered to somebody a moment ago. */
export type kept_answers = "allowed" | "bypassed";

/** No site named means every site that is switched on. */
export function stream_address(
  query: string,
  sites: readonly string[],
  page = 1,
  kept: kept_answers = "allowed",
): string {
  const parameters = new URLSearchParams({ q: query });
  if (kept === "bypassed") parameters.set("cache", "off");
  if (page > 1) parameters.set("page", `${page}`);
  for (const id of sites) parameters.append("site", id);
  return `${stream_path}?${parameters}`;
}

const unreachable = "The server could not be reached. Is livesearch still running?";
const broken_off = "The connection to the server was lost before every site had answered.";
const not_understood =
  "The server sent something that this page does not understand. Reloading the page may help.";

/** Null for an event of a name that this page does not know: it is left for newer pages. */
function to_action(event: server_event): search_action | null {
  let data: unknown;
  try {
    data = JSON.parse(event.data);
  } catch {
    return { kind: "lost", problem: not_understood };
  }
  const lost: search_action = { kind: "lost", problem: not_understood };
  if (event.name === "start") {
    const started = read_started(data);
    return started ? { kind: "started", event: started } : lost;
  }
  if (event.name === "site") {
    const report = read_report(data);
    return report ? { kind: "reported", event: report } : lost;
  }
  if (event.name === "end") {
    const ended = read_ended(data);
    return ended ? { kind: "ended", event: ended } : lost;
  }
  return null;
}

async function read_body_of_refusal(response: Response): Promise<search_action> {
  const body: unknown = await response.json().catch(() => null);
  const { message, field } = read_refusal(response.status, body);
  return { kind: "refused", problem: message, field };
}

/**
 * Runs until the search ends, fails, or `signal` aborts it. After an abort nothing is dispatched,
 * so a search that was left behind cannot speak into the next one.
 */
export async function run_search(
  address: string,
  dispatch: (action: search_action) => void,
  signal: AbortSignal,
  request: typeof fetch = fetch,
): Promise<void> {
  const say = (action: search_action) => {
    if (!signal.aborted) dispatch(action);
  };
  let problem = unreachable;
  try {
    const headers = { Accept: "text/event-stream" };
    const response = await request(address, { signal, headers, cache: "no-store" });
    if (!response.ok || !response.body) return say(await read_body_of_refusal(response));
    problem = broken_off;
    if (await read_events(response.body, say)) return;
  } catch {
    // An abort lands here too, and then `say` is silent.
  }
  say({ kind: "lost", problem });
}

/** True when the stream said how the search ended. */
async function read_events(
  body: ReadableStream<Uint8Array>,
  say: (action: search_action) => void,
): Promise<boolean> {
  const events = new event_stream_reader();
  const characters = new TextDecoder();
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return false;
    for (const event of events.push(characters.decode(value, { stream: true }))) {
      const action = to_action(event);
      if (action) say(action);
      if (action?.kind === "ended" || action?.kind === "lost") {
        await reader.cancel();
        return true;
      }
    }
  }
}
