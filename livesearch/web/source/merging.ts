/**
 * Results of many sites as one list, by the rules of the server (docs/api.md, "Merging"). The page
 * merges itself because it shows several streams as one: further pages, and sites asked again.
 */

import type { asked_site, hit } from "./api";

export interface vote {
  site: string;
  hit: hit;
}

export interface merged_result {
  /** Names the result as long as nothing better of the same page comes. */
  id: string;
  shown: hit;
  /** One for each site that has it, the best first. */
  votes: vote[];
}

interface entry extends vote {
  /** The site's place among the sites. */
  place: number;
}

interface group {
  entries: entry[];
  score: number;
}

type voting_site = Pick<asked_site, "id" | "weight">;
interface site_results {
  id: string;
  results: readonly hit[];
}

const smoothing = 60;
/** Votes are whole numbers, so that equal votes are equal in whatever order they are added. */
const whole_vote = 1e9;

export function id_of(vote: vote): string {
  return `${vote.site}:${vote.hit.rank}`;
}

function by_rank(left: entry, right: entry): number {
  return (
    left.hit.rank - right.hit.rank ||
    left.place - right.place ||
    (left.hit.url < right.hit.url ? -1 : Number(left.hit.url > right.hit.url))
  );
}

function has_site(group: group, site: string): boolean {
  return group.entries.some((entry) => entry.site === site);
}

/** Entries of one page, and of one title where no site has both, from the best to the worst. */
function grouped(entries: readonly entry[]): group[] {
  const pages = new Map<string, group>();
  for (const entry of [...entries].sort(by_rank)) {
    const page = entry.hit.page_key || id_of(entry);
    const known = pages.get(page);
    if (known) known.entries.push(entry);
    else pages.set(page, { entries: [entry], score: 0 });
  }
  const titles = new Map<string, group>();
  const groups: group[] = [];
  for (const group of pages.values()) {
    const title = group.entries[0]!.hit.title_key;
    const first = title === "" ? undefined : titles.get(title);
    if (title !== "" && !first) titles.set(title, group);
    if (first && !group.entries.some((entry) => has_site(first, entry.site))) {
      first.entries.push(...group.entries);
    } else {
      groups.push(group);
    }
  }
  return groups;
}

function merged(group: group): merged_result {
  const best = group.entries[0]!;
  const shown = { ...best.hit };
  const votes: vote[] = [];
  for (const { site, hit } of group.entries) {
    if (shown.snippet === "") shown.snippet = hit.snippet;
    const is_same_page = hit.page_key !== "" && hit.page_key === best.hit.page_key;
    const is_safer = shown.url.startsWith("http:") && hit.url.startsWith("https:");
    if (is_same_page && is_safer) shown.url = hit.url;
    if (!votes.some((given) => given.site === site)) votes.push({ site, hit });
  }
  return { id: id_of(best), shown, votes };
}

export function merge(
  sites: readonly voting_site[],
  reports: readonly site_results[],
): merged_result[] {
  const places = new Map(sites.map((site, place) => [site.id, place]));
  const entries = reports.flatMap((report) =>
    report.results.map((hit) => {
      return { site: report.id, hit, place: places.get(report.id) ?? sites.length };
    }),
  );
  const groups = grouped(entries);
  for (const group of groups) {
    group.entries.sort((left, right) => left.hit.rank - right.hit.rank || left.place - right.place);
    const voters = new Set<string>();
    for (const { site, place, hit } of group.entries) {
      if (voters.has(site)) continue;
      voters.add(site);
      group.score += Math.floor(
        ((sites[place]?.weight ?? 1) * whole_vote) / (smoothing + hit.rank),
      );
    }
  }
  groups.sort((left, right) => {
    const [one, other] = [left.entries[0]!, right.entries[0]!];
    return right.score - left.score || one.hit.rank - other.hit.rank || one.place - other.place;
  });
  return groups.map(merged);
}
