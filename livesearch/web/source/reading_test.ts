import { describe, expect, it } from "vitest";
import type { merged_result } from "./merging";
import { follow, nothing_read, pass, take_in, type reading } from "./reading";

/** A result with its votes: "a:1 b:3". */
function result(words: string): merged_result {
  const votes = words.split(" ").map((vote) => {
    const [site = "", rank = "1"] = vote.split(":");
    const hit = { title: vote, url: "", snippet: "", page_key: "", title_key: "" };
    return { site, hit: { ...hit, rank: Number(rank) } };
  });
  return { id: words.split(" ")[0]!, shown: votes[0]!.hit, votes };
}

function list(...results: string[]): merged_result[] {
  return results.map(result);
}

function ids(state: reading): string[] {
  return state.shown.map((shown) => shown.id);
}

const first = follow(nothing_read, 1, list("a:1", "a:2", "a:3"));

describe("reading", () => {
  it("shows everything in its order while nothing was passed", () => {
    const state = follow(first, 1, list("b:1", "a:1", "a:2", "a:3"));

    expect(ids(state)).toEqual(["b:1", "a:1", "a:2", "a:3"]);
    expect(state.waiting).toBe(0);
  });

  it("moves nothing that was passed, and counts what would stand above", () => {
    const state = follow(pass(first, 2), 1, list("b:1", "a:1", "b:2", "a:2", "b:3", "a:3"));

    expect(ids(state)).toEqual(["a:1", "a:2", "b:3", "a:3"]);
    expect(state).toMatchObject({ passed: 2, waiting: 2 });
  });

  it("moves nothing that was passed even if it now belongs elsewhere", () => {
    const state = follow(pass(first, 3), 1, list("a:3 b:1", "a:1", "a:2", "b:2"));

    expect(ids(state)).toEqual(["a:1", "a:2", "a:3", "b:2"]);
    expect(state.shown[2]!.votes.map((vote) => vote.site)).toEqual(["a", "b"]);
    expect(state.waiting).toBe(0);
  });

  it("keeps the words of a passed result when another site ranks it better", () => {
    const state = follow(pass(first, 1), 1, list("b:1 a:1", "a:2", "a:3"));

    expect(ids(state)[0]).toBe("a:1");
    expect(state.shown[0]!.shown.title).toBe("a:1");
  });

  it("keeps two passed results that turn out to be one", () => {
    const state = follow(pass(first, 2), 1, list("a:1 b:4", "a:3"));
    const again = follow(pass(first, 2), 1, list("a:1 a:2", "a:3"));

    expect(ids(state)).toEqual(["a:1", "a:3"]);
    expect(ids(again)).toEqual(["a:1", "a:2", "a:3"]);
  });

  it("takes in what waits when asked, and says what is new", () => {
    const ranked = list("b:1", "a:1", "a:2", "a:3");
    const waiting = follow(pass(first, 3), 1, ranked);
    expect(waiting.waiting).toBe(1);

    const state = take_in(waiting, ranked);

    expect(ids(state)).toEqual(["b:1", "a:1", "a:2", "a:3"]);
    expect(state.shown.map((shown) => shown.is_new)).toEqual([true, false, false, false]);
    expect(state).toMatchObject({ passed: 0, waiting: 0 });
  });

  it("never unreads", () => {
    expect(pass(pass(first, 2), 1).passed).toBe(2);
    expect(pass(first, 99).passed).toBe(3);
  });

  it("shows nothing of another search, though its results have the same ids", () => {
    const other = follow(pass(first, 3), 2, list("b:1", "a:1"));

    expect(ids(other)).toEqual(["b:1", "a:1"]);
    expect(other).toMatchObject({ serial: 2, passed: 0, waiting: 0 });
    expect(follow(first, 2, []).shown).toEqual([]);
  });
});
