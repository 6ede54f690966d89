import { EventReader } from "./event_reader";
import type { Hops } from "./hops";
import type { Conversation, NotedChunk, Snapshot } from "./model";
import type { ToldTrace } from "./recording";

/** The program asks for a token, or for another one. */
export class TokenNeeded extends Error {}

async function ask(token: string, path: string, more: RequestInit = {}): Promise<Response> {
  const headers = new Headers(more.headers);
  if (token !== "") headers.set("Authorization", `Bearer ${token}`);
  const answer = await fetch(path, { cache: "no-store", ...more, headers });
  if (answer.status === 401) throw new TokenNeeded();
  if (!answer.ok) {
    const said = (await answer.json().catch(() => null)) as { error?: { message: string } } | null;
    throw new Error(said?.error?.message ?? `the program answered ${answer.status}`);
  }
  return answer;
}

/** Those that were noted since `after` was heard; the last ones if that is empty. */
export async function fetch_records(
  token: string,
  after: string,
  limit: number,
): Promise<NotedChunk> {
  return (await ask(token, `/api/records?limit=${limit}&after=${after}`)).json();
}

export async function fetch_conversation(
  token: string,
  tag: string,
  signal: AbortSignal,
): Promise<Conversation> {
  const path = `/api/conversation?subscription=${encodeURIComponent(tag)}`;
  return (await ask(token, path, { signal })).json();
}

/** Where the time of the events of a stage's subscriptions went. */
export async function fetch_hops(token: string, pid: string): Promise<Hops> {
  return (await ask(token, `/api/hops?process=${encodeURIComponent(pid)}`)).json();
}

/** The file that the program itself shows in its place; null if it shows itself. */
export async function fetch_recording(token: string): Promise<ToldTrace | null> {
  return (await ask(token, "/api/recording")).json();
}

/** What a file tells: the program reads it for us, as it knows the format. */
export async function read_file(token: string, file: File): Promise<ToldTrace> {
  const answer = await ask(token, `/api/recording?name=${encodeURIComponent(file.name)}`, {
    method: "POST",
    headers: { "Content-Type": "application/octet-stream" },
    body: file,
  });
  return answer.json();
}

export interface Looking {
  snapshot(seen: Snapshot): void;
  records(chunk: NotedChunk): Promise<void>;
}

/** Shows what the program sends until it sends no more. */
export async function look_on(token: string, at: Looking, signal: AbortSignal): Promise<void> {
  const answer = await ask(token, "/api/stream", { signal });
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (!reader) return;
  const events = new EventReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    for (const { event, data } of events.take(value)) {
      if (event === "snapshot") at.snapshot(JSON.parse(data) as Snapshot);
      if (event === "records") await at.records(JSON.parse(data) as NotedChunk);
    }
  }
}
