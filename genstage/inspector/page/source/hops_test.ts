import { expect, test } from "vitest";
import { bars_of, measured_parts, times_text, type Hop, type Times } from "./hops";

function times(buckets: [number, number][]): Times {
  return { count: 1, half_ms: 0.02, most_ms: 3, longest_ms: 1500, buckets };
}

test("buckets become a bar for each doubling, without gaps", () => {
  const bars = bars_of(
    times([
      [1.0, 3],
      [1.5, 2],
      [4.2, 1],
    ]),
  );
  expect(bars.map((bar) => [bar.from_ms, bar.count])).toEqual([
    [1, 5],
    [2, 0],
    [4, 1],
  ]);
  expect(bars_of(times([]))).toEqual([]);
});

test("what took no time has a bar too", () => {
  expect(bars_of(times([[0, 7]])).map((bar) => bar.count)).toEqual([7]);
});

test("only the parts that were measured are told, in words", () => {
  const none = { ...times([]), count: 0 };
  const hop: Hop = {
    tag: "s1",
    seen_ms: 0,
    without_demand_ms: 0,
    waited_for_events: none,
    waited_for_ask: none,
    measured: { waiting_for_demand: times([]), waiting_for_batch: none, acknowledging: times([]) },
  };
  expect(measured_parts(hop).map(([what]) => what)).toEqual([
    "Waited for demand",
    "Until its demand was given back",
  ]);
  expect(measured_parts({ ...hop, measured: null })).toEqual([]);
});

test("the times are said in words", () => {
  expect(times_text(times([[1, 1]]))).toBe("half within 20 µs, 99 % within 3 ms, at most 1.5 s");
  expect(times_text({ ...times([]), count: 0 })).toBe("nothing yet");
});
