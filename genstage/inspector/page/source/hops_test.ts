import { expect, test } from "vitest";
import { bars_of, times_text, type Times } from "./hops";

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

test("the times are said in words", () => {
  expect(times_text(times([[1, 1]]))).toBe("half within 20 µs, 99 % within 3 ms, at most 1.5 s");
  expect(times_text({ ...times([]), count: 0 })).toBe("nothing yet");
});
