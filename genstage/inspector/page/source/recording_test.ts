import { expect, test } from "vitest";
import { Recording, type Told, type ToldTrace } from "./recording";

const ms = 1e6;

function told(at: number, kind: string, count: number | null, more: Partial<Told> = {}): Told {
  const plain = { process: "<1.1>", label: "numbers", subscription: "s17", text: kind };
  const nothing = { peer: null, failed: false, said: null };
  return { order: at, at: at * ms, kind, count, ...nothing, ...plain, ...more };
}

function trace(records: Told[], missing = 0): ToldTrace {
  return {
    name: "a.gstrace",
    missing,
    processes: [{ pid: "<2.1>", name: "printed" }],
    subscriptions: [{ tag: "s17", producer: "<1.1>", consumer: "<2.1>", events: "int" }],
    records,
  };
}

test("at each moment it is as the records until then say", () => {
  const past = new Recording(
    trace([told(0, "ask", 100), told(5, "delivery", 60), told(20, "delivery", 40)]),
  );
  const owed = (moment: number) => past.look(moment * ms)?.subscriptions[0]?.outstanding;
  expect([0, 4, 5, 19, 20].map(owed)).toEqual([100, 100, 40, 40, 0]);
  expect(past.look(null)?.processes.map((each) => [each.label, each.stage?.kind])).toEqual([
    ["numbers", "producer"],
    ["printed", "consumer"],
  ]);
});

test("what was asked for before the file begins follows from what came", () => {
  const past = new Recording(trace([told(0, "delivery", 60), told(5, "ask", 10)], 99));
  expect(past.missed).toBe(99);
  expect(past.look(0)?.subscriptions[0]?.outstanding).toBe(0);
  expect(past.look(5 * ms)?.subscriptions[0]?.outstanding).toBe(10);
});

test("who ends is there no more, and who failed is named", () => {
  const past = new Recording(
    trace([
      told(0, "ask", 1),
      told(8, "ended", null, { process: "<2.1>", subscription: null, failed: true }),
      told(9, "timer", 5, { subscription: null }),
    ]),
  );
  expect(past.look(7 * ms)?.processes.length).toBe(2);
  expect(past.look(8 * ms)?.processes.map((each) => each.label)).toEqual(["numbers"]);
  expect(past.look(8 * ms)?.subscriptions).toEqual([]);
  expect(past.look(7 * ms)?.findings).toEqual([]);
  expect(past.look(9 * ms)?.findings[0]?.stage).toBe("<2.1>");
});

test("a child is under its parent from its beginning on", () => {
  const past = new Recording(
    trace([
      told(0, "ask", 1),
      told(3, "spawned", null, {
        process: "<5.1>",
        label: "late",
        peer: "<1.1>",
        subscription: null,
      }),
    ]),
  );
  expect(past.look(2 * ms)?.processes.some((each) => each.label === "late")).toBe(false);
  expect(past.look(3 * ms)?.processes.find((each) => each.label === "late")?.parent).toBe("<1.1>");
});

test("a conversation has the sentences of its records", () => {
  const said = { speaker: "consumer", text: "I can process 100 events", later: false } as const;
  const past = new Recording(trace([told(0, "ask", 100, { said }), told(1, "timer", 1)]));
  expect(past.conversation("s17").lines).toEqual([{ order: 0, at: 0, ...said }]);
  expect(past.conversation("s17").consumer).toBe("printed");
});
