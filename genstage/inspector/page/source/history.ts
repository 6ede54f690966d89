import type { Noted, NotedChunk, Snapshot } from "./model";
import { step_in, type Past } from "./past";

function key_of(noted: Noted): string {
  return `${noted.process} ${noted.order} ${noted.kind}`;
}

/** What is kept, so that the page can go back: looks and records, the oldest forgotten first. */
export class History implements Past {
  looks: Snapshot[] = [];
  records: Noted[] = [];
  left_out = 0;
  missed = 0;
  /** What the program is to be asked for next; empty while nothing was heard. */
  heard_until = "";
  private readonly known = new Set<string>();

  constructor(
    private readonly most_looks = 600,
    private readonly most_records = 20_000,
  ) {}

  add_look(seen: Snapshot): void {
    const last = this.looks.at(-1);
    // The program is another one: it was started again.
    if (last && last.at > seen.at) this.clear();
    this.looks.push(seen);
    // Large programs are kept for a shorter time.
    const heavy = Math.ceil(seen.processes.length / 500);
    while (this.looks.length > Math.max(20, this.most_looks / Math.max(1, heavy))) {
      this.looks.shift();
    }
  }

  add_records(chunk: NotedChunk): void {
    this.left_out += chunk.left_out;
    this.missed += chunk.missed;
    this.heard_until = chunk.next;
    // What is asked for again overlaps.
    const fresh = chunk.records.filter((each) => !this.known.has(key_of(each)));
    for (const each of fresh) this.known.add(key_of(each));
    this.records.push(...fresh);
    this.records.sort((one, other) => one.order - other.order);
    const too_many = this.records.length - this.most_records;
    if (too_many > 0) {
      for (const each of this.records.splice(0, too_many)) this.known.delete(key_of(each));
    }
  }

  clear(): void {
    this.looks = [];
    this.records = [];
    this.left_out = 0;
    this.missed = 0;
    this.heard_until = "";
    this.known.clear();
  }

  /** The number of the look that shows how things were at a moment. */
  look_at(moment: number): number {
    let low = 0;
    let high = this.looks.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.looks[middle] as Snapshot).at <= moment) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  look(moment: number | null): Snapshot | null {
    return this.looks[this.number_of(moment)] ?? null;
  }

  before(moment: number | null): Snapshot | null {
    return this.looks[this.number_of(moment) - 1] ?? null;
  }

  span(): { first: number; last: number; kept: number } {
    const { looks } = this;
    return { first: looks[0]?.at ?? 0, last: looks.at(-1)?.at ?? 0, kept: looks.length };
  }

  ill(): { from: number; to: number }[] {
    const { first, last } = this.span();
    const span = Math.max(1, last - first);
    return this.looks.flatMap((look, at) =>
      look.findings.length === 0
        ? []
        : {
            from: (look.at - first) / span,
            to: ((this.looks[at + 1]?.at ?? look.at) - first) / span,
          },
    );
  }

  totals(pid: string, moment: number | null, most: number): { at: number; total: number }[] {
    const until = this.number_of(moment);
    return this.looks.slice(Math.max(0, until - most), until + 1).map((look) => {
      let total = 0;
      for (const each of look.subscriptions) {
        if (each.producer === pid || each.consumer === pid) total += each.delivered;
      }
      return { at: look.at, total };
    });
  }

  step(from: Noted | number, way: 1 | -1, is_wanted: (each: Noted) => boolean): Noted | null {
    return step_in(this.records, from, way, is_wanted);
  }

  private number_of(moment: number | null): number {
    return moment === null ? this.looks.length - 1 : this.look_at(moment);
  }
}
