import type { Noted, Snapshot } from "./model";

/** How a program was: what it has sent while the page was open, or what a file tells of it. */
export interface Past {
  readonly records: readonly Noted[];
  /** Records that the program has and did not send. */
  readonly left_out: number;
  /** Records that were overwritten before anybody had read them. */
  readonly missed: number;

  /** How things were at a moment, null for the newest one; null before anything is known. */
  look(moment: number | null): Snapshot | null;
  /** The one before, which rates are told from. */
  before(moment: number | null): Snapshot | null;
  /** The first and the last moment that can be shown, and how many there are. */
  span(): { first: number; last: number; kept: number };
  /** When somebody was stuck, as parts of the span. */
  ill(): { from: number; to: number }[];
  /** How many events had passed through a process, at the last moments before one. */
  totals(pid: string, moment: number | null, most: number): { at: number; total: number }[];
  /**
   * The record after one, or before it, among those that `is_wanted`; from a moment if none was
   * stepped to.
   */
  step(from: Noted | number, way: 1 | -1, is_wanted: (each: Noted) => boolean): Noted | null;
}

function place_of(records: readonly Noted[], from: Noted | number): number {
  if (typeof from === "number") return -1;
  return records.findIndex(
    (each) =>
      each.order === from.order && each.process === from.process && each.kind === from.kind,
  );
}

/** Records are in order; several may be of one moment. */
export function step_in(
  records: readonly Noted[],
  from: Noted | number,
  way: 1 | -1,
  is_wanted: (each: Noted) => boolean,
): Noted | null {
  const moment = typeof from === "number" ? from : from.at;
  const place = place_of(records, from);
  if (way === 1) {
    return (
      records.find((each, at) => (place < 0 ? each.at > moment : at > place) && is_wanted(each)) ??
      null
    );
  }
  return (
    records.findLast(
      (each, at) => (place < 0 ? each.at < moment : at < place) && is_wanted(each),
    ) ?? null
  );
}
