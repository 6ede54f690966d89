/**
 * The life of one search as a pure value: what the page shows is a function of this state, and
 * `advance` is the only thing that makes a new one. No network, no clock, no document in here.
 *
 * Reports are only ever appended. What of them a reader sees, and where, is `reading`'s.
 */

import type { asked_site, search_ended, search_started, site_report } from "./api";
import { merge } from "./merging";

export type phase =
  | "idle" // Nothing was asked.
  | "asking" // The request is on its way; no site is known yet.
  | "running" // Sites are being asked.
  | "complete" // Every site has reported.
  | "stopping" // The server ended the search early because it shuts down.
  | "stopped" // The reader ended the search.
  | "lost" // The connection broke before the end.
  | "refused"; // The server did not accept the request.

/** A site's report with its place in the order of arrival. */
export interface arrival extends site_report {
  order: number;
}

export interface search_state {
  phase: phase;
  /** Tells this search from every other one of this page. */
  serial: number;
  query: string;
  /** The words and phrases that are searched, as the server understood the query. */
  terms: string[] | null;
  /** The last page that sites were asked for. */
  page: number;
  sites: asked_site[];
  arrivals: arrival[];
  /** Sites of whom a report is still expected. */
  waiting: string[];
  elapsed_ms: number;
  /** Why the search was refused or lost, in words for people. */
  problem: string;
  /** The field of the form that the problem is about, if any. */
  field: string;
}

export type search_action =
  | { kind: "submitted"; query: string; serial: number }
  | { kind: "asked_again" }
  | { kind: "asked_more" }
  | { kind: "started"; event: search_started }
  | { kind: "reported"; event: site_report }
  | { kind: "ended"; event: search_ended }
  | { kind: "stopped" }
  | { kind: "lost"; problem: string }
  | { kind: "refused"; problem: string; field: string }
  | { kind: "cleared" };

export const nothing_asked: search_state = {
  phase: "idle",
  serial: 0,
  query: "",
  terms: null,
  page: 1,
  sites: [],
  arrivals: [],
  waiting: [],
  elapsed_ms: 0,
  problem: "",
  field: "",
};

export function is_live(state: search_state): boolean {
  return state.phase === "asking" || state.phase === "running";
}

export function advance(state: search_state, action: search_action): search_state {
  switch (action.kind) {
    case "submitted":
      return { ...nothing_asked, phase: "asking", query: action.query, serial: action.serial };
    case "asked_again":
      return { ...state, phase: "asking", waiting: [], problem: "", field: "" };
    case "asked_more":
      return { ...state, phase: "asking", page: state.page + 1, waiting: [], problem: "" };
    case "cleared":
      return nothing_asked;
    default:
      // A stream that was left behind may still speak; only a live search listens.
      return is_live(state) ? advance_live(state, action) : state;
  }
}

type live_action = Exclude<
  search_action,
  { kind: "submitted" } | { kind: "asked_again" } | { kind: "asked_more" } | { kind: "cleared" }
>;

function advance_live(state: search_state, action: live_action): search_state {
  switch (action.kind) {
    case "started":
      return start(state, action.event);
    case "reported":
      return report(state, action.event);
    case "ended":
      return { ...state, phase: action.event.reason, elapsed_ms: action.event.elapsed_ms };
    case "stopped":
      return { ...state, phase: "stopped" };
    case "lost":
      return { ...state, phase: "lost", problem: action.problem };
    case "refused":
      return { ...state, phase: "refused", problem: action.problem, field: action.field };
  }
}

function start(state: search_state, event: search_started): search_state {
  const known = new Set(state.sites.map((site) => site.id));
  const added = event.sites.filter((site) => !known.has(site.id));
  return {
    ...state,
    phase: "running",
    terms: event.terms,
    sites: [...state.sites, ...added],
    waiting: event.sites.map((site) => site.id),
  };
}

function report(state: search_state, event: site_report): search_state {
  if (!state.waiting.includes(event.id)) return state;
  const order = state.arrivals.length + 1;
  return {
    ...state,
    arrivals: [...state.arrivals, { ...event, order }],
    waiting: state.waiting.filter((id) => id !== event.id),
    elapsed_ms: Math.max(state.elapsed_ms, event.elapsed_ms),
  };
}

/** Sites that may have more: they can be asked for pages, and the last one was not empty. */
export function sites_with_more(state: search_state): string[] {
  if (state.phase !== "complete") return [];
  return state.sites
    .filter((site) => site.pages && latest_report(state, site.id)?.outcome === "results")
    .map((site) => site.id);
}

/** How many results a site has given, over all its reports. */
export function results_of(state: search_state, id: string): number {
  return state.arrivals
    .filter((arrival) => arrival.id === id)
    .reduce((sum, arrival) => sum + arrival.results.length, 0);
}

/** The newest report of a site; one that was asked again may have several. */
export function latest_report(state: search_state, id: string): arrival | null {
  return state.arrivals.filter((arrival) => arrival.id === id).at(-1) ?? null;
}

export function has_answered(report: site_report | null): boolean {
  return report?.outcome === "results" || report?.outcome === "no_results";
}

/** The sites that owe an answer once the search is over: worth asking again. */
export function unanswered(state: search_state): string[] {
  if (is_live(state)) return [];
  const owing = state.sites.filter((site) => !has_answered(latest_report(state, site.id)));
  return owing.map((site) => site.id);
}

export interface search_totals {
  results: number;
  sites: number;
  answered: number;
  failed: number;
  waiting: number;
  /** When the first result came, in ms; null while there is none. */
  first_result_ms: number | null;
}

export function totals(state: search_state): search_totals {
  const latest = state.sites.map((site) => latest_report(state, site.id));
  const answered = latest.filter(has_answered).length;
  const reported = latest.filter((report) => report !== null).length;
  const times = state.arrivals
    .filter((arrival) => arrival.results.length > 0)
    .map((arrival) => arrival.elapsed_ms);
  return {
    results: merge(state.sites, state.arrivals).length,
    sites: state.sites.length,
    answered,
    failed: reported - answered,
    waiting: is_live(state) ? state.waiting.length : 0,
    first_result_ms: times.length > 0 ? Math.min(...times) : null,
  };
}
