import {
  busy_of,
  flow_of,
  index_subscriptions,
  node_condition,
  rates_between,
  type Flow,
} from "./flow";
import {
  group,
  index_processes,
  is_of_inspector,
  shape_of,
  type Graph,
  type Node,
} from "./grouping";
import { lay_out, type Layout, type Place } from "./layout";
import type { Conversation, Finding, Noted, Process, Snapshot, Subscription } from "./model";
import type { Past } from "./past";
import { rows_of, type Row } from "./tree";
import { short_number } from "./wording";

/** What the reader has asked to be shown. */
export interface Wish {
  /** Where the time line stands; null while it runs. */
  moment: number | null;
  chosen: string | null;
  chosen_tag: string | null;
  /** Only stages under this supervisor are drawn; null for all. */
  under: string | null;
  /** Groups that are drawn stage by stage. */
  opened: ReadonlySet<string>;
  /** Rows of the tree that were opened or closed by hand. */
  turned: ReadonlySet<string>;
  with_inspector: boolean;
  stepped_to: Noted | null;
}

export const no_wish: Wish = {
  moment: null,
  chosen: null,
  chosen_tag: null,
  under: null,
  opened: new Set(),
  turned: new Set(),
  with_inspector: false,
  stepped_to: null,
};

export interface NodeView {
  id: string;
  label: string;
  kind: Node["kind"];
  is_group: boolean;
  count: number;
  /** Of the stage, or of the first one. */
  pid: string;
  type: string;
  condition: string;
  busy: number | null;
  is_ill: boolean;
  is_chosen: boolean;
  place: Place;
}

export interface EdgeView {
  id: string;
  count: number;
  tag: string;
  path: string;
  middle: Place;
  flow: Flow;
  is_chosen: boolean;
  is_stepped: boolean;
}

export interface Drawing {
  width: number;
  height: number;
  nodes: NodeView[];
  edges: EdgeView[];
  /** Lines that are left out, for there are too many. */
  edges_left_out: number;
}

export interface PeerView {
  tag: string;
  peer: string;
  way: "from" | "to";
  state: string;
}

export interface Details {
  chosen: string;
  process: Process | null;
  parent: string | null;
  peers: PeerView[];
  peers_left_out: number;
  recent: Noted[];
  /** Events each second that passed through it, look by look. */
  series: number[];
}

export interface TimelineView {
  kept: number;
  first: number;
  last: number;
  shown: number;
  /** Where somebody was stuck, as parts of the whole. */
  ill: { from: number; to: number }[];
  left_out: number;
  missed: number;
}

/** All that the page draws: small, whatever the size of the program. */
export interface View {
  at: number;
  took_us: number;
  processes: number;
  stages: number;
  findings: Finding[];
  findings_in_all: number;
  rows: Row[];
  drawing: Drawing;
  details: Details | null;
  timeline: TimelineView;
}

export const most_series = 90;
const most_findings = 20;
const most_peers = 40;
const most_recent = 40;

/** Whether a record tells of what is chosen. */
export function is_about(
  wish: Wish,
  noted: Noted,
  tags: ReadonlyMap<string, Subscription>,
): boolean {
  if (wish.chosen_tag !== null) return noted.subscription === wish.chosen_tag;
  if (wish.chosen !== null) {
    if (noted.process === wish.chosen) return true;
    const between = tags.get(noted.subscription ?? "");
    return between?.producer === wish.chosen || between?.consumer === wish.chosen;
  }
  return wish.with_inspector || !(noted.label ?? "").startsWith("inspector");
}

/** The conversation as far as the time line shows it. */
export function until_now(told: Conversation | null, wish: Wish): Conversation | null {
  const { moment } = wish;
  if (told === null || moment === null) return told;
  return { ...told, lines: told.lines.filter((line) => line.at <= moment) };
}

function rate_series(totals: { at: number; total: number }[]): number[] {
  return totals.slice(1).map((next, at) => {
    const last = totals[at] as { at: number; total: number };
    const seconds = (next.at - last.at) / 1e9;
    return seconds > 0 ? Math.max(0, next.total - last.total) / seconds : 0;
  });
}

function state_of(between: Subscription): string {
  const way = `asked ${short_number(between.asked)}, got ${short_number(between.delivered)}`;
  return between.in_flight > 0 ? `${way}, ${short_number(between.in_flight)} in flight` : way;
}

/** Makes views, and remembers where nodes are drawn as long as they are the same ones. */
export class Viewer {
  private shape = "";
  private layout: Layout | null = null;

