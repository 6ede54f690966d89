import { describe, expect, it } from "vitest";
import { categories_of, ranked_results } from "./result_filter";
import { nothing_asked, type search_state } from "./search_state";

function site(id: string, categories: string[]) {
  const words = { id, name: id, homepage: "", checked: "never", limit_ms: 1 };
  return { ...words, categories, weight: 1, remarks: [], pages: false };
}

function arrival(id: string, page_key: string) {
  const hit = { title: page_key, url: "", snippet: "", rank: 1, page_key, title_key: "" };
  const times = { elapsed_ms: 1, age_ms: 0, retry_after_ms: 0, order: 1 };
  const rest = { ...times, is_shared: false, message: "" };
  return { id, outcome: "results" as const, results: [hit], ...rest };
}

const state: search_state = {
  ...nothing_asked,
  sites: [site("a", ["docs"]), site("b", ["docs", "wiki"]), site("c", [])],
  arrivals: [arrival("a", "x"), arrival("b", "y"), arrival("c", "x")],
};

function shown(filter: Parameters<typeof ranked_results>[1]): string[] {
  return ranked_results(state, filter).map((result) =>
    result.votes.map((vote) => vote.site).join("+"),
  );
}

describe("a filter", () => {
  it("lets everything through at first", () => {
    expect(shown({ kind: "all" })).toEqual(["a+c", "b"]);
  });

  it("keeps a site's results, with its vote alone", () => {
    expect(shown({ kind: "site", id: "c" })).toEqual(["c"]);
  });

  it("keeps the results of a category's sites", () => {
    expect(shown({ kind: "category", name: "docs" })).toEqual(["a", "b"]);
    expect(shown({ kind: "category", name: "music" })).toEqual([]);
  });

  it("can be any category that a site has", () => {
    expect(categories_of(state.sites)).toEqual(["docs", "wiki"]);
  });
});
