import { step_in, type Past } from "./past";
import type { Conversation, Noted, Process, Snapshot, Stage, Subscription } from "./model";
import { span_text } from "./wording";

/** A record of a file; it says a little more than one that a program sends. */
export interface Told extends Noted {
  /** The other process that it names. */
  peer: string | null;
  /** A process ended otherwise than it was asked to. */
  failed: boolean;
  /** What it is in the conversation of its subscription. */
  said: { speaker: "consumer" | "producer"; text: string; later: boolean } | null;
}

/** A trace file as the program reads it for us; docs/inspector.md describes it. */
export interface ToldTrace {
  name: string;
  /** Records that the file does not have; 0 if it has all since the program began. */
  missing: number;
  processes: { pid: string; name: string }[];
  subscriptions: { tag: string; producer: string; consumer: string; events: string }[];
  records: Told[];
}

interface Life {
  pid: string;
  label: string;
  parent: string | null;
  from: number;
  to: number;
}

interface Talk {
  tag: string;
  producer: string;
  consumer: string;
  events: string;
  from: number;
  to: number;
  /** What had been asked for before the file begins, as far as it follows from what came. */
  owed_before: number;
}

const looks = 60;

/** What a trace file tells of a program, at any moment of it. */
export class Recording implements Past {
  readonly records: readonly Told[];
  readonly left_out = 0;
  readonly missed: number;
  private readonly lives = new Map<string, Life>();
  private readonly talks = new Map<string, Talk>();

  constructor(readonly told: ToldTrace) {
    this.records = told.records;
    this.missed = told.missing;
    for (const { tag, producer, consumer, events } of told.subscriptions) {
      this.begin_talk(tag, producer, consumer, -Infinity).events = events;
    }
    for (const each of told.records) this.hear(each);
    for (const { pid, name } of told.processes) this.life_of(pid).label = name;
    this.find_what_was_owed();
  }

  look(moment: number | null): Snapshot | null {
    const { first, last } = this.span();
    const at = moment === null ? last : Math.min(Math.max(moment, first), last);
    const lived = [...this.lives.values()].filter((each) => each.from <= at && at < each.to);
    const there = new Set(lived.map((each) => each.pid));
    const subscriptions = this.subscriptions_at(at, there);
    const { stages, spoke } = this.stages_at(at);
    return {
      at,
      took_us: 0,
      next_in_ms: 0,
      processes: lived.map((life) =>
        process_of(life, stages.get(life.pid), spoke.get(life.pid), at),
      ),
      subscriptions,
      findings: this.failures(at),
    };
  }

  before(moment: number | null): Snapshot | null {
    const { first, last } = this.span();
    const at = moment ?? last;
    return at <= first ? null : this.look(Math.max(first, at - this.stride()));
  }

  span(): { first: number; last: number; kept: number } {
    return { first: 0, last: this.records.at(-1)?.at ?? 0, kept: this.records.length };
  }

  ill(): { from: number; to: number }[] {
    const { last } = this.span();
    return this.records
      .filter((each) => each.failed)
      .map((each) => ({ from: each.at / Math.max(1, last), to: each.at / Math.max(1, last) }));
  }

  totals(pid: string, moment: number | null, most: number): { at: number; total: number }[] {
    const stride = this.stride();
    const until = moment ?? this.span().last;
    const count = Math.min(most, looks, Math.floor(until / stride));
    const moments = Array.from({ length: count + 1 }, (_, at) => until - (count - at) * stride);
    const mine = this.records.filter((each) => {
      const talk = this.talks.get(each.subscription ?? "");
      return each.kind === "delivery" && (talk?.producer === pid || talk?.consumer === pid);
    });
    return moments.map((at) => ({
      at,
      total: mine.reduce((sum, each) => sum + (each.at <= at ? (each.count ?? 0) : 0), 0),
    }));
  }

  step(from: Noted | number, way: 1 | -1, is_wanted: (each: Noted) => boolean): Noted | null {
    return step_in(this.records, from, way, is_wanted);
  }

  /** All that the two said, in the words of the slides. */
  conversation(tag: string): Conversation {
    const talk = this.talks.get(tag);
    const label = (pid: string | undefined) => this.lives.get(pid ?? "")?.label ?? pid ?? "";
    const lines = this.records.flatMap(({ order, at, subscription, said }) =>
      subscription === tag && said !== null ? { order, at, ...said } : [],
    );
    const [producer, consumer] = [label(talk?.producer), label(talk?.consumer)];
    return { subscription: tag, producer, consumer, lines };
  }

  private stride(): number {
    return Math.max(1, this.span().last / looks);
  }

  private life_of(pid: string): Life {
    let life = this.lives.get(pid);
    if (!life) {
      life = { pid, label: pid, parent: null, from: -Infinity, to: Infinity };
      this.lives.set(pid, life);
    }
    return life;
  }

