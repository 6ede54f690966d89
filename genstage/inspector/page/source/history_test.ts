import { expect, test } from "vitest";
import { History } from "./history";
import type { Noted, Snapshot } from "./model";

function look(at: number, processes = 0): Snapshot {
  return {
    at,
    took_us: 0,
    next_in_ms: 0,
    processes: Array.from({ length: processes }) as Snapshot["processes"],
    subscriptions: [],
    findings: [],
  };
}

function noted(order: number, subscription = "s1"): Noted {
  return {
    order: order + 1000,
    at: order,
    kind: "ask",
    process: "<1.1>",
    label: "a",
    subscription,
    count: 1,
    text: "",
  };
}

function chunk(records: Noted[], next: number, left_out = 0, missed = 0) {
  return { after: "", next: `0:${next}:${next}`, left_out, missed, records };
}

test("a moment is shown by the last look before it", () => {
  const history = new History();
  for (const at of [10, 20, 30]) history.add_look(look(at));
  expect([5, 10, 29, 30, 99].map((moment) => history.look_at(moment))).toEqual([0, 0, 1, 2, 2]);
});

test("the oldest looks are forgotten, of large programs earlier", () => {
  const history = new History(100);
  for (let at = 0; at < 200; at += 1) history.add_look(look(at));
  expect(history.looks.length).toBe(100);
  expect(history.looks[0]?.at).toBe(100);
  for (let at = 200; at < 250; at += 1) history.add_look(look(at, 10_000));
  expect(history.looks.length).toBe(20);
});

test("a program that was started again begins a new history", () => {
  const history = new History();
  history.add_look(look(100));
  history.add_records(chunk([noted(50)], 1050));
  history.add_look(look(1));
  expect(history.looks.map((each) => each.at)).toEqual([1]);
  expect(history.records).toEqual([]);
});

test("records that were sent twice are kept once, in their order", () => {
  const history = new History();
  history.add_records(chunk([noted(1), noted(2)], 1002));
  history.add_records(chunk([noted(2), noted(3)], 1003, 4));
  expect(history.records.map((each) => each.at)).toEqual([1, 2, 3]);
  expect(history.left_out).toBe(4);
});

test("records of a thread that comes late take their place, and what is missing is counted", () => {
  const history = new History();
  history.add_records(chunk([noted(1), noted(3)], 1003));
  history.add_records(chunk([noted(2)], 1003, 0, 5));
  history.add_records(chunk([], 1003, 0, 2));
  expect(history.records.map((each) => each.at)).toEqual([1, 2, 3]);
  expect(history.missed).toBe(7);
});

test("one steps to the next record and back, among those that are wanted", () => {
  const history = new History();
  history.add_records(chunk([noted(1), noted(2, "s2"), noted(3)], 1003));
  const is_wanted = (each: Noted) => each.subscription === "s1";
  expect(history.step(1, 1, is_wanted)?.at).toBe(3);
  expect(history.step(3, -1, is_wanted)?.at).toBe(1);
  expect(history.step(3, 1, is_wanted)).toBe(null);
});
