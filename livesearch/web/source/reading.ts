/**
 * What a reader sees of a list that still changes, as a pure value. What the reader has passed does
 * not move: a result that belongs above it waits, and is counted, until it is asked for. Below, the
 * list is in its right order at any time.
 */

import { id_of, type merged_result } from "./merging";

export interface shown_result extends merged_result {
  /** It was taken in by the last wish to see what waits. */
  is_new: boolean;
}

export interface reading {
  /** The search that the results belong to. */
  serial: number;
  shown: readonly shown_result[];
  /** How many of the first ones the reader has passed. */
  passed: number;
  /** How many results wait above the last one that was passed. */
  waiting: number;
}

export const nothing_read: reading = { serial: 0, shown: [], passed: 0, waiting: 0 };

function as_shown(result: merged_result): shown_result {
  return { ...result, is_new: false };
}

/** The list after more has come, or after it has become another search's. */
export function follow(
  now: reading,
  serial: number,
  ranked: readonly merged_result[],
): reading {
  // Ids say nothing about which search they come from: another search starts from nothing.
  if (serial !== now.serial) return { ...nothing_read, serial, shown: ranked.map(as_shown) };
  const places = new Map<string, number>();
  ranked.forEach((result, place) => {
    for (const vote of result.votes) places.set(id_of(vote), place);
  });
  const told = new Set<number>();
  let last = -1;
  const kept: shown_result[] = [];
  for (const result of now.shown.slice(0, now.passed)) {
    const place = places.get(result.id);
    if (place === undefined) continue;
    last = Math.max(last, place);
    // The words stay as they were read; which sites agree may grow.
    const votes = told.has(place) ? result.votes : ranked[place]!.votes;
    told.add(place);
    kept.push({ ...result, votes });
  }
  const fresh = new Set(now.shown.filter((result) => result.is_new).map((result) => result.id));
  const rest = ranked
    .filter((_, place) => place > last && !told.has(place))
    .map((result) => ({ ...result, is_new: fresh.has(result.id) }));
  const above = ranked.slice(0, last + 1).filter((_, place) => !told.has(place));
  return { serial, shown: [...kept, ...rest], passed: kept.length, waiting: above.length };
}

/** The reader has now passed the first `count` results; nothing is unread again. */
export function pass(now: reading, count: number): reading {
  const passed = Math.min(now.shown.length, Math.max(now.passed, count));
  return passed === now.passed ? now : { ...now, passed };
}

/** Everything in its right place, because the reader asked for it. */
export function take_in(now: reading, ranked: readonly merged_result[]): reading {
  const seen = new Set(
    now.shown.flatMap((result) => [result.id, ...result.votes.map((vote) => id_of(vote))]),
  );
  const shown = ranked.map((result) => {
    return { ...result, is_new: !result.votes.some((vote) => seen.has(id_of(vote))) };
  });
  return { serial: now.serial, shown, passed: 0, waiting: 0 };
}
