import { expect, test } from "vitest";
import { condition_of, flow_of, index_subscriptions, rates_between, width_of } from "./flow";
import type { Process, Snapshot, Subscription } from "./model";

function between(tag: string, more: Partial<Subscription>): Subscription {
  return {
    tag,
    producer: "<1.1>",
    consumer: "<2.1>",
    asked: 0,
    delivered: 0,
    handled: 0,
    in_flight: 0,
    outstanding: 0,
    since_ask_ms: null,
    since_event_ms: null,
    ...more,
  };
}

function look(at_s: number, subscriptions: Subscription[]): Snapshot {
  return { at: at_s * 1e9, took_us: 0, next_in_ms: 0, processes: [], subscriptions, findings: [] };
}

const edge = { id: "a", from: "a", to: "b", tags: ["s1", "s2"] };

function flow(now: Subscription[], before: Subscription[] | null = null) {
  const [one, other] = [look(2, now), before === null ? null : look(1, before)];
  return flow_of(edge, index_subscriptions(one), rates_between(one, other));
}

test("events that arrive flow, with the rates of all subscriptions together", () => {
  const seen = flow(
    [between("s1", { delivered: 60, asked: 100 }), between("s2", { delivered: 10, asked: 10 })],
    [between("s1", { delivered: 10, asked: 100 }), between("s2", { delivered: 5, asked: 10 })],
  );
  expect(seen.waiting).toBe("flowing");
  expect(seen.events_per_second).toBe(55);
  expect(seen.text).toBe("55/s");
});

test("who has asked and gets nothing wants events", () => {
  const seen = flow([between("s1", { asked: 10, outstanding: 10, since_event_ms: 2500 })]);
  expect(seen.waiting).toBe("wants");
  expect(seen.text).toBe("wants 10 · 2.5 s");
});

test("a producer whom nobody asks is held", () => {
  const seen = flow([
    between("s1", { asked: 10, delivered: 10, in_flight: 10, since_ask_ms: 3000 }),
  ]);
  expect(seen.waiting).toBe("held");
  expect(seen.text).toBe("no ask · 3.0 s");
});

test("where nothing was ever said it is silent", () => {
  expect(flow([between("s1", {})]).waiting).toBe("silent");
});

test("a subscription that is new has no rate yet", () => {
  expect(
    flow([between("s1", { delivered: 1000, asked: 2000, outstanding: 1000 })], [])
      .events_per_second,
  ).toBe(0);
});

test("a tenfold rate is wider, and nothing is wider than a limit", () => {
  expect(width_of(100)).toBeGreaterThan(width_of(10));
  expect(width_of(1e12)).toBe(12);
});

test("a callback that runs is told with its time so far", () => {
  const stage = {
    answered: false,
    callback: "handle_events",
    in_callback_ms: 1200,
    activity: "ready",
    mailbox: { length: 0, bytes: 0, oldest_ms: null },
    stage: null,
  } as Process;
  expect(condition_of(stage)).toBe("handle_events runs · 1.2 s");
  expect(condition_of({ ...stage, answered: true, activity: "waiting" })).toBe(
    "handle_events waits · 1.2 s",
  );
  expect(condition_of({ ...stage, answered: true, callback: null })).toBe("ready");
});
