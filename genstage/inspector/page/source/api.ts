import { EventReader } from "./event_reader";
import type { Conversation, NotedChunk, Snapshot } from "./model";

/** The program asks for a token, or for another one. */
export class TokenNeeded extends Error {}

async function ask(token: string, path: string, signal?: AbortSignal): Promise<Response> {
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

export async function fetch_records(token: string, limit: number): Promise<NotedChunk> {
  return (await ask(token, `/api/records?limit=${limit}`)).json();
}

export async function fetch_conversation(
  token: string,
  tag: string,
  signal: AbortSignal,
): Promise<Conversation> {
  const path = `/api/conversation?subscription=${encodeURIComponent(tag)}`;
  return (await ask(token, path, signal)).json();
}

export interface Looking {
  snapshot(seen: Snapshot): void;
  records(chunk: NotedChunk): void;
}

/** Shows what the program sends until it sends no more. */
export async function look_on(token: string, at: Looking): Promise<void> {
  const answer = await ask(token, "/api/stream");
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
