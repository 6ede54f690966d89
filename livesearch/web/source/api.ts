/** What the server says, as its HTTP interface defines it, and how the page reads it. */

export const outcomes = [
  "results",
  "no_results",
  "suspicious",
  "blocked",
  "rate_limited",
  "timed_out",
  "busy",
  "unreachable",
  "bad_answer",
  "skipped",
] as const;

export type outcome = (typeof outcomes)[number];

export interface hit {
  title: string;
  url: string;
  snippet: string;
  /** The place among the site's own results, from 1, over all pages. */
  rank: number;
  /** Equal for the same page; "" if nothing is known. */
  page_key: string;
  /** Equal for titles that are as good as the same; "" if they say too little. */
  title_key: string;
}

export interface asked_site {
  id: string;
  name: string;
  homepage: string;
  checked: string;
  limit_ms: number;
  categories: string[];
  weight: number;
  /** What of the query the site cannot do, a sentence each. */
  remarks: string[];
  /** Whether it can be asked for more. */
  pages: boolean;
}

export interface search_started {
  query: string;
  /** The words and phrases that are searched; null if the server does not say. */
  terms: string[] | null;
  sites: asked_site[];
  limit_ms: number;
}

export interface site_report {
  id: string;
  outcome: outcome;
  message: string;
  elapsed_ms: number;
  /** How old an answer from the cache is; 0 for a fresh one. */
  age_ms: number;
  /** Whether it is the answer to a request that another search had begun. */
  is_shared: boolean;
  /** How long to wait before the site is worth asking again; 0 if nobody knows. */
  retry_after_ms: number;
  results: hit[];
}

export interface search_ended {
  reason: "complete" | "stopping";
  elapsed_ms: number;
  results: number;
  sites: number;
  answered: number;
  failed: number;
}

export interface known_site {
  id: string;
  name: string;
  homepage: string;
  hosts: string[];
  enabled: boolean;
  checked: string;
  limit_ms: number;
  categories: string[];
}

export interface known_sites {
  sites: known_site[];
  offline: boolean;
}

type fields = Record<string, unknown>;

function as_fields(value: unknown): fields | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as fields)
    : null;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function count(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) && value > 0 ? value : 0;
}

/** Each entry that `read` accepts; the others are left out and lose nothing else. */
function list<T>(value: unknown, read: (entry: unknown, place: number) => T | null): T[] {
  if (!Array.isArray(value)) return [];
  return value.map(read).filter((entry): entry is Awaited<T> & T => entry !== null);
}

function texts(value: unknown): string[] {
  return list(value, (entry) => text(entry) || null);
}

function read_asked_site(value: unknown): asked_site | null {
  const site = as_fields(value);
  if (!site || !text(site.id)) return null;
  return {
    id: text(site.id),
    name: text(site.name) || text(site.id),
    homepage: text(site.homepage),
    checked: text(site.checked) || "never",
    limit_ms: count(site.limit_ms),
    categories: texts(site.categories),
    weight: count(site.weight) || 1,
    remarks: texts(site.remarks),
    pages: site.pages === true,
  };
}

function read_hit(value: unknown, place: number): hit | null {
  const found = as_fields(value);
  if (!found || (!text(found.title) && !text(found.url))) return null;
  return {
    title: text(found.title) || text(found.url),
    url: text(found.url),
    snippet: text(found.snippet),
    rank: count(found.rank) || place + 1,
    page_key: text(found.page_key),
    title_key: text(found.title_key),
  };
}

export function read_started(value: unknown): search_started | null {
  const event = as_fields(value);
  if (!event || !Array.isArray(event.sites)) return null;
  return {
    query: text(event.query),
    terms: Array.isArray(event.terms) ? texts(event.terms) : null,
    sites: list(event.sites, read_asked_site),
    limit_ms: count(event.limit_ms),
  };
}

export function read_report(value: unknown): site_report | null {
  const event = as_fields(value);
  const named = event && outcomes.find((known) => known === event.outcome);
  if (!event || !named || !text(event.id)) return null;
  return {
    id: text(event.id),
    outcome: named,
    message: text(event.message),
    elapsed_ms: count(event.elapsed_ms),
    age_ms: count(event.age_ms),
    is_shared: event.shared === true,
    retry_after_ms: count(event.retry_after_ms),
    results: list(event.results, read_hit),
  };
}

export function read_ended(value: unknown): search_ended | null {
  const event = as_fields(value);
  if (!event) return null;
  return {
    reason: event.reason === "stopping" ? "stopping" : "complete",
    elapsed_ms: count(event.elapsed_ms),
    results: count(event.results),
    sites: count(event.sites),
    answered: count(event.answered),
    failed: count(event.failed),
  };
}

function read_known_site(value: unknown): known_site | null {
  const site = read_asked_site(value);
  const more = as_fields(value);
  if (!site || !more) return null;
  const { id, name, homepage, checked, limit_ms, categories } = site;
  const enabled = more.enabled !== false;
  return { id, name, homepage, checked, limit_ms, categories, hosts: texts(more.hosts), enabled };
}

export function read_known_sites(value: unknown): known_sites | null {
  const answer = as_fields(value);
  if (!answer || !Array.isArray(answer.sites)) return null;
  return { sites: list(answer.sites, read_known_site), offline: answer.offline === true };
}

export interface refusal {
  message: string;
  field: string;
}

/** The words of an error answer, or words of our own when the body has none. */
export function read_refusal(status: number, body: unknown): refusal {
  const error = as_fields(as_fields(body)?.error);
  const message = text(error?.message) || `The server answered with status ${status}.`;
  return { message, field: text(error?.field) };
}
