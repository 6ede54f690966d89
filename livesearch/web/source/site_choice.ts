/**
 * Which sites the reader wants asked, and how. Of the sites, what was switched *off* is kept, so
 * that a site that is added later is asked without anybody having to find it.
 */

import type { known_site } from "./api";
import type { kept_answers } from "./search_request";

const key = "livesearch.sites_off";
const cache_key = "livesearch.cache";

/** Storage may be denied to a page; then the choice lasts as long as the page. */
export type storage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

export function load_choice(store: storage | null): Set<string> {
  try {
    const kept: unknown = JSON.parse(store?.getItem(key) ?? "[]");
    if (!Array.isArray(kept)) return new Set();
    return new Set(kept.filter((id) => typeof id === "string"));
  } catch {
    return new Set();
  }
}

export function keep_choice(store: storage | null, off: ReadonlySet<string>): void {
  try {
    if (off.size === 0) store?.removeItem(key);
    else store?.setItem(key, JSON.stringify([...off].sort()));
  } catch {
    // A full or forbidden storage loses the memory of the choice, not the choice.
  }
}

export function load_kept_answers(store: storage | null): kept_answers {
  try {
    return store?.getItem(cache_key) === "off" ? "bypassed" : "allowed";
  } catch {
    return "allowed";
  }
}

export function keep_kept_answers(store: storage | null, kept: kept_answers): void {
  try {
    if (kept === "allowed") store?.removeItem(cache_key);
    else store?.setItem(cache_key, "off");
  } catch {
    // As with the choice of sites.
  }
}

export function askable(sites: readonly known_site[]): known_site[] {
  return sites.filter((site) => site.enabled);
}

export function chosen(sites: readonly known_site[], off: ReadonlySet<string>): known_site[] {
  return askable(sites).filter((site) => !off.has(site.id));
}

/** The ids to name in a request: none when all are wanted, so that the server decides. */
export function ids_to_name(sites: readonly known_site[], off: ReadonlySet<string>): string[] {
  const wanted = chosen(sites, off);
  return wanted.length === askable(sites).length ? [] : wanted.map((site) => site.id);
}
