import { span_text } from "./wording";

/** How long something took, many times; buckets are [longest that it counts in ms, how many]. */
export interface Times {
  count: number;
  half_ms: number;
  most_ms: number;
  longest_ms: number;
  buckets: [number, number][];
}

/** Where the time of the events of one subscription went. */
export interface Hop {
  tag: string;
  seen_ms: number;
  without_demand_ms: number;
  waited_for_events: Times;
  waited_for_ask: Times;
  /** In the order of an event's way; null if nobody measures. */
  measured: Record<string, Times> | null;
}

const parts: Record<string, string> = {
  waiting_for_demand: "Waited for demand",
  in_queue: "In the queue",
  in_service: "In service",
  waiting_for_batch: "Waited for a batch",
  acknowledging: "Until its demand was given back",
};

/** What was measured of a hop, in words, without the parts that it does not have. */
export function measured_parts(hop: Hop): [string, Times][] {
  return Object.entries(hop.measured ?? {})
    .filter(([, times]) => times.count > 0)
    .map(([part, times]) => [parts[part] ?? part, times]);
}

export interface Hops {
  in_all: number;
  hops: Hop[];
}

export interface Bar {
  /** From, and below which, in ms: twice as long. */
  from_ms: number;
  below_ms: number;
  count: number;
}

/** The buckets as bars, one for each doubling, those between two that are empty included. */
export function bars_of(times: Times): Bar[] {
  const counts = new Map<number, number>();
  for (const [most_ms, count] of times.buckets) {
    const doubling = most_ms <= 0 ? -20 : Math.max(-20, Math.floor(Math.log2(most_ms)));
    counts.set(doubling, (counts.get(doubling) ?? 0) + count);
  }
  if (counts.size === 0) return [];
  const first = Math.min(...counts.keys());
  const last = Math.max(...counts.keys());
  return Array.from({ length: last - first + 1 }, (_, at) => ({
    from_ms: 2 ** (first + at),
    below_ms: 2 ** (first + at + 1),
    count: counts.get(first + at) ?? 0,
  }));
}

export function small_span_text(ms: number): string {
  return ms < 1 && ms > 0 ? `${Math.max(1, Math.round(ms * 1000))} µs` : span_text(ms);
}

export function times_text(times: Times): string {
  if (times.count === 0) return "nothing yet";
  return (
    `half within ${small_span_text(times.half_ms)}, 99 % within ` +
    `${small_span_text(times.most_ms)}, at most ${small_span_text(times.longest_ms)}`
  );
}
