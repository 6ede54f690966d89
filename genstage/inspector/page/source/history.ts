import type { Noted, NotedChunk, Snapshot } from "./model";

/** What is kept, so that the page can go back: looks and records, the oldest forgotten first. */
export class History {
  looks: Snapshot[] = [];
  records: Noted[] = [];
  /** Records that the program did not send, or that came while the page was not listening. */
  left_out = 0;
  private heard_until = -1;

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
    const fresh = chunk.records.filter((each) => each.order > this.heard_until);
    this.heard_until = Math.max(this.heard_until, chunk.next);
    this.records.push(...fresh);
    this.records.sort((one, other) => one.order - other.order);
    if (this.records.length > this.most_records) {
      this.records.splice(0, this.records.length - this.most_records);
    }
  }

  clear(): void {
    this.looks = [];
    this.records = [];
    this.left_out = 0;
    this.heard_until = -1;
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

  /** The record after a moment, or before it, among those that `is_wanted`. */
  step(moment: number, way: 1 | -1, is_wanted: (each: Noted) => boolean): Noted | null {
    if (way === 1) {
      return this.records.find((each) => each.at > moment && is_wanted(each)) ?? null;
    }
    return this.records.findLast((each) => each.at < moment && is_wanted(each)) ?? null;
  }
}
