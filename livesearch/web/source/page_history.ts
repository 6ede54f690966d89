/**
 * The address of the page is the query (`/?q=...`), so it can be kept, shared, and given to a
 * browser as a search engine. Going back shows a search as it was, and asks nobody again.
 */

import type { search_state } from "./search_state";

const kept_searches = 30;

export function query_in(address: string): string {
  return new URL(address).searchParams.get("q")?.trim() ?? "";
}

export function address_of(query: string): string {
  return query === "" ? "/" : `/?${new URLSearchParams({ q: query })}`;
}

function key_of(entry: unknown): number | null {
  const key = (entry as { search?: unknown } | null)?.search;
  return typeof key === "number" ? key : null;
}

export class page_history {
  private readonly seen = new Map<number, search_state>();
  private next_key = Date.now();

  /** Keeps what is shown with the entry that shows it. */
  keep(state: search_state): void {
    const key = key_of(history.state);
    // One that knows no site yet has nothing to show: going back to it asks anew.
    if (key === null || state.sites.length === 0) return;
    this.seen.delete(key);
    this.seen.set(key, state);
    const oldest = this.seen.keys().next();
    if (this.seen.size > kept_searches && !oldest.done) this.seen.delete(oldest.value);
  }

  /** A query becomes an entry of its own; the same query again stays in its entry. */
  go_to(query: string): void {
    const entry = { search: (this.next_key += 1) };
    const is_same = query_in(location.href) === query;
    if (is_same) history.replaceState(entry, "", address_of(query));
    else history.pushState(entry, "", address_of(query));
  }

  /** The search that the current entry showed, if it is still kept. */
  recall(): search_state | null {
    const key = key_of(history.state);
    return key === null ? null : (this.seen.get(key) ?? null);
  }
}
