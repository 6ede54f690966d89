/** Every sentence about a search that people read or hear, in one place. */

import type { outcome, site_report } from "./api";
import type { merged_result } from "./merging";
import { to_safe_link } from "./safe_link";
import {
  has_answered,
  is_live,
  latest_report,
  totals,
  type arrival,
  type search_state,
  type search_totals,
} from "./search_state";

const numbers = new Intl.NumberFormat("en");

export function counted(n: number, one: string, many = `${one}s`): string {
  return `${numbers.format(n)} ${n === 1 ? one : many}`;
}

/** 84 ms, 1.2 s, 30 s: as exact as somebody who waited would say it. */
export function duration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  return `${seconds < 9.95 ? seconds.toFixed(1).replace(/\.0$/, "") : Math.round(seconds)} s`;
}

const short_outcomes: Record<outcome, string> = {
  results: "answered",
  no_results: "no results",
  suspicious: "suspicious",
  blocked: "blocked",
  rate_limited: "rate limited",
  timed_out: "timed out",
  busy: "busy",
  unreachable: "unreachable",
  bad_answer: "bad answer",
  skipped: "skipped",
};

const long_outcomes: Record<outcome, string> = {
  results: "The site answered.",
  no_results: "The site answered, and it has nothing for this query.",
  suspicious: "Nothing was found in the answer of a site that usually has something.",
  blocked: "The site refuses requests of this program.",
  rate_limited: "The site is asked as often as it allows; this query would have been too many.",
  timed_out: "The site did not answer within its time limit.",
  busy: "Too many searches of this site are running.",
  unreachable: "No connection to the site could be made.",
  bad_answer: "The site's answer could not be read.",
  skipped: "The site was not asked.",
};

/** One or two words for a narrow place; `results` are the site's over all its reports. */
export function short_outcome(report: arrival, results = report.results.length): string {
  if (results === 0 || !has_answered(report)) return short_outcomes[report.outcome];
  const age = report.age_ms > 0 ? `, ${duration(report.age_ms)} old` : "";
  const shared = report.is_shared ? ", shared" : "";
  return `${results} in ${duration(report.elapsed_ms)}${age}${shared}`;
}

/** What the reader is told of results that belong above what was passed. */
export function waiting_results(count: number): string {
  return `${counted(count, "result")} ${count === 1 ? "belongs" : "belong"} further up`;
}

/** Addresses of a result that differ from the one it is shown with, each host once. */
export function other_addresses(result: merged_result): { href: string; host: string }[] {
  const shown = to_safe_link(result.shown.url)?.host;
  const hosts = new Set(shown === undefined ? [] : [shown]);
  return result.votes.flatMap((vote) => {
    const link = to_safe_link(vote.hit.url);
    if (!link || hosts.has(link.host)) return [];
    hosts.add(link.host);
    return [{ href: link.href, host: link.host }];
  });
}

/** Sites that gave nothing that could be used, with the reason. */
export function failures(state: search_state): { id: string; name: string; reason: string }[] {
  return state.sites.flatMap((site) => {
    const report = latest_report(state, site.id);
    const is_asked = is_live(state) && state.waiting.includes(site.id);
    if (!report || is_asked || has_answered(report)) return [];
    return [{ id: site.id, name: site.name, reason: reason_of(report) }];
  });
}

type told = Pick<site_report, "outcome" | "message"> & Partial<site_report>;

/** The server's sentence, or ours when it sent none, and what else is known of the answer. */
export function reason_of(report: told): string {
  const { age_ms = 0, is_shared = false, retry_after_ms = 0 } = report;
  const sentences = [report.message.trim() || long_outcomes[report.outcome]];
  if (age_ms > 0) sentences.push(`This answer was kept ${duration(age_ms)} ago.`);
  if (is_shared) sentences.push("Another search had asked the same already.");
  if (retry_after_ms > 0) sentences.push(`Worth asking again in ${duration(retry_after_ms)}.`);
  return sentences.join(" ");
}

/** What a site's place says while there is no report: waiting, or never heard. */
export function waiting_words(state: search_state, id: string, limit_ms: number): string {
  if (!is_live(state)) return "not answered";
  if (!state.waiting.includes(id)) return "…";
  return limit_ms > 0 ? `waiting, ${duration(limit_ms)} at most` : "waiting";
}

