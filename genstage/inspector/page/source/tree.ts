import { is_of_inspector } from "./grouping";
import type { Process, Snapshot } from "./model";

/** One row of the supervision tree as it is shown. */
export interface Row {
  id: string;
  /** The process; null for a line that stands for many, or for those that are left out. */
  process: Process | null;
  label: string;
  level: number;
  place: number;
  siblings: number;
  children: number;
  is_open: boolean;
  /** Others wait for it. */
  is_ill: boolean;
}

/** So many children of one process are shown; the rest is counted. */
export const most_children = 100;
/** Programs with at most so many processes are shown opened. */
const small = 80;

export interface TreeWish {
  /** What the reader has opened or closed, against what is shown without being asked. */
  turned: ReadonlySet<string>;
  with_inspector: boolean;
}

/** The rows from top to bottom, only those that are open. */
export function rows_of(
  snapshot: Snapshot,
  wish: TreeWish,
  ill: ReadonlySet<string> = new Set(),
): Row[] {
  const shown = snapshot.processes.filter((each) => wish.with_inspector || !is_of_inspector(each));
  const known = new Set(shown.map((each) => each.pid));
  const children = new Map<string, Process[]>();
  for (const each of shown) {
    const parent = each.parent !== null && known.has(each.parent) ? each.parent : "";
    const together = children.get(parent);
    if (together) together.push(each);
    else children.set(parent, [each]);
  }
  const is_small = shown.length <= small;
  const rows: Row[] = [];
  const visit = (parent: string, level: number) => {
    const all = children.get(parent) ?? [];
    const listed = all.slice(0, most_children);
    const siblings = listed.length + (all.length > listed.length ? 1 : 0);
    listed.forEach((process, at) => {
      const below = children.get(process.pid)?.length ?? 0;
      const is_open = below > 0 && (is_small || level < 2) !== wish.turned.has(process.pid);
      rows.push({
        id: process.pid,
        process,
        label: process.label,
        level,
        place: at + 1,
        siblings,
        children: below,
        is_open,
        is_ill: ill.has(process.pid),
      });
      if (is_open) visit(process.pid, level + 1);
    });
    if (all.length > listed.length) {
      rows.push({
        id: `${parent} more`,
        process: null,
        label: `and ${(all.length - listed.length).toLocaleString("en")} more`,
        level,
        place: siblings,
        siblings,
        children: 0,
        is_open: false,
        is_ill: false,
      });
    }
  };
  visit("", 1);
  return rows;
}
