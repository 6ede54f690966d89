/** Showing only a site's or a category's results: of those that are there, so nobody is asked. */

import type { asked_site } from "./api";
import { merge, type merged_result } from "./merging";
import type { search_state } from "./search_state";

export type result_filter =
  { kind: "all" } | { kind: "site"; id: string } | { kind: "category"; name: string };

export const all_results: result_filter = { kind: "all" };

export function is_same_filter(one: result_filter, other: result_filter): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Each category of the sites once, in their order. */
export function categories_of(sites: readonly asked_site[]): string[] {
  return [...new Set(sites.flatMap((site) => site.categories))];
}

function passes(site: asked_site | undefined, id: string, filter: result_filter): boolean {
  if (filter.kind === "all") return true;
  return filter.kind === "site"
    ? id === filter.id
    : (site?.categories.includes(filter.name) ?? false);
}

/** The merged list of the sites that the filter lets through: the others have no vote. */
export function ranked_results(state: search_state, filter: result_filter): merged_result[] {
  const sites = new Map(state.sites.map((site) => [site.id, site]));
  const kept = state.arrivals.filter(({ id }) => passes(sites.get(id), id, filter));
  return merge(state.sites, kept);
}
