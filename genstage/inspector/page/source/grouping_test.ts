import { expect, test } from "vitest";
import { group, most_edges, most_members, most_nodes, replica_base, shape_of } from "./grouping";
import type { Process, Snapshot, Stage, Subscription } from "./model";

function process(index: number, name: string, more: Partial<Process> = {}): Process {
  return {
    pid: `<${index}.1>`,
    label: name,
    name,
    type: "",
    parent: "<0.1>",
    activity: "ready",
    supervisor: false,
    answered: true,
    callback: null,
    in_callback_ms: null,
    mailbox: { length: 0, bytes: 0, oldest_ms: null },
    busy: null,
    restarts: 0,
    stage: null,
    ...more,
  };
}

function stage(index: number, name: string, kind: Stage["kind"], parent = "<0.1>"): Process {
  return process(index, name, { parent, stage: { kind, queued: 0, buffered: 0 } as Stage });
}

function between(tag: string, producer: number, consumer: number): Subscription {
  return { tag, producer: `<${producer}.1>`, consumer: `<${consumer}.1>` } as Subscription;
}

function snapshot(processes: Process[], subscriptions: Subscription[] = []): Snapshot {
  return { at: 1, took_us: 1, next_in_ms: 1, processes, subscriptions, findings: [] };
}

const all = { opened: new Set<string>(), under: null, with_inspector: false };

test("few replicas are drawn one by one", () => {
  const graph = group(snapshot([stage(1, "a/0", "producer"), stage(2, "a/1", "producer")]), all);
  expect(graph.nodes.map((node) => [node.label, node.is_group])).toEqual([
    ["a/0", false],
    ["a/1", false],
  ]);
});

test("many replicas are one node, and their subscriptions one edge", () => {
  const processes = [stage(1, "source", "producer")];
  const subscriptions = [];
  for (let at = 0; at < 8; at += 1) {
    processes.push(stage(10 + at, `sink/${at}`, "consumer"));
    subscriptions.push(between(`s${at}`, 1, 10 + at));
  }
  const graph = group(snapshot(processes, subscriptions), all);
  expect(graph.nodes.map((node) => node.label)).toEqual(["source", "sink"]);
  expect(graph.nodes[1]?.members.length).toBe(8);
  expect(graph.edges.map((edge) => edge.tags.length)).toEqual([8]);
});

test("a group that was opened is drawn stage by stage", () => {
  const processes = Array.from({ length: 8 }, (_, at) => stage(at, `sink/${at}`, "consumer"));
  const graph = group(snapshot(processes), { ...all, opened: new Set(["sink/*"]) });
  expect(graph.nodes.length).toBe(8);
});

test("only stages are drawn, and the inspector's only if asked for", () => {
  const processes = [process(1, "server"), stage(2, "inspector/looks", "producer")];
  expect(group(snapshot(processes), all).nodes).toEqual([]);
  expect(group(snapshot(processes), { ...all, with_inspector: true }).nodes.length).toBe(1);
});

test("only what is under a supervisor is drawn if that was chosen", () => {
  const processes = [
    process(1, "shop", { supervisor: true }),
    stage(2, "orders", "producer", "<1.1>"),
    stage(3, "other", "producer"),
  ];
  const graph = group(snapshot(processes), { ...all, under: "<1.1>" });
  expect(graph.nodes.map((node) => node.label)).toEqual(["orders"]);
});

test("ten thousand stages without names to group by are few nodes, by their supervisors", () => {
  const processes = [process(0, "application", { supervisor: true, parent: null })];
  for (let line = 0; line < 2000; line += 1) {
    const above = 1 + line * 6;
    processes.push(process(above, `line ${line}`, { supervisor: true }));
    for (let at = 0; at < 5; at += 1) {
      const kind = at === 0 ? "producer" : at === 4 ? "consumer" : "producer_consumer";
      processes.push(stage(above + 1 + at, `stage ${line} ${at}`, kind, `<${above}.1>`));
    }
  }
  const graph = group(snapshot(processes), all);
  expect(graph.nodes.length).toBeLessThanOrEqual(most_nodes);
  expect(graph.nodes.map((node) => node.label)).toEqual([
    "application · producers",
    "application · producer_consumers",
    "application · consumers",
  ]);
});

test("names lose the number of a replica, and nothing else", () => {
  expect(replica_base(process(1, "printed/3"))).toBe("printed");
  expect(replica_base(process(1, "lane/wiki/fetcher/0"))).toBe("lane/wiki/fetcher");
  expect(replica_base(process(1, "v2"))).toBe("v2");
});

test("what changes no place does not change the shape", () => {
  const one = group(
    snapshot([stage(1, "a", "producer"), stage(2, "b", "consumer")], [between("s1", 1, 2)]),
    all,
  );
  const busy = stage(1, "a", "producer");
  busy.busy = 0.9;
  const other = group(snapshot([busy, stage(2, "b", "consumer")], [between("s2", 1, 2)]), all);
  expect(shape_of(one)).toBe(shape_of(other));
});

test("of an opened group of thousands, who holds others up and the first ones are drawn", () => {
  const processes = [stage(1, "source", "producer")];
  for (let at = 0; at < 5000; at += 1) processes.push(stage(10 + at, `sink/${at}`, "consumer"));
  const graph = group(
    snapshot(processes),
    { ...all, opened: new Set(["sink/*"]) },
    undefined,
    new Set(["<4010.1>"]),
  );
  expect(graph.nodes.length).toBe(1 + most_members + 1);
  expect(graph.nodes.some((node) => node.label === "sink/4000")).toBe(true);
  expect(graph.nodes.find((node) => node.is_group)?.members.length).toBe(5000 - most_members);
});

test("of more edges than can be told apart, those of the most subscriptions are drawn", () => {
  const processes = [];
  const subscriptions = [];
  for (let at = 0; at < 30; at += 1) {
    processes.push(stage(at, `source${at}`, "producer"), stage(100 + at, `sink${at}`, "consumer"));
    for (let to = 0; to < 30; to += 1) subscriptions.push(between(`s${at}.${to}`, at, 100 + to));
  }
  subscriptions.push(between("twice", 29, 129));
  const graph = group(snapshot(processes, subscriptions), all);
  expect(graph.edges.length).toBe(most_edges);
  expect(graph.edges_left_out).toBe(900 - most_edges);
  expect(graph.edges.some((edge) => edge.tags.includes("twice"))).toBe(true);
});
