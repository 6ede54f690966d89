import { describe, expect, it } from "vitest";
import { run_search, stream_address } from "./search_request";
import type { search_action } from "./search_state";

const start = 'event: start\ndata: {"query":"q","sites":[{"id":"a","name":"A"}]}\n\n';
const site = 'event: site\ndata: {"id":"a","outcome":"no_results","elapsed_ms":5}\n\n';
const end = 'event: end\ndata: {"reason":"complete","elapsed_ms":9}\n\n';

function streaming(...pieces: string[]): Response {
  const bytes = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(bytes.encode(piece));
      controller.close();
    },
  });
  return new Response(body, { headers: { "Content-Type": "text/event-stream" } });
}

async function actions_of(answer: () => Promise<Response>, signal?: AbortSignal) {
  const actions: search_action[] = [];
  const heard = (action: search_action) => actions.push(action);
  await run_search("/x", heard, signal ?? new AbortController().signal, answer);
  return actions;
}

describe("a search request", () => {
  it("asks for the query and the chosen sites", () => {
    expect(stream_address("a & b", [])).toBe("/api/search/stream?q=a+%26+b");
    expect(stream_address("q", [], 2)).toBe("/api/search/stream?q=q&page=2");
    expect(stream_address("ü", ["x", "y"])).toBe("/api/search/stream?q=%C3%BC&site=x&site=y");
    expect(stream_address("q", ["x"], 1, "bypassed")).toBe(
      "/api/search/stream?q=q&cache=off&site=x",
    );
  });

  it("dispatches start, reports and end as they come", async () => {
    const actions = await actions_of(async () => streaming(start, site, end));

    expect(actions.map((action) => action.kind)).toEqual(["started", "reported", "ended"]);
  });

  it("decodes characters whose bytes are split between pieces", async () => {
    const bytes = new TextEncoder().encode(start.replace('"q"', '"ü"'));
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const byte of bytes) controller.enqueue(new Uint8Array([byte]));
        controller.close();
      },
    });

    const actions = await actions_of(async () => new Response(body));

    expect(actions[0]).toMatchObject({ kind: "started", event: { query: "ü" } });
  });

  it("is lost when the stream closes without an end", async () => {
    const actions = await actions_of(async () => streaming(start));

    expect(actions.at(-1)).toMatchObject({ kind: "lost" });
  });

  it("is lost when the server cannot be reached", async () => {
    const actions = await actions_of(() => Promise.reject(new TypeError("failed")));

    expect(actions).toEqual([
      { kind: "lost", problem: expect.stringContaining("could not be reached") },
    ]);
  });

  it("is lost, not broken, when an event makes no sense", async () => {
    const actions = await actions_of(async () => streaming(start, "event: site\ndata: {\n\n"));

    expect(actions[1]).toMatchObject({ kind: "lost" });
  });

  it("leaves out events of names it does not know", async () => {
    const actions = await actions_of(async () => streaming("event: news\ndata: 1\n\n", start));

    expect(actions[0]?.kind).toBe("started");
  });

  it("carries the server's words when it is refused", async () => {
    const body = '{"error":{"message":"q: 2000 bytes, at most 1000 are allowed","field":"q"}}';

    const actions = await actions_of(async () => new Response(body, { status: 400 }));

    expect(actions).toEqual([
      { kind: "refused", problem: "q: 2000 bytes, at most 1000 are allowed", field: "q" },
    ]);
  });

  it("has words of its own when the refusal has none", async () => {
    const actions = await actions_of(async () => new Response("<html>", { status: 503 }));

    expect(actions[0]).toMatchObject({ problem: "The server answered with status 503." });
  });

  it("says nothing after an abort", async () => {
    const abort = new AbortController();
    abort.abort();

    const actions = await actions_of(async () => streaming(start, site, end), abort.signal);

    expect(actions).toEqual([]);
  });
});
