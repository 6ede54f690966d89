import { expect, test } from "vitest";
import type { Process, Snapshot } from "./model";
import { most_children, rows_of } from "./tree";

function process(pid: string, parent: string | null, name = pid): Process {
  return { pid, parent, label: name, name, stage: null } as Process;
}

function snapshot(processes: Process[]): Snapshot {
  return { at: 1, took_us: 1, next_in_ms: 1, processes, subscriptions: [], findings: [] };
}

const nothing = { turned: new Set<string>(), with_inspector: false };

test("a small tree is shown opened, children below their supervisors", () => {
  const rows = rows_of(
    snapshot([process("a", null), process("b", "a"), process("c", "b")]),
    nothing,
  );
  expect(rows.map((row) => [row.label, row.level, row.is_open])).toEqual([
    ["a", 1, true],
    ["b", 2, true],
    ["c", 3, false],
  ]);
});

test("what a reader has closed stays closed", () => {
  const rows = rows_of(snapshot([process("a", null), process("b", "a")]), {
    ...nothing,
    turned: new Set(["a"]),
  });
  expect(rows.map((row) => row.label)).toEqual(["a"]);
});

test("of thousands of children the first are shown and the others counted", () => {
  const processes = [process("a", null)];
  for (let at = 0; at < 5000; at += 1) processes.push(process(`c${at}`, "a"));
  const rows = rows_of(snapshot(processes), nothing);
  expect(rows.length).toBe(1 + most_children + 1);
  expect(rows.at(-1)?.label).toBe("and 4,900 more");
});

test("the inspector itself is left out unless it is wanted", () => {
  const all = snapshot([
    process("a", null),
    process("i", "a", "inspector"),
    process("l", "i", "inspector/looks"),
  ]);
  expect(rows_of(all, nothing).length).toBe(1);
  expect(rows_of(all, { ...nothing, with_inspector: true }).length).toBe(3);
});
