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
  /** Pieces of an event that is not complete; one may be megabytes, in hundreds of them. */
  private pieces: string[] = [];

  /** The events that `piece` completes. */
  take(piece: string): ServerEvent[] {
    const ends_late = this.pieces.at(-1)?.endsWith("\n") === true && piece.startsWith("\n");
    this.pieces.push(piece);
    if (!ends_late && !piece.includes("\n\n")) return [];
    const blocks = this.pieces.join("").split("\n\n");
    const rest = blocks.pop() ?? "";
    this.pieces = rest === "" ? [] : [rest];
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
