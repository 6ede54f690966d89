import { describe, expect, it } from "vitest";
import type { asked_site, outcome, search_ended, site_report } from "./api";
import {
  advance,
  latest_report,
  nothing_asked,
  results_of,
  sites_with_more,
  totals,
  unanswered,
  type search_action,
  type search_state,
} from "./search_state";

function site(id: string): asked_site {
  const abilities = { categories: [], weight: 1, remarks: [], pages: id === "a" };
  const words = { id, name: id.toUpperCase(), homepage: "", checked: "never", limit_ms: 3000 };
  return { ...words, ...abilities };
}

function started(...ids: string[]): search_action {
  const event = { query: "q", terms: ["q"], sites: ids.map(site), limit_ms: 3000 };
  return { kind: "started", event };
}

function reported(id: string, hits = 1, named?: outcome, elapsed_ms = 20): search_action {
  const results = Array.from({ length: hits }, (_, n) => {
    const keys = { page_key: "", title_key: "", rank: n + 1 };
    return { title: `${id} ${n}`, url: "https://a.example/", snippet: "", ...keys };
  });
  const what = named ?? (hits > 0 ? "results" : "no_results");
  const plain = { message: "", age_ms: 0, is_shared: false, retry_after_ms: 0 };
  const event: site_report = { id, outcome: what, elapsed_ms, results, ...plain };
  return { kind: "reported", event };
}

function ended(reason: search_ended["reason"] = "complete"): search_action {
  const event = { reason, elapsed_ms: 3000, results: 0, sites: 0, answered: 0, failed: 0 };
  return { kind: "ended", event };
}

function after(...actions: search_action[]): search_state {
  const first: search_action = { kind: "submitted", query: "q", serial: 1 };
  return [first, ...actions].reduce(advance, nothing_asked);
}

describe("a search", () => {
  it("is asking until the server names the sites", () => {
    expect(after().phase).toBe("asking");
    expect(after(started("a")).phase).toBe("running");
  });

  it("waits for every site that was named", () => {
    const state = after(started("a", "b"), reported("b"));

    expect(state.waiting).toEqual(["a"]);
    expect(totals(state).waiting).toBe(1);
  });

  it("keeps reports in the order in which they arrived", () => {
    const state = after(started("a", "b", "c"), reported("c"), reported("a"), reported("b"));

    expect(state.arrivals.map((arrival) => arrival.id)).toEqual(["c", "a", "b"]);
    expect(state.arrivals.map((arrival) => arrival.order)).toEqual([1, 2, 3]);
  });

  it("never changes what has already arrived", () => {
    const before = after(started("a", "b"), reported("a"));

    const state = advance(before, reported("b"));

    expect(state.arrivals[0]).toBe(before.arrivals[0]);
    expect(before.arrivals).toHaveLength(1);
  });

  it("ignores a second report of a site and one of a site that was not asked", () => {
    const state = after(started("a"), reported("a"), reported("a"), reported("ghost"));

    expect(state.arrivals).toHaveLength(1);
  });

  it("is complete at the end event, with the time the server measured", () => {
    const state = after(started("a"), reported("a"), ended());

    expect(state.phase).toBe("complete");
    expect(state.elapsed_ms).toBe(3000);
  });

  it("says so when the server stops", () => {
    expect(after(started("a"), ended("stopping")).phase).toBe("stopping");
  });

  it("hears nothing more once the reader has stopped it", () => {
    const state = after(started("a", "b"), reported("a"), { kind: "stopped" }, reported("b"));

    expect(state.phase).toBe("stopped");
    expect(state.arrivals).toHaveLength(1);
  });

  it("keeps its results when the connection is lost", () => {
    const lost: search_action = { kind: "lost", problem: "gone" };

    const state = after(started("a", "b"), reported("a"), lost);

    expect(state).toMatchObject({ phase: "lost", problem: "gone" });
    expect(state.arrivals).toHaveLength(1);
    expect(unanswered(state)).toEqual(["b"]);
  });

  it("carries the words and the field of a refusal", () => {
    const state = after({ kind: "refused", problem: "too long", field: "q" });

    expect(state).toMatchObject({ phase: "refused", problem: "too long", field: "q" });
  });

  it("does not lose its end when the connection closes after it", () => {
    const state = after(started("a"), reported("a"), ended(), { kind: "lost", problem: "x" });

    expect(state.phase).toBe("complete");
  });

  it("forgets everything at a new query", () => {
    const state = advance(after(started("a"), reported("a")), {
      kind: "submitted",
      query: "r",
      serial: 2,
    });

    expect(state).toEqual({ ...nothing_asked, phase: "asking", query: "r", serial: 2 });
  });
});

describe("asking again", () => {
  const first = after(started("a", "b"), reported("a"), reported("b", 0, "timed_out"), ended());
  const again = [{ kind: "asked_again" } as const, started("b")].reduce(advance, first);

  it("is offered for the sites that did not answer, once the search is over", () => {
    expect(unanswered(first)).toEqual(["b"]);
    expect(unanswered(after(started("a")))).toEqual([]);
  });

  it("keeps all sites and reports in place", () => {
    expect(again.sites.map((known) => known.id)).toEqual(["a", "b"]);
    expect(again.arrivals).toEqual(first.arrivals);
    expect(again.waiting).toEqual(["b"]);
  });

  it("appends the new report, which counts from then on", () => {
    const state = [reported("b", 2), ended()].reduce(advance, again);

    expect(state.arrivals.map((arrival) => arrival.id)).toEqual(["a", "b", "b"]);
    expect(latest_report(state, "b")?.outcome).toBe("results");
    expect(totals(state)).toMatchObject({ answered: 2, failed: 0, results: 3 });
  });
});

describe("asking for more", () => {
  const first = after(started("a", "b"), reported("a", 2), reported("b"), ended());

  it("is offered for sites that have pages and gave results, once the search is over", () => {
    expect(sites_with_more(first)).toEqual(["a"]);
    expect(sites_with_more(after(started("a"), reported("a")))).toEqual([]);
    expect(sites_with_more(after(started("a"), reported("a", 0), ended()))).toEqual([]);
  });

  it("keeps what is there and counts what comes to it", () => {
    const more: search_action[] = [{ kind: "asked_more" }, started("a"), reported("a", 1), ended()];

    const state = more.reduce(advance, first);

    expect(state.page).toBe(2);
    expect(state.serial).toBe(first.serial);
    expect(results_of(state, "a")).toBe(3);
    expect(state.sites.map((known) => known.id)).toEqual(["a", "b"]);
  });
});

describe("totals", () => {
  it("count results, answers and failures", () => {
    const state = after(
      started("a", "b", "c", "d"),
      reported("a", 3, "results", 80),
      reported("b", 2, "results", 24),
      reported("c", 0),
      reported("d", 0, "unreachable"),
      ended(),
    );

    expect(totals(state)).toEqual({
      results: 5,
      sites: 4,
      answered: 3,
      failed: 1,
      waiting: 0,
      first_result_ms: 24,
    });
  });

  it("know no first result while there is none", () => {
    expect(totals(after(started("a"), reported("a", 0))).first_result_ms).toBeNull();
  });
});