function answers(sum: search_totals): string {
  const results = sum.results === 0 ? "No results" : counted(sum.results, "result");
  if (sum.answered === sum.sites) return `${results} from ${counted(sum.sites, "site")}`;
  return `${results} from ${sum.answered} of ${counted(sum.sites, "site")}`;
}

function summary_without_sites(state: search_state): string {
  if (state.phase === "asking") return "Asking the server…";
  if (state.phase === "complete") return "No site was asked";
  return state.phase === "stopped" ? "You stopped the search before any site was asked" : "";
}

/** The line above the results; it changes as sites arrive. */
export function summary(state: search_state): string {
  const sum = totals(state);
  if (sum.sites === 0) return summary_without_sites(state);
  const first =
    sum.first_result_ms === null ? "" : `, the first after ${duration(sum.first_result_ms)}`;
  switch (state.phase) {
    case "idle":
    case "refused":
      return "";
    case "asking":
    case "running":
      return `${answers(sum)} so far; ${sum.waiting} still to answer`;
    case "complete":
      return `${answers(sum)}${first}, all within ${duration(state.elapsed_ms)}`;
    case "stopping":
      return `${answers(sum)}; the server is shutting down and ended the search`;
    case "stopped":
      return `${answers(sum)}; you stopped the search`;
    case "lost":
      return `${answers(sum)} before the connection was lost`;
  }
}

export function page_title(query: string): string {
  return query === "" ? "livesearch" : `${query} – livesearch`;
}

function site_name(state: search_state, id: string): string {
  return state.sites.find((site) => site.id === id)?.name ?? id;
}

function arrival_words(state: search_state, report: arrival): string {
  const what =
    report.results.length > 0
      ? counted(report.results.length, "result")
      : short_outcomes[report.outcome];
  return `${site_name(state, report.id)}: ${what}.`;
}

const spoken_apart = 4;

/** What a screen reader hears of the reports that came since it last heard some. */
export function spoken_arrivals(state: search_state, reports: readonly arrival[]): string {
  if (reports.length <= spoken_apart) {
    return reports.map((report) => arrival_words(state, report)).join(" ");
  }
  const results = reports.reduce((sum, report) => sum + report.results.length, 0);
  return `${counted(reports.length, "more site")} reported, ${counted(results, "result")}.`;
}

/** What a screen reader hears when a search is over; empty while it is not. */
export function spoken_end(state: search_state, waiting = 0): string {
  if (state.phase === "idle" || is_live(state)) return "";
  // A problem is shown as an alert, which is spoken by itself.
  const words = summary(state);
  if (words === "") return "";
  const silent = state.sites.filter((site) => {
    const report = latest_report(state, site.id);
    return report?.outcome !== "results" && report?.outcome !== "no_results";
  });
  const missing = silent.map((site) => site.name).join(", ");
  const rest = missing === "" ? "" : ` Without an answer: ${missing}.`;
  const over = state.phase === "complete" ? "Search complete. " : "";
  const above = waiting > 0 ? ` ${waiting_results(waiting)}; press n to go there.` : "";
  return `${over}${words}.${rest}${above}`;
}

export interface checked_words {
  /** "" when there is nothing to warn of. */
  badge: string;
  explanation: string;
}

export function checked_state(checked: string): checked_words {
  if (checked === "never") {
    return {
      badge: "never checked live",
      explanation:
        "Nobody has yet seen this definition work against the live site: answers may be missing " +
        "or incomplete.",
    };
  }
  if (checked === "demonstration") {
    return {
      badge: "demonstration",
      explanation: "A small site that livesearch itself serves on this machine, to try things out.",
    };
  }
  return { badge: "", explanation: `Last seen to work against the live site on ${checked}.` };
}

export const query_limit_bytes = 1000;

/** Why a query cannot be sent, or "" when it can. */
export function query_problem(query: string): string {
  if (query.trim() === "") return "Type what you are looking for, then press Enter.";
  const bytes = new TextEncoder().encode(query.trim()).length;
  if (bytes <= query_limit_bytes) return "";
  return (
    `This query is ${numbers.format(bytes)} bytes long; ` +
    `at most ${numbers.format(query_limit_bytes)} are allowed. Nothing was asked.`
  );
}
