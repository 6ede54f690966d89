/** What the inspector's API says; docs/inspector.md describes it. */

export interface Stage {
  kind: "producer" | "producer_consumer" | "consumer";
  takes: string;
  emits: string;
  dispatcher: string;
  buffered: number;
  queued: number;
  buffer_size: number | null;
  mode: "forward" | "accumulate";
  emitted: number;
  discarded: number;
}

export interface Process {
  pid: string;
  label: string;
  name: string;
  type: string;
  parent: string | null;
  activity: "starting" | "ready" | "waiting" | "suspended" | "terminating";
  supervisor: boolean;
  answered: boolean;
  callback: string | null;
  in_callback_ms: number | null;
  mailbox: { length: number; bytes: number; oldest_ms: number | null };
  busy: number | null;
  restarts: number;
  stage: Stage | null;
  /** In a recording, when it was heard last: what it was doing nobody has noted. */
  noted?: string;
}

export interface Subscription {
  tag: string;
  producer: string;
  consumer: string;
  asked: number;
  delivered: number;
  handled: number;
  in_flight: number;
  outstanding: number;
  since_ask_ms: number | null;
  since_event_ms: number | null;
}

export interface Finding {
  illness: string;
  stage: string;
  label: string;
  text: string;
  evidence: string[];
}

export interface Snapshot {
  /** Nanoseconds since the program began. */
  at: number;
  took_us: number;
  next_in_ms: number;
  processes: Process[];
  subscriptions: Subscription[];
  findings: Finding[];
}

export interface Noted {
  /** On a clock of its own; no two of one process are equal. */
  order: number;
  /** Nanoseconds since the program began. */
  at: number;
  kind: string;
  process: string;
  label: string | null;
  subscription: string | null;
  count: number | null;
  /** The record as a sentence. */
  text: string;
}

export interface NotedChunk {
  /** Up to where records had been heard, and are with these: texts that the program reads. */
  after: string;
  next: string;
  /** Records that were there and are not sent. */
  left_out: number;
  /** Records that had been overwritten by then. */
  missed: number;
  records: Noted[];
}

export interface Line {
  order: number;
  at: number;
  speaker: "consumer" | "producer";
  text: string;
  later: boolean;
}

export interface Conversation {
  subscription: string;
  producer: string;
  consumer: string;
  lines: Line[];
}
