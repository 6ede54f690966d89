import { expect, test } from "vitest";
import { History } from "./history";
import type { Noted, Process, Snapshot, Stage, Subscription } from "./model";
import { no_wish, Viewer, type View, type Wish } from "./view";

function stage(pid: string, label: string, kind: Stage["kind"]): Process {
  const held = { kind, buffered: 0, queued: 0 } as Stage;
  const mailbox = { length: 0, bytes: 0, oldest_ms: null };
  const more = { activity: "ready", answered: true, callback: null, busy: null, parent: null };
  return { pid, label, name: label, type: "", mailbox, stage: held, ...more } as Process;
}

function look(at: number, delivered: number): Snapshot {
  const between = { asked: delivered, delivered, handled: delivered, in_flight: 0, outstanding: 0 };
  return {
    at: at * 1e9,
    took_us: 1,
    next_in_ms: 1,
    processes: [stage("<1.1>", "numbers", "producer"), stage("<2.1>", "printed", "consumer")],
    subscriptions: [
      { tag: "s17", producer: "<1.1>", consumer: "<2.1>", ...between } as Subscription,
    ],
    findings: at < 3 ? [] : [{ illness: "slow_sink", stage: "<2.1>", label: "printed" } as never],
  };
}

function noted(at: number, process: string): Noted {
  const more = { kind: "ask", label: "numbers", subscription: null, count: 1, text: "" };
  return { order: at, at: at * 1e9, process, ...more };
}

function see(wish: Partial<Wish>): View {
  const past = new History();
  past.add_look(look(1, 10));
  past.add_look(look(2, 30));
  past.add_look(look(3, 90));
  past.add_records({
    after: "",
    next: "0:3:9",
    left_out: 0,
    missed: 0,
    records: [noted(1, "<1.1>"), noted(2, "<2.1>"), noted(3, "<1.1>")],
  });
  return new Viewer().view(past, { ...no_wish, ...wish }) as View;
}

test("the newest look is drawn, with who is stuck", () => {
  const { drawing, findings, timeline } = see({});
  expect(drawing.edges[0]?.flow.events_per_second).toBe(60);
  expect(drawing.nodes.find((node) => node.label === "printed")?.is_ill).toBe(true);
  expect(findings.length).toBe(1);
  expect(timeline.ill).toEqual([{ from: 1, to: 1 }]);
});

test("where the time line stands, all is as it was then", () => {
  const { drawing, findings, timeline } = see({ moment: 2.5e9 });
  expect(drawing.edges[0]?.flow.events_per_second).toBe(20);
  expect(findings).toEqual([]);
  expect(timeline.shown).toBe(2.5e9);
});

test("what is chosen is described, with its records until then, the newest first", () => {
  const { details } = see({ chosen: "<1.1>", moment: 2.5e9 });
  expect(details?.process?.label).toBe("numbers");
  expect(details?.peers.map((each) => [each.way, each.peer])).toEqual([["to", "printed"]]);
  expect(details?.recent.map((each) => each.at)).toEqual([1e9]);
  expect(details?.series).toEqual([20]);
});
