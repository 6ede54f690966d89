/**
 * Speaks through a live region without flooding it: what arrives within `pause_ms` of the last
 * words is kept, and said as one.
 */

export interface clock {
  now(): number;
  /** Calls back once after that time, and returns how to call it off. */
  later(ms: number, callback: () => void): () => void;
}

export const real_clock: clock = {
  now: () => performance.now(),
  later: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

export class announcer {
  private pending: (() => string) | null = null;
  private call_off: (() => void) | null = null;
  private spoken_at = -Infinity;

  constructor(
    private readonly speak: (words: string) => void,
    private readonly pause_ms = 1000,
    private readonly time: clock = real_clock,
  ) {}

  /** `compose` is called when there is silence; a later call before that replaces it. */
  announce(compose: () => string): void {
    this.pending = compose;
    if (this.call_off) return;
    const wait = this.spoken_at + this.pause_ms - this.time.now();
    if (wait <= 0) return this.say();
    this.call_off = this.time.later(wait, () => this.say());
  }

  silence(): void {
    this.call_off?.();
    this.call_off = null;
    this.pending = null;
  }

  private say(): void {
    const words = this.pending?.() ?? "";
    this.silence();
    if (words === "") return;
    this.spoken_at = this.time.now();
    this.speak(words);
  }
}
