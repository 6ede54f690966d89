export interface ServerEvent {
  event: string;
  data: string;
}

/**
 * Takes a stream of server-sent events apart as its pieces arrive.
 *
 * The browser's own EventSource cannot send a token.
 */
export class EventReader {
  private rest = "";

  /** The events that `piece` completes. */
  take(piece: string): ServerEvent[] {
    this.rest += piece;
    const blocks = this.rest.split("\n\n");
    this.rest = blocks.pop() ?? "";
    return blocks.map(read_block).filter((read) => read.data !== "");
  }
}

function read_block(block: string): ServerEvent {
  const read: ServerEvent = { event: "message", data: "" };
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":");
    const value = line.slice(colon + 1).replace(/^ /, "");
    if (line.startsWith("event:")) read.event = value;
    if (line.startsWith("data:")) read.data += value;
  }
  return read;
}
