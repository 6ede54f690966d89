import { describe, expect, it } from "vitest";
import { announcer } from "./announcer";
import { advance, nothing_asked, type search_action } from "./search_state";
import { search_voice } from "./search_voice";

const abilities = { categories: [], weight: 1, remarks: [], pages: false };
const named = { id: "a", name: "Site a", homepage: "", checked: "never", limit_ms: 3000 };
const site = { ...named, ...abilities };
const submitted: search_action = { kind: "submitted", query: "q", serial: 1 };
const started: search_action = {
  kind: "started",
  event: { query: "q", terms: null, sites: [site], limit_ms: 3000 },
};
const plain = { message: "", age_ms: 0, is_shared: false, retry_after_ms: 0, results: [] };
const reported: search_action = {
  kind: "reported",
  event: { id: "a", outcome: "timed_out", elapsed_ms: 3000, ...plain },
};
const ended: search_action = {
  kind: "ended",
  event: { reason: "complete", elapsed_ms: 3000, results: 0, sites: 1, answered: 0, failed: 1 },
};

/** Follows a search through these actions with a voice that never has to wait. */
function heard(...actions: search_action[]): string[] {
  const words: string[] = [];
  const voice = new search_voice(new announcer((said) => words.push(said), 0));
  let state = nothing_asked;
  for (const action of actions) {
    if (action.kind === "submitted") voice.begin();
    if (action.kind === "asked_again") voice.continue();
    state = advance(state, action);
    voice.follow(state);
  }
  return words;
}

describe("the voice of a search", () => {
  it("says once how many sites are asked, once what each reported, and once how it ended", () => {
    const words = heard(submitted, started, reported, ended, ended);

    expect(words).toEqual([
      "Asking 1 site.",
      "Site a: timed out.",
      "Search complete. No results from 0 of 1 site, all within 3 s. Without an answer: Site a.",
    ]);
  });

  it("says how it ended again when sites were asked again", () => {
    const first: search_action[] = [submitted, started, reported, ended];
    const before = heard(...first);

    const words = heard(...first, { kind: "asked_again" }, started, reported, ended);

    expect(words.slice(before.length).map((said) => said.split(".")[0])).toEqual([
      "Site a: timed out",
      "Search complete",
    ]);
  });
});
