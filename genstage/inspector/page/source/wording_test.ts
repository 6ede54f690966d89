import { expect, test } from "vitest";
import {
  bytes_text,
  count_text,
  moment_text,
  short_number,
  short_type,
  span_text,
} from "./wording";

test("a span is said in the unit that fits", () => {
  expect([0.2, 12, 1500, 75_000, 3_700_000].map(span_text)).toEqual([
    "under 1 ms",
    "12 ms",
    "1.5 s",
    "1 min 15 s",
    "1 h 1 min",
  ]);
});

test("large numbers are shortened, small ones are exact", () => {
  expect([7, 2.5, 999, 9999, 12_345, 4_200_000].map(short_number)).toEqual([
    "7",
    "2.5",
    "999",
    "9,999",
    "12k",
    "4.2M",
  ]);
});

test("a moment has its minutes, seconds and milliseconds", () => {
  expect(moment_text(65_432_000_000)).toBe("1:05.432");
});

test("types lose their namespaces", () => {
  expect(short_type("std::vector<shop::order>")).toBe("vector<order>");
});

test("counts and bytes go with their words", () => {
  expect(count_text(1, "stage")).toBe("1 stage");
  expect(count_text(1200, "process", "processes")).toBe("1,200 processes");
  expect(bytes_text(2048)).toBe("2.0 KiB");
});
