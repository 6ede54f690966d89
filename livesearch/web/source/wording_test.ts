import { describe, expect, it } from "vitest";
import type { outcome } from "./api";
import { advance, nothing_asked, type search_action, type search_state } from "./search_state";
import * as wording from "./wording";

function after(...actions: search_action[]): search_state {
  const sites = ["a", "b"].map((id) => {
    return { id, name: `Site ${id}`, homepage: "", checked: "never", limit_ms: 3000 };
  });
  const before: search_action[] = [
    { kind: "submitted", query: "q" },
    { kind: "started", event: { query: "q", sites, limit_ms: 3000 } },
  ];
  return [...before, ...actions].reduce(advance, nothing_asked);
}

function reported(id: string, hits: number, named?: outcome, elapsed_ms = 24): search_action {
  const results = Array.from({ length: hits }, () => ({ title: "t", url: "", snippet: "" }));
  const what = named ?? (hits > 0 ? "results" : "no_results");
  return { kind: "reported", event: { id, outcome: what, message: "", elapsed_ms, results } };
}

const ended: search_action = {
  kind: "ended",
  event: { reason: "complete", elapsed_ms: 3000, results: 0, sites: 2, answered: 0, failed: 0 },
};

describe("a duration", () => {
  it.each([
    [0.4, "0 ms"],
    [84.2, "84 ms"],
    [999.4, "999 ms"],
    [999.6, "1 s"],
    [1249, "1.2 s"],
    [3000, "3 s"],
    [9960, "10 s"],
    [60000, "60 s"],
  ])("of %d ms reads %s", (ms, words) => {
    expect(wording.duration(ms)).toBe(words);
  });
});

describe("the summary", () => {
  it("says what came and what is still to come", () => {
    expect(wording.summary(after(reported("a", 5)))).toBe(
      "5 results from 1 of 2 sites so far; 1 still to answer",
    );
  });

  it("ends with the time to the first result and to the last answer", () => {
    expect(wording.summary(after(reported("a", 5), reported("b", 1), ended))).toBe(
      "6 results from 2 sites, the first after 24 ms, all within 3 s",
    );
  });

  it("says that nothing was found", () => {
    expect(wording.summary(after(reported("a", 0), reported("b", 0), ended))).toBe(
      "No results from 2 sites, all within 3 s",
    );
  });
});

describe("a search that reached no site", () => {
  const submitted = advance(nothing_asked, { kind: "submitted", query: "q" });

  it("says that it is asking, and when it was stopped", () => {
    expect(wording.summary(submitted)).toBe("Asking the server…");
    expect(wording.summary(advance(submitted, { kind: "stopped" }))).toContain("You stopped");
  });

  it("leaves the words to the problem when the server was not reached", () => {
    const lost = advance(submitted, { kind: "lost", problem: "gone" });

    expect(wording.summary(lost)).toBe("");
    expect(wording.spoken_end(lost)).toBe("");
  });
});

describe("a screen reader", () => {
  it("hears each site that reported", () => {
    const state = after(reported("a", 1), reported("b", 0, "timed_out"));

    expect(wording.spoken_arrivals(state, state.arrivals)).toBe(
      "Site a: 1 result. Site b: timed out.",
    );
  });

  it("hears one sentence when many report at once", () => {
    const state = after(reported("a", 2));
    const arrival = state.arrivals[0]!;

    const words = wording.spoken_arrivals(state, Array(5).fill(arrival));

    expect(words).toBe("5 more sites reported, 10 results.");
  });

  it("hears at the end which sites did not answer", () => {
    expect(wording.spoken_end(after(reported("a", 1), reported("b", 0, "busy"), ended))).toBe(
      "Search complete. 1 result from 1 of 2 sites, the first after 24 ms, all within 3 s. " +
        "Without an answer: Site b.",
    );
  });

  it("hears no end while the search runs", () => {
    expect(wording.spoken_end(after(reported("a", 1)))).toBe("");
  });
});

describe("a site's words", () => {
  it("name the limit while it is waited for", () => {
    expect(wording.waiting_words(after(), "a", 3000)).toBe("waiting, 3 s at most");
  });

  it("say that it has not answered once the search was stopped", () => {
    expect(wording.waiting_words(after({ kind: "stopped" }), "a", 3000)).toBe("not answered");
  });

  it("are the server's when it sent some", () => {
    expect(wording.reason_of({ outcome: "timed_out", message: "wiki: no answer." })).toBe(
      "wiki: no answer.",
    );
  });

  it("are never empty", () => {
    expect(wording.reason_of({ outcome: "skipped", message: " " })).not.toBe("");
  });
});

describe("a query", () => {
  it("of nothing but spaces is explained", () => {
    expect(wording.query_problem(" \t")).toContain("Type what you are looking for");
  });

  it("is measured in bytes, as the server does", () => {
    expect(wording.query_problem("é".repeat(500))).toBe("");
    expect(wording.query_problem("é".repeat(501))).toContain("1,002 bytes long; at most 1,000");
  });
});
