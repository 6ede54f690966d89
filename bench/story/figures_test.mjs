import assert from "node:assert/strict";
import test from "node:test";
import {
  better, change, count, counted, duration, in_words, listed, memory, order, out_of, part, percent,
  ratio, seconds, times,
} from "./figures.mjs";

test("a time is in milliseconds below a second and in seconds above", () => {
  assert.equal(duration(0.42), "0.4 ms");
  assert.equal(duration(5), "5 ms");
  assert.equal(duration(61.7), "62 ms");
  assert.equal(duration(999.6), "1 s");
  assert.equal(duration(3440), "3.4 s");
  assert.equal(duration(12_500), "13 s");
  assert.equal(duration(null), "never");
});

test("seconds, memory and counts have as many digits as they are worth", () => {
  assert.equal(seconds(4.5), "4.5 s");
  assert.equal(seconds(3), "3 s");
  assert.equal(memory(62.04), "62.0 MiB");
  assert.equal(memory(431.4), "431 MiB");
  assert.equal(count(2345), "2,345");
  assert.equal(counted(1, "job"), "1 job");
  assert.equal(counted(2345, "job"), "2,345 jobs");
});

test("a ratio to nothing is none", () => {
  assert.equal(times(ratio(120, 100)), "1.2 ×");
  assert.equal(times(ratio(5500, 100)), "55 ×");
  assert.equal(times(ratio(10, 0)), "none");
  assert.equal(times(ratio(null, 10)), "none");
});

test("a share is not rounded to all or nothing", () => {
  assert.equal(percent(0), "0 %");
  assert.equal(percent(1), "100 %");
  assert.equal(percent(0.0001), "less than 0.1 %");
  assert.equal(percent(0.9999), "more than 99.9 %");
  assert.equal(percent(0.019), "1.9 %");
  assert.equal(percent(0.294), "29 %");
  assert.equal(part(0, 640), "none");
  assert.equal(part(12, 640), "12 of 640 (1.9 %)");
  assert.equal(out_of(12, 640, "searches"), "Of 640 searches, 12 (1.9 %)");
});

test("figures within a tenth or within the floor are equal", () => {
  assert.equal(order(100, 109), "equal");
  assert.equal(order(100, 112), "less");
  assert.equal(order(112, 100), "more");
  assert.equal(order(1, 5, 5), "equal");
  assert.equal(order(0, 0), "equal");
  assert.equal(order(0, 1), "less");
});

test("who does better depends on what is wanted", () => {
  assert.equal(better(100, 50), "stages");
  assert.equal(better(50, 100), "old");
  assert.equal(better(100, 50, { wanted: "more" }), "old");
  assert.equal(better(100, 101), "equal");
});

test("what never came is worse than any figure", () => {
  assert.equal(better(null, 9000), "stages");
  assert.equal(better(9000, null), "old");
  assert.equal(better(null, null), "equal");
});

test("a change is told in words that the figures allow", () => {
  assert.equal(change(100, 103), "takes 103 ms, as long as before");
  assert.equal(change(100, 4000), "takes 4 s instead of 100 ms, 40 × as long");
  assert.equal(change(100, 50), "takes 50 ms instead of 100 ms, less than before");
  assert.equal(change(100, null), "never comes");
});

test("lists and small numbers read as in a sentence", () => {
  assert.equal(listed(["a", "b", "c"]), "a, b and c");
  assert.equal(listed(["a"]), "a");
  assert.equal(in_words(4), "four");
  assert.equal(in_words(16), "16");
});
