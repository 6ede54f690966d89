import type { Conversation, Noted } from "./model";
import type { View, Wish } from "./view";

export type Connection = "connecting" | "live" | "lost" | "token_needed";

/** What the page says to the worker behind it. */
export type ToWorker =
  | { kind: "begin"; token: string }
  | { kind: "wish"; wish: Wish }
  | { kind: "step"; wish: Wish; way: 1 | -1 };

/** And what that answers. */
export type FromWorker =
  | { kind: "connection"; connection: Connection; problem: string }
  | { kind: "view"; view: View; conversation: Conversation | null }
  | { kind: "stepped"; to: Noted };