  private begin_talk(tag: string, producer: string, consumer: string, from: number): Talk {
    this.life_of(producer);
    this.life_of(consumer);
    const talk = { tag, producer, consumer, events: "", from, to: Infinity, owed_before: 0 };
    this.talks.set(tag, talk);
    return talk;
  }

  private hear(noted: Told): void {
    const { kind, process, peer, subscription } = noted;
    const life = this.life_of(process);
    if (noted.label !== null) life.label = noted.label;
    if (kind === "spawned") {
      life.from = noted.at;
      life.parent = peer;
      if (peer !== null) this.life_of(peer);
    } else if (kind === "ended") {
      life.to = noted.at;
    } else if (subscription !== null && peer !== null) {
      const known = this.talks.get(subscription);
      const from = kind === "subscribed" ? noted.at : -Infinity;
      const talk = known ?? this.begin_talk(subscription, process, peer, from);
      if (kind === "subscribed") talk.from = noted.at;
      if (kind === "cancelled") talk.to = noted.at;
    }
  }

  private find_what_was_owed(): void {
    const owed = new Map<string, number>();
    for (const { kind, subscription, count } of this.records) {
      if (subscription === null || (kind !== "ask" && kind !== "delivery")) continue;
      const now = (owed.get(subscription) ?? 0) + (kind === "ask" ? 1 : -1) * (count ?? 0);
      owed.set(subscription, now);
      const talk = this.talks.get(subscription);
      if (talk) talk.owed_before = Math.max(talk.owed_before, -now);
    }
  }

  private subscriptions_at(at: number, there: ReadonlySet<string>): Subscription[] {
    const open = new Map<string, Subscription>();
    for (const each of this.talks.values()) {
      if (each.from > at || at >= each.to) continue;
      if (!there.has(each.producer) || !there.has(each.consumer)) continue;
      const { tag, producer, consumer, owed_before } = each;
      const nothing = { delivered: 0, handled: 0, in_flight: 0 };
      const never = { since_ask_ms: null, since_event_ms: null };
      const owed = { asked: owed_before, outstanding: owed_before };
      open.set(tag, { tag, producer, consumer, ...nothing, ...never, ...owed });
    }
    for (const noted of this.records) {
      if (noted.at > at) break;
      const between = open.get(noted.subscription ?? "");
      const count = noted.count ?? 0;
      if (between && noted.kind === "ask") {
        between.asked += count;
        between.outstanding += count;
        between.since_ask_ms = (at - noted.at) / 1e6;
      } else if (between && noted.kind === "delivery") {
        between.delivered += count;
        between.outstanding -= count;
        between.since_event_ms = (at - noted.at) / 1e6;
      }
    }
    return [...open.values()];
  }

  private stages_at(at: number): { stages: Map<string, Stage>; spoke: Map<string, number> } {
    const stages = new Map<string, Stage>();
    const spoke = new Map<string, number>();
    for (const { producer, consumer, events } of this.talks.values()) {
      const gives = stages.get(producer) ?? stage_of("producer");
      if (gives.kind === "consumer") gives.kind = "producer_consumer";
      stages.set(producer, { ...gives, emits: events });
      const takes = stages.get(consumer) ?? stage_of("consumer");
      if (takes.kind === "producer") takes.kind = "producer_consumer";
      stages.set(consumer, { ...takes, takes: events });
    }
    for (const noted of this.records) {
      if (noted.at > at) break;
      spoke.set(noted.process, noted.at);
      const stage = stages.get(noted.process);
      if (!stage) continue;
      if (noted.kind === "delivery") stage.emitted += noted.count ?? 0;
      if (noted.kind === "discarded") stage.discarded += noted.count ?? 0;
    }
    return { stages, spoke };
  }

  /** Those that had failed by then, the last one first. */
  private failures(at: number): Snapshot["findings"] {
    return this.records
      .filter((each) => each.failed && each.at <= at)
      .toReversed()
      .map((each) => ({
        illness: "failed",
        stage: each.process,
        label: each.label ?? each.process,
        text: `${each.text}, ${span_text((at - each.at) / 1e6)} before`,
        evidence: [],
      }));
  }
}

function stage_of(kind: Stage["kind"]): Stage {
  const counts = { buffered: 0, queued: 0, emitted: 0, discarded: 0 };
  const unknown = { takes: "", emits: "", dispatcher: "", buffer_size: null };
  return { kind, mode: "forward", ...unknown, ...counts };
}

function process_of(
  { pid, label, parent }: Life,
  stage: Stage | undefined,
  spoke: number | undefined,
  at: number,
): Process {
  return {
    pid,
    label,
    name: label === pid ? "" : label,
    type: "",
    parent,
    activity: "ready",
    supervisor: false,
    answered: true,
    callback: null,
    in_callback_ms: null,
    mailbox: { length: 0, bytes: 0, oldest_ms: null },
    busy: null,
    restarts: 0,
    stage: stage ?? null,
    noted: spoke === undefined ? "silent so far" : `spoke ${span_text((at - spoke) / 1e6)} before`,
  };
}
