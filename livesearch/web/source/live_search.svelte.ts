/** The one search that the page shows: carries out what the pure state cannot. */

import { run_search, stream_address, type kept_answers } from "./search_request";
import {
  advance,
  is_live,
  nothing_asked,
  type search_action,
  type search_state,
} from "./search_state";

export class live_search {
  state: search_state = $state.raw(nothing_asked);
  private running: AbortController | null = null;
  private last_serial = 0;
  private kept: kept_answers = "allowed";

  constructor(private readonly changed: (state: search_state) => void) {}

  /** Leaves the search that runs, if any, and asks these sites; none named means all. */
  submit(query: string, sites: readonly string[], kept: kept_answers): void {
    const serial = (this.last_serial += 1);
    this.kept = kept;
    this.run({ kind: "submitted", query, serial }, stream_address(query, sites, 1, kept));
  }

  /** Asks some sites once more and appends what they say to what is there. */
  ask_again(sites: readonly string[]): void {
    const { query, page } = this.state;
    this.run({ kind: "asked_again" }, stream_address(query, sites, page, this.kept));
  }

  /** Asks sites that may have more for their next page. */
  ask_more(sites: readonly string[]): void {
    const { query, page } = this.state;
    this.run({ kind: "asked_more" }, stream_address(query, sites, page + 1, this.kept));
  }

  stop(): void {
    this.running?.abort();
    if (is_live(this.state)) this.apply({ kind: "stopped" });
  }

  /** Shows a search that was seen before, without asking anybody. */
  show(state: search_state): void {
    this.running?.abort();
    this.state = state;
  }

  clear(): void {
    this.show(nothing_asked);
  }

  private run(first: search_action, address: string): void {
    this.running?.abort();
    const abort = new AbortController();
    this.running = abort;
    this.apply(first);
    void run_search(address, (action) => this.apply(action), abort.signal);
  }

  private apply(action: search_action): void {
    const next = advance(this.state, action);
    if (next === this.state) return;
    this.state = next;
    this.changed(next);
  }
}
