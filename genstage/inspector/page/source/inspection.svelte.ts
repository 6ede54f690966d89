import type { Connection, FromWorker, HopsOf, RecordingFacts, ToWorker } from "./messages";
import type { Conversation, Noted } from "./model";
import { keep_token, read_token } from "./token";
import { no_wish, type View, type Wish } from "./view";

/** What the page shows, and what the reader has asked for; a worker makes the one of the other. */
export class Inspection {
  connection = $state<Connection>("connecting");
  view = $state.raw<View | null>(null);
  conversation = $state.raw<Conversation | null>(null);
  wish = $state.raw<Wish>(no_wish);
  hops = $state.raw<HopsOf | null>(null);
  /** The file that is shown in place of a program. */
  recording = $state.raw<RecordingFacts | null>(null);
  /** Why a file is not shown. */
  refused = $state("");

  paused = $derived(this.wish.moment !== null);
  chosen = $derived(this.wish.chosen);
  chosen_tag = $derived(this.wish.chosen_tag);
  under = $derived(this.wish.under);
  stepped_to = $derived(this.wish.stepped_to);

  private readonly worker: Worker;

  constructor(worker: Worker) {
    this.worker = worker;
    worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => this.hear(data));
  }

  run(): void {
    this.say({ kind: "begin", token: read_token() });
  }

  use_token(token: string): void {
    keep_token(token);
    this.connection = "connecting";
    this.run();
  }

  open(file: File | undefined): void {
    this.refused = "";
    if (file) this.say({ kind: "open", file });
  }

  close_recording(): void {
    this.recording = null;
    this.begin_anew();
    this.connection = "connecting";
    this.say({ kind: "close" });
  }

  choose(pid: string | null): void {
    this.want({ chosen: pid, chosen_tag: null });
  }

  choose_conversation(tag: string | null): void {
    this.want({ chosen_tag: tag });
  }

  draw_under(pid: string | null): void {
    this.want({ under: pid });
  }

  show_inspector(is_shown: boolean): void {
    this.want({ with_inspector: is_shown });
  }

  toggle_group(id: string): void {
    this.want({ opened: turned_over(this.wish.opened, id) });
  }

  turn_row(id: string): void {
    this.want({ turned: turned_over(this.wish.turned, id) });
  }

  pause(): void {
    this.want({ moment: this.view?.timeline.shown ?? 0 });
  }

  go_on(): void {
    this.want({ moment: null, stepped_to: null });
  }

  go_to(moment: number): void {
    this.want({ moment, stepped_to: null });
  }

  /** To the next or last record, of what is chosen if something is. */
  step(way: 1 | -1): void {
    if (!this.paused) this.pause();
    this.say({ kind: "step", wish: this.wish, way });
  }

  is_stepped_to(noted: Noted): boolean {
    const at = this.wish.stepped_to;
    return at !== null && at.order === noted.order && at.process === noted.process;
  }

  private begin_anew(): void {
    this.view = null;
    this.want({ ...no_wish, with_inspector: this.wish.with_inspector });
  }

  private want(changed: Partial<Wish>): void {
    if (changed.chosen_tag !== undefined && changed.chosen_tag !== this.wish.chosen_tag) {
      this.conversation = null;
    }
    this.wish = { ...this.wish, ...changed };
    this.say({ kind: "wish", wish: this.wish });
  }

  private say(message: ToWorker): void {
    this.worker.postMessage(message);
  }

  private hear(message: FromWorker): void {
    switch (message.kind) {
      case "connection":
        this.connection = message.connection;
        return;
      case "view":
        this.view = message.view;
        this.hops = message.hops?.pid === this.wish.chosen ? message.hops : null;
        // What was asked for since then is still on its way.
        this.conversation =
          message.conversation?.subscription === this.wish.chosen_tag ? message.conversation : null;
        return;
      case "opened":
        this.recording = message.recording;
        this.begin_anew();
        return;
      case "refused":
        this.refused = message.words;
        return;
      case "stepped":
        this.want({ moment: message.to.at, stepped_to: message.to });
    }
  }
}

function turned_over(all: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const changed = new Set(all);
  if (!changed.delete(id)) changed.add(id);
  return changed;
}
