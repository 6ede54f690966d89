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

type KeyOf = (stage: Process) => string;

function count_keys(stages: Process[], key: KeyOf): Map<string, number> {
  const counts = new Map<string, number>();
  for (const each of stages) {
    const name = key(each);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/**
 * Which stages are drawn as one: replicas of one name first, and if that is not enough, all stages
 * of one kind under one supervisor, then under the supervisor above it, and so on.
 */
function choose_key(stages: Process[], by_pid: ReadonlyMap<string, Process>): KeyOf {
  const base = count_keys(stages, replica_base);
  const by_name: KeyOf = (stage) => {
    const name = replica_base(stage);
    return (base.get(name) ?? 0) > few_replicas ? `${name}/*` : stage.pid;
  };
  let key = by_name;
  for (let level = 0; level < 8 && count_keys(stages, key).size > most_nodes; level += 1) {
    key = (stage) => {
      const above = ancestors(stage, by_pid);
      const by_height = above[Math.min(level, Math.max(above.length - 1, 0))];
      return `${by_height?.label ?? "no supervisor"} · ${stage.stage?.kind ?? ""}s`;
    };
  }
  return key;
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

/** What is drawn of a snapshot. */
export function group(snapshot: Snapshot, wish: GroupingWish): Graph {
  const by_pid = index_processes(snapshot);
  const stages = snapshot.processes.filter(
    (each) =>
      each.stage !== null &&
      (wish.with_inspector || !is_of_inspector(each)) &&
      (wish.under === null || ancestors(each, by_pid).some((above) => above.pid === wish.under)),
  );
  const key = choose_key(stages, by_pid);
  const members = new Map<string, Process[]>();
  const node_of_pid = new Map<string, string>();
  for (const each of stages) {
    const chosen = key(each);
    const id = wish.opened.has(chosen) ? each.pid : chosen;
    node_of_pid.set(each.pid, id);
    const together = members.get(id);
    if (together) together.push(each);
    else members.set(id, [each]);
  }
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
  return {
    nodes: [...members].map(([id, together]) => node_of(id, together)),
    edges: [...edges.values()],
  };
}

/** Equal for graphs that are drawn in the same places. */
export function shape_of(graph: Graph): string {
  const ids = (all: { id: string }[]) => all.map((each) => each.id).join("|");
  return `${ids(graph.nodes)}#${ids(graph.edges)}`;
}
