/** The list that the page shows: carries out what `reading` and `result_filter` decide. */

import type { merged_result } from "./merging";
import { follow, nothing_read, pass, take_in, type reading } from "./reading";
import { all_results, is_same_filter, ranked_results, type result_filter } from "./result_filter";
import { nothing_asked, type search_state } from "./search_state";

export class result_list {
  reading: reading = $state.raw(nothing_read);
  filter: result_filter = $state.raw(all_results);
  private state: search_state = nothing_asked;
  private ranked: merged_result[] = [];

  follow(state: search_state): void {
    if (state.serial !== this.reading.serial) this.filter = all_results;
    this.state = state;
    this.ranked = ranked_results(state, this.filter);
    this.reading = follow(this.reading, state.serial, this.ranked);
  }

  pass(count: number): void {
    this.reading = pass(this.reading, count);
  }

  take_in(): void {
    this.reading = take_in(this.reading, this.ranked);
  }

  /** The same filter again shows everything. */
  choose(filter: result_filter): void {
    this.filter = is_same_filter(filter, this.filter) ? all_results : filter;
    this.ranked = ranked_results(this.state, this.filter);
    // What another filter had shown is not news.
    this.reading = follow(nothing_read, this.state.serial, this.ranked);
  }
}
