import { describe, expect, it } from "vitest";
import type { outcome } from "./api";
import { advance, nothing_asked, type search_action, type search_state } from "./search_state";
import * as wording from "./wording";

function after(...actions: search_action[]): search_state {
  const sites = ["a", "b"].map((id) => {
    const abilities = { categories: [], weight: 1, remarks: [], pages: false };
    const words = { id, name: `Site ${id}`, homepage: "", checked: "never", limit_ms: 3000 };
    return { ...words, ...abilities };
  });
  const before: search_action[] = [
    { kind: "submitted", query: "q", serial: 1 },
    { kind: "started", event: { query: "q", terms: null, sites, limit_ms: 3000 } },
  ];
  return [...before, ...actions].reduce(advance, nothing_asked);
}

function reported(id: string, hits: number, named?: outcome, elapsed_ms = 24): search_action {
  const results = Array.from({ length: hits }, (_, n) => {
    const keys = { page_key: "", title_key: "", rank: n + 1 };
    return { title: "t", url: "", snippet: "", ...keys };
  });
  const what = named ?? (hits > 0 ? "results" : "no_results");
  const plain = { message: "", age_ms: 0, is_shared: false, retry_after_ms: 0 };
  const event = { id, outcome: what, elapsed_ms, results, ...plain };
  return { kind: "reported", event };
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
  const submitted = advance(nothing_asked, { kind: "submitted", query: "q", serial: 1 });

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

describe("a result of several sites", () => {
  const hit = { title: "t", snippet: "", rank: 1, page_key: "", title_key: "" };
  const addresses = ["https://a.example/x", "https://a.example/y", "https://b.example/", "js:1"];
  const result = {
    id: "a:1",
    shown: { ...hit, url: "https://a.example/x" },
    votes: addresses.map((url, n) => ({ site: `${n}`, hit: { ...hit, url } })),
  };

  it("names other hosts once, and only those that can be opened", () => {
    expect(wording.other_addresses(result)).toEqual([
      { href: "https://b.example/", host: "b.example" },
    ]);
  });

  it("that waits is counted in words", () => {
    expect(wording.waiting_results(1)).toBe("1 result belongs further up");
    expect(wording.waiting_results(12)).toBe("12 results belong further up");
  });
});

describe("what is known of an answer", () => {
  const plain = { message: "", age_ms: 0, is_shared: false, retry_after_ms: 0, results: [] };
  const full = { id: "a", outcome: "busy" as const, elapsed_ms: 1, ...plain };

  it("says when the site is worth asking again", () => {
    expect(wording.reason_of({ ...full, message: "Too many.", retry_after_ms: 2600 })).toBe(
      "Too many. Worth asking again in 2.6 s.",
    );
  });

  it("says how old it is, and that another search had asked", () => {
    const hits = Array.from({ length: 3 }, () => ({
      title: "t",
      url: "",
      snippet: "",
      rank: 1,
      page_key: "",
      title_key: "",
    }));
    const kept = { ...full, outcome: "results" as const, age_ms: 12000, results: hits };

    expect(wording.short_outcome({ ...kept, order: 1 })).toBe("3 in 1 ms, 12 s old");
    expect(wording.short_outcome({ ...kept, age_ms: 0, is_shared: true, order: 1 })).toBe(
      "3 in 1 ms, shared",
    );
    expect(wording.reason_of(kept)).toContain("This answer was kept 12 s ago.");
  });
});