  view(past: Past, wish: Wish): View | null {
    const look = past.look(wish.moment);
    if (look === null) return null;
    const by_pid = index_processes(look);
    const tags = index_subscriptions(look);
    const ill = new Set(look.findings.map((each) => each.stage));
    const shown = wish.with_inspector
      ? look.processes
      : look.processes.filter((each) => !is_of_inspector(each));
    return {
      at: look.at,
      took_us: look.took_us,
      processes: shown.length,
      stages: shown.reduce((count, each) => count + (each.stage === null ? 0 : 1), 0),
      findings: look.findings.slice(0, most_findings),
      findings_in_all: look.findings.length,
      rows: rows_of(look, wish, ill),
      drawing: this.draw(look, past, wish, by_pid, tags, ill),
      details: details_of(look, past, wish, by_pid, tags),
      timeline: timeline_of(look, past, wish),
    };
  }

  private draw(
    look: Snapshot,
    past: Past,
    wish: Wish,
    by_pid: ReadonlyMap<string, Process>,
    tags: ReadonlyMap<string, Subscription>,
    ill: ReadonlySet<string>,
  ): Drawing {
    const graph = group(look, wish, by_pid, ill);
    const layout = this.lay_out(graph);
    const rates = rates_between(look, past.before(wish.moment));
    const stepped = wish.stepped_to?.subscription ?? null;
    return {
      width: layout.width,
      height: layout.height,
      edges_left_out: graph.edges_left_out,
      nodes: graph.nodes.map((node) => ({
        id: node.id,
        label: node.label,
        kind: node.kind,
        is_group: node.is_group,
        count: node.members.length,
        pid: node.members[0]?.pid ?? "",
        type: node.members[0]?.type ?? "",
        condition: node_condition(node),
        busy: busy_of(node),
        is_ill: node.members.some((each) => ill.has(each.pid)),
        is_chosen: node.members.some((each) => each.pid === wish.chosen),
        place: layout.nodes.get(node.id) ?? { x: 0, y: 0 },
      })),
      edges: graph.edges.flatMap((edge) => {
        const drawn = layout.edges.get(edge.id);
        if (!drawn) return [];
        return {
          id: edge.id,
          count: edge.tags.length,
          tag: edge.tags[0] ?? "",
          ...drawn,
          flow: flow_of(edge, tags, rates),
          is_chosen: wish.chosen_tag !== null && edge.tags.includes(wish.chosen_tag),
          is_stepped: stepped !== null && edge.tags.includes(stepped),
        };
      }),
    };
  }

  private lay_out(graph: Graph): Layout {
    const shape = shape_of(graph);
    if (this.layout === null || shape !== this.shape) {
      this.layout = lay_out(graph);
      this.shape = shape;
    }
    return this.layout;
  }
}

function details_of(
  look: Snapshot,
  past: Past,
  wish: Wish,
  by_pid: ReadonlyMap<string, Process>,
  tags: ReadonlyMap<string, Subscription>,
): Details | null {
  const { chosen } = wish;
  if (chosen === null) return null;
  const label_of = (pid: string) => by_pid.get(pid)?.label ?? pid;
  const process = by_pid.get(chosen) ?? null;
  const peers = look.subscriptions.filter(
    (each) => each.producer === chosen || each.consumer === chosen,
  );
  const recent: Noted[] = [];
  const now = wish.moment ?? Infinity;
  for (let at = past.records.length - 1; at >= 0 && recent.length < most_recent; at -= 1) {
    const each = past.records[at] as Noted;
    if (each.at <= now && is_about(wish, each, tags)) recent.push(each);
  }
  return {
    chosen,
    process,
    parent: process?.parent ? label_of(process.parent) : null,
    peers: peers.slice(0, most_peers).map((each) => ({
      tag: each.tag,
      way: each.consumer === chosen ? "from" : "to",
      peer: label_of(each.consumer === chosen ? each.producer : each.consumer),
      state: state_of(each),
    })),
    peers_left_out: Math.max(0, peers.length - most_peers),
    recent,
    series: rate_series(past.totals(chosen, wish.moment, most_series)),
  };
}

function timeline_of(look: Snapshot, past: Past, wish: Wish): TimelineView {
  const { kept, first, last } = past.span();
  return {
    kept,
    first,
    last,
    shown: Math.min(Math.max(wish.moment ?? look.at, first), last),
    ill: past.ill(),
    left_out: past.left_out,
    missed: past.missed,
  };
}
