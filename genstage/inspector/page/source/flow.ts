import type { Edge, Node } from "./grouping";
import type { Process, Snapshot, Subscription } from "./model";
import { count_text, short_number, span_text } from "./wording";

/** What one side of a subscription does, as it decides how the edge is drawn. */
export type Waiting =
  | "flowing" // events arrive
  | "wants" // the consumer has asked and nothing comes
  | "held" // the producer may not send: nobody has asked for more
  | "silent"; // nothing was ever said

export interface Flow {
  waiting: Waiting;
  events_per_second: number;
  asks_per_second: number;
  in_flight: number;
  outstanding: number;
  text: string;
}

export interface Rates {
  events: number;
  asked: number;
}

export type Tags = ReadonlyMap<string, Subscription>;

export function index_subscriptions(snapshot: Snapshot): Map<string, Subscription> {
  return new Map(snapshot.subscriptions.map((each) => [each.tag, each]));
}

/** What has passed each second between two looks; a subscription that was not there began at 0. */
export function rates_between(now: Snapshot, before: Snapshot | null): Map<string, Rates> {
  const rates = new Map<string, Rates>();
  if (before === null || before.at >= now.at) return rates;
  const seconds = (now.at - before.at) / 1e9;
  const earlier = index_subscriptions(before);
  for (const each of now.subscriptions) {
    const last = earlier.get(each.tag);
    rates.set(each.tag, {
      events: Math.max(0, each.delivered - (last?.delivered ?? each.delivered)) / seconds,
      asked: Math.max(0, each.asked - (last?.asked ?? each.asked)) / seconds,
    });
  }
  return rates;
}

function longest(spans: (number | null)[]): number | null {
  const known = spans.filter((span) => span !== null);
  return known.length === 0 ? null : Math.max(...known);
}

/** How an edge is to be drawn. */
export function flow_of(edge: Edge, tags: Tags, rates: ReadonlyMap<string, Rates>): Flow {
  const all = edge.tags.map((tag) => tags.get(tag)).filter((each) => each !== undefined);
  let [events, asked, in_flight, outstanding, delivered, ever_asked] = [0, 0, 0, 0, 0, 0];
  for (const each of all) {
    const rate = rates.get(each.tag);
    events += rate?.events ?? 0;
    asked += rate?.asked ?? 0;
    in_flight += each.in_flight;
    outstanding += each.outstanding;
    delivered += each.delivered;
    ever_asked += each.asked;
  }
  const flow = { events_per_second: events, asks_per_second: asked, in_flight, outstanding };
  const since_event = longest(all.map((each) => each.since_event_ms));
  const since_ask = longest(all.map((each) => each.since_ask_ms));
  if (events > 0) return { ...flow, waiting: "flowing", text: `${short_number(events)}/s` };
  if (ever_asked === 0 && delivered === 0)
    return { ...flow, waiting: "silent", text: "nothing yet" };
  if (outstanding > 0) {
    const span = since_event ?? since_ask;
    const how_long = span === null ? "" : ` · ${span_text(span)}`;
    return { ...flow, waiting: "wants", text: `wants ${short_number(outstanding)}${how_long}` };
  }
  const how_long = since_ask === null ? "" : ` · ${span_text(since_ask)}`;
  return { ...flow, waiting: "held", text: `no ask${how_long}` };
}

/** The thickness of an edge: a tenfold rate is about twice as wide. */
export function width_of(events_per_second: number): number {
  if (events_per_second <= 0) return 1.5;
  return Math.min(12, 2 + 2 * Math.log10(1 + events_per_second));
}

/** How long a dot takes for its way; faster for a higher rate, and never a blur. */
export function seconds_of_way(per_second: number): number {
  return Math.max(0.9, 4 - Math.log10(1 + per_second));
}

/** What a stage is about, in a few words. */
export function condition_of(stage: Process): string {
  if (stage.noted !== undefined) return stage.noted;
  if (!stage.answered && stage.callback !== null) {
    return `${stage.callback} runs · ${span_text(stage.in_callback_ms ?? 0)}`;
  }
  if (stage.activity === "waiting" && stage.callback !== null) {
    return `${stage.callback} waits · ${span_text(stage.in_callback_ms ?? 0)}`;
  }
  if (stage.activity !== "ready") return stage.activity;
  const held = stage.stage;
  if (held && held.buffered > 0) return `${short_number(held.buffered)} buffered`;
  if (held && held.queued > 0) return `${short_number(held.queued)} queued`;
  if (stage.mailbox.length > 0) return count_text(stage.mailbox.length, "message");
  return "ready";
}

/** The same for a node, which may stand for many. */
export function node_condition(node: Node): string {
  const [only] = node.members;
  if (!node.is_group && only) return condition_of(only);
  const in_callbacks = node.members.filter((each) => !each.answered || each.activity === "waiting");
  if (in_callbacks.length === 0) return only?.noted === undefined ? "all ready" : "";
  const longest_ms = longest(in_callbacks.map((each) => each.in_callback_ms)) ?? 0;
  return `${short_number(in_callbacks.length)} at work · ${span_text(longest_ms)}`;
}

/** The share of time at work, of the busiest member. */
export function busy_of(node: Node): number | null {
  const known = node.members.map((each) => each.busy).filter((busy) => busy !== null);
  return known.length === 0 ? null : Math.min(1, Math.max(...known));
}
