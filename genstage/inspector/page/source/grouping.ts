import type { Process, Snapshot } from "./model";

/** A node of the drawing: one stage, or several that are drawn as one. */
export interface Node {
  id: string;
  label: string;
  /** Whether it stands for several stages. */
  is_group: boolean;
  members: Process[];
  kind: "producer" | "producer_consumer" | "consumer";
}

/** All subscriptions between two nodes. */
export interface Edge {
  id: string;
  from: string;
  to: string;
  tags: string[];
}

export interface Graph {
  nodes: Node[];
  edges: Edge[];
  /** Edges that are not drawn, for there are too many. */
  edges_left_out: number;
}

export interface GroupingWish {
  /** Groups that are to be drawn stage by stage. */
  opened: ReadonlySet<string>;
  /** Only what is under this supervisor; null for all. */
  under: string | null;
  /** Whether the inspector's own stages are drawn as well. */
  with_inspector: boolean;
}

/** Above so many nodes, coarser groups are drawn. */
export const most_nodes = 60;
/** So many members of a group that was opened are drawn, the others stay one node. */
export const most_members = 40;
/** Of more edges, those of the most subscriptions are drawn. */
export const most_edges = 200;
/** So many replicas are still drawn one by one. */
const few_replicas = 3;

export function is_of_inspector(process: Process): boolean {
  return process.name === "inspector" || process.name.startsWith("inspector/");
}

/** "printed" of "printed/3"; stages without a name go by their type. */
export function replica_base(process: Process): string {
  if (process.name === "") return process.type === "" ? "unnamed" : process.type;
  return process.name.replace(/\/\d+$/, "");
}

/** Its supervisors, the nearest first. */
export function ancestors(process: Process, by_pid: ReadonlyMap<string, Process>): Process[] {
  const found: Process[] = [];
  let next = process.parent;
  while (next !== null && found.length < 100) {
    const parent = by_pid.get(next);
    if (!parent) break;
    found.push(parent);
    next = parent.parent;
  }
  return found;
}

export function index_processes(snapshot: Snapshot): Map<string, Process> {
  return new Map(snapshot.processes.map((each) => [each.pid, each]));
}

function count(names: string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/**
 * Which stages are drawn as one: replicas of one name first, and if that is not enough, all stages
 * of one kind under one supervisor, then under the supervisor above it, and so on.
 */
function choose_keys(stages: Process[], by_pid: ReadonlyMap<string, Process>): string[] {
  const names = stages.map(replica_base);
  const replicas = count(names);
  let keys = stages.map((stage, at) => {
    const name = names[at] as string;
    return (replicas.get(name) ?? 0) > few_replicas ? `${name}/*` : stage.pid;
  });
  for (let level = 0; level < 8 && count(keys).size > most_nodes; level += 1) {
    keys = stages.map((stage) => {
      const above = ancestors(stage, by_pid);
      const by_height = above[Math.min(level, Math.max(above.length - 1, 0))];
      return `${by_height?.label ?? "no supervisor"} · ${stage.stage?.kind ?? ""}s`;
    });
  }
  return keys;
}

/** Of an opened group that is large: those that hold others up, then the first ones. */
function chosen_members(all: Process[], ill: ReadonlySet<string>): Set<string> {
  const few = [
    ...all.filter((each) => ill.has(each.pid)),
    ...all.filter((each) => !ill.has(each.pid)),
  ].slice(0, most_members);
  return new Set(few.map((each) => each.pid));
}

function node_of(id: string, members: Process[]): Node {
  const first = members[0] as Process;
  const is_group = members.length > 1 || id !== first.pid;
  return {
    id,
    label: is_group ? id.replace(/\/\*$/, "") : first.label,
    is_group,
    members,
    kind: first.stage?.kind ?? "consumer",
  };
}

function gather<T>(all: T[], key: (each: T, at: number) => string): Map<string, T[]> {
  const together = new Map<string, T[]>();
  all.forEach((each, at) => {
    const name = key(each, at);
    const known = together.get(name);
    if (known) known.push(each);
    else together.set(name, [each]);
  });
  return together;
}

/** What is drawn of a snapshot. Those in `ill` are shown first where not all are. */
export function group(
  snapshot: Snapshot,
  wish: GroupingWish,
  by_pid: ReadonlyMap<string, Process> = index_processes(snapshot),
  ill: ReadonlySet<string> = new Set(),
): Graph {
  const stages = snapshot.processes.filter(
    (each) =>
      each.stage !== null &&
      (wish.with_inspector || !is_of_inspector(each)) &&
      (wish.under === null || ancestors(each, by_pid).some((above) => above.pid === wish.under)),
  );
  const keys = choose_keys(stages, by_pid);
  const groups = gather(stages, (_, at) => keys[at] as string);
  const node_of_pid = new Map<string, string>();
  for (const [key, members] of groups) {
    const one_by_one = wish.opened.has(key) ? chosen_members(members, ill) : null;
    for (const { pid } of members) node_of_pid.set(pid, one_by_one?.has(pid) ? pid : key);
  }
  const nodes = gather(stages, (each) => node_of_pid.get(each.pid) as string);
  const edges = new Map<string, Edge>();
  for (const each of snapshot.subscriptions) {
    const from = node_of_pid.get(each.producer);
    const to = node_of_pid.get(each.consumer);
    if (from === undefined || to === undefined) continue;
    const id = `${from}→${to}`;
    const known = edges.get(id);
    if (known) known.tags.push(each.tag);
    else edges.set(id, { id, from, to, tags: [each.tag] });
  }
  let drawn = [...edges.values()];
  if (drawn.length > most_edges) {
    // In their order afterwards, so that the drawing stays the same as long as they do.
    const kept = new Set(
      drawn.toSorted((one, other) => other.tags.length - one.tags.length).slice(0, most_edges),
    );
    drawn = drawn.filter((each) => kept.has(each));
  }
  return {
    nodes: [...nodes].map(([id, together]) => node_of(id, together)),
    edges: drawn,
    edges_left_out: edges.size - drawn.length,
  };
}

/** Equal for graphs that are drawn in the same places. */
export function shape_of(graph: Graph): string {
  const ids = (all: { id: string }[]) => all.map((each) => each.id).join("|");
  return `${ids(graph.nodes)}#${ids(graph.edges)}`;
}
