import { EventReader } from "./event_reader";
import type { Conversation, NotedChunk, Snapshot } from "./model";

/** The program asks for a token, or for another one. */
export class TokenNeeded extends Error {}

const kept_token = "inspector_token";

/** The token in the page's own address, which is taken out of sight at once, or the kept one. */
export function read_token(): string {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given !== null) {
    keep_token(given);
    history.replaceState(null, "", location.pathname);
  }
  return sessionStorage.getItem(kept_token) ?? "";
}

export function keep_token(token: string): void {
  sessionStorage.setItem(kept_token, token);
}

async function ask(path: string, signal?: AbortSignal): Promise<Response> {
  const token = read_token();
  const answer = await fetch(path, {
    headers: token === "" ? {} : { Authorization: `Bearer ${token}` },
    cache: "no-store",
    signal: signal ?? null,
  });
  if (answer.status === 401) throw new TokenNeeded();
  if (!answer.ok) {
    const said = (await answer.json().catch(() => null)) as { error?: { message: string } } | null;
    throw new Error(said?.error?.message ?? `the program answered ${answer.status}`);
  }
  return answer;
}

export async function fetch_records(limit: number): Promise<NotedChunk> {
  return (await ask(`/api/records?limit=${limit}`)).json();
}

export async function fetch_conversation(tag: string, signal: AbortSignal): Promise<Conversation> {
  const path = `/api/conversation?subscription=${encodeURIComponent(tag)}`;
  return (await ask(path, signal)).json();
}

export interface Looking {
  snapshot(seen: Snapshot): void;
  records(chunk: NotedChunk): void;
}

/** Shows what the program sends until it sends no more. */
export async function look_on(at: Looking, signal: AbortSignal): Promise<void> {
  const answer = await ask("/api/stream", signal);
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (!reader) return;
  const events = new EventReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    for (const { event, data } of events.take(value)) {
      if (event === "snapshot") at.snapshot(JSON.parse(data) as Snapshot);
      if (event === "records") at.records(JSON.parse(data) as NotedChunk);
    }
  }
}
