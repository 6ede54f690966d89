/** Tells a screen reader how a search goes: each site once, then how it ended. */

import type { announcer } from "./announcer";
import type { search_state } from "./search_state";
import { counted, spoken_arrivals, spoken_end } from "./wording";

export class search_voice {
  private told_sites = 0;
  private told_arrivals = 0;
  private has_told_end = false;
  private state: search_state | null = null;

  constructor(
    private readonly voice: announcer,
    /** How many results wait for the reader at the moment. */
    private readonly waiting: () => number = () => 0,
  ) {}

  /** A new search: what was still to be said of the last one is left unsaid. */
  begin(): void {
    this.voice.silence();
    this.told_sites = 0;
    this.told_arrivals = 0;
    this.has_told_end = false;
  }

  /** Sites are asked once more: what was said stays said. */
  continue(): void {
    this.has_told_end = false;
  }

  follow(state: search_state): void {
    this.state = state;
    this.voice.announce(() => this.compose());
  }

  private compose(): string {
    const state = this.state;
    if (!state) return "";
    const asked = state.sites.length;
    const start = asked > this.told_sites ? `Asking ${counted(asked, "site")}.` : "";
    const arrivals = spoken_arrivals(state, state.arrivals.slice(this.told_arrivals));
    const end = this.has_told_end ? "" : spoken_end(state, this.waiting());
    this.told_sites = Math.max(this.told_sites, asked);
    this.told_arrivals = state.arrivals.length;
    this.has_told_end ||= end !== "";
    return [start, arrivals, end].filter((words) => words !== "").join(" ");
  }
}
