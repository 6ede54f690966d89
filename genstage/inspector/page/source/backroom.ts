import { History } from "./history";
import { index_subscriptions } from "./flow";
import type { Conversation, Noted, NotedChunk, Snapshot } from "./model";
import type { Past } from "./past";
import { Recording } from "./recording";
import { is_about, no_wish, until_now, Viewer, type View, type Wish } from "./view";

/**
 * Keeps all that is known of the program, and makes of it what the page draws.
 *
 * It knows neither page nor network, so that it can work beside the page, on a thread of its own:
 * a program of ten thousand stages tells megabytes at each look.
 */
export class Backroom {
  wish: Wish = no_wish;
  past: Past = new History();
  conversation: Conversation | null = null;
  private readonly viewer = new Viewer();

  add_look(seen: Snapshot): void {
    if (this.past instanceof History) this.past.add_look(seen);
  }

  add_records(chunk: NotedChunk): void {
    if (this.past instanceof History) this.past.add_records(chunk);
  }

  /** Up to where the program's records are here. */
  get heard_until(): string {
    return this.past instanceof History ? this.past.heard_until : "";
  }

  view(): View | null {
    return this.viewer.view(this.past, this.wish);
  }

  told(): Conversation | null {
    const tag = this.wish.chosen_tag;
    if (tag !== null && this.past instanceof Recording) {
      this.conversation = this.past.conversation(tag);
    }
    return until_now(this.conversation, this.wish);
  }

  /** The next or last record, of what is chosen if something is. */
  step(way: 1 | -1): Noted | null {
    const look = this.past.look(this.wish.moment);
    if (look === null) return null;
    const tags = index_subscriptions(look);
    const from = this.wish.stepped_to ?? this.wish.moment ?? look.at;
    return this.past.step(from, way, (each) => is_about(this.wish, each, tags));
  }
}
