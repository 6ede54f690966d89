import { fetch_conversation, fetch_records, keep_token, look_on, TokenNeeded } from "./api";
import { index_subscriptions, rates_between } from "./flow";
import { group, index_processes, shape_of } from "./grouping";
import { History } from "./history";
import { lay_out, type Layout } from "./layout";
import type { Conversation, Noted, Snapshot } from "./model";

export type Connection = "connecting" | "live" | "lost" | "token_needed";

const retry_after_ms = 1000;
const first_records = 2000;

/** Everything that the page shows: what the program sent, and what of it is being looked at. */
export class Inspection {
  connection = $state<Connection>("connecting");
  problem = $state("");
  /** Looks and records that are there; raw, since thousands of values are watched by nobody. */
  version = $state.raw(0);
  paused = $state(false);
  /** Where the time line stands while it is paused, in the program's nanoseconds. */
  moment = $state(0);
  chosen = $state<string | null>(null);
  chosen_tag = $state<string | null>(null);
  under = $state<string | null>(null);
  opened = $state.raw<ReadonlySet<string>>(new Set());
  with_inspector = $state(false);
  conversation = $state.raw<Conversation | null>(null);
  stepped_to = $state.raw<Noted | null>(null);

  readonly history = new History();
  private stop_looking = new AbortController();
  private stop_asking = new AbortController();

  look_number = $derived.by(() => {
    void this.version;
    return this.paused ? this.history.look_at(this.moment) : this.history.looks.length - 1;
  });
  look = $derived.by<Snapshot | null>(() => {
    void this.version;
    return this.history.looks[this.look_number] ?? null;
  });
  before = $derived.by<Snapshot | null>(() => {
    void this.version;
    return this.history.looks[this.look_number - 1] ?? null;
  });
  now = $derived(this.paused ? this.moment : (this.look?.at ?? 0));
  processes = $derived(this.look ? index_processes(this.look) : new Map());
  subscriptions = $derived(this.look ? index_subscriptions(this.look) : new Map());
  rates = $derived(this.look ? rates_between(this.look, this.before) : new Map());
  graph = $derived(
    this.look
      ? group(this.look, {
          opened: this.opened,
          under: this.under,
          with_inspector: this.with_inspector,
        })
      : { nodes: [], edges: [] },
  );
  private kept_shape = "";
  private kept_layout: Layout | null = null;
  layout = $derived.by<Layout>(() => {
    const shape = shape_of(this.graph);
    if (this.kept_layout === null || shape !== this.kept_shape) {
      this.kept_layout = lay_out(this.graph);
      this.kept_shape = shape;
    }
    return this.kept_layout;
  });

  /** Looks until the page is left, and again when the connection was lost. */
  async run(): Promise<void> {
    for (;;) {
      this.stop_looking = new AbortController();
      try {
        this.history.add_records(await fetch_records(first_records));
        await look_on(
          {
            snapshot: (seen) => {
              this.connection = "live";
              this.history.add_look(seen);
              this.version += 1;
              void this.ask_conversation();
            },
            records: (chunk) => {
              this.history.add_records(chunk);
              this.version += 1;
            },
          },
          this.stop_looking.signal,
        );
        this.connection = "lost";
      } catch (problem) {
        if (problem instanceof TokenNeeded) {
          this.connection = "token_needed";
          return;
        }
        this.connection = "lost";
        this.problem = problem instanceof Error ? problem.message : String(problem);
      }
      await new Promise((resolve) => setTimeout(resolve, retry_after_ms));
    }
  }

  use_token(token: string): void {
    keep_token(token);
    this.connection = "connecting";
    void this.run();
  }

  choose(pid: string | null): void {
    this.chosen = pid;
    this.choose_conversation(null);
  }

  choose_conversation(tag: string | null): void {
    if (tag !== this.chosen_tag) this.conversation = null;
    this.chosen_tag = tag;
    void this.ask_conversation();
  }

  toggle_group(id: string): void {
    const opened = new Set(this.opened);
    if (!opened.delete(id)) opened.add(id);
    this.opened = opened;
  }

  pause(): void {
    this.moment = this.look?.at ?? 0;
    this.paused = true;
  }

  go_on(): void {
    this.paused = false;
    this.stepped_to = null;
  }

  go_to(moment: number): void {
    this.moment = moment;
    this.paused = true;
    this.stepped_to = null;
  }

  /** To the next or last record, of what is chosen if something is. */
  step(way: 1 | -1): void {
    if (!this.paused) this.pause();
    const found = this.history.step(this.moment, way, (each) => this.is_about_chosen(each));
    if (!found) return;
    this.moment = found.at;
    this.stepped_to = found;
  }

  is_about_chosen(noted: Noted): boolean {
    if (this.chosen_tag !== null) return noted.subscription === this.chosen_tag;
    if (this.chosen !== null) {
      if (noted.process === this.chosen) return true;
      const between = this.subscriptions.get(noted.subscription ?? "");
      return between?.producer === this.chosen || between?.consumer === this.chosen;
    }
    return this.with_inspector || !(noted.label ?? "").startsWith("inspector");
  }

  private async ask_conversation(): Promise<void> {
    const tag = this.chosen_tag;
    if (tag === null) return;
    this.stop_asking.abort();
    this.stop_asking = new AbortController();
    try {
      const told = await fetch_conversation(tag, this.stop_asking.signal);
      if (this.chosen_tag === tag) this.conversation = told;
    } catch {
      // The stream says whether the program is there; the next look asks again.
    }
  }
}
