import type { Hops } from "./hops";
import type { Conversation, Noted } from "./model";
import type { View, Wish } from "./view";

export type Connection = "connecting" | "live" | "lost" | "token_needed" | "recording";

/** What the page says to the worker behind it. */
export type ToWorker =
  | { kind: "begin"; token: string }
  | { kind: "wish"; wish: Wish }
  | { kind: "open"; file: File }
  /** Back to the program that runs. */
  | { kind: "close" }
  | { kind: "step"; wish: Wish; way: 1 | -1 };

/** And what that answers. */
export type FromWorker =
  | { kind: "connection"; connection: Connection; problem: string }
  | { kind: "view"; view: View; conversation: Conversation | null; hops: HopsOf | null }
  | { kind: "stepped"; to: Noted }
  | { kind: "opened"; recording: RecordingFacts }
  | { kind: "refused"; words: string };

export interface HopsOf extends Hops {
  pid: string;
}

export interface RecordingFacts {
  name: string;
  records: number;
  missing: number;
  /** The page shows a running program otherwise, to which one can go back. */
  can_be_closed: boolean;
}
