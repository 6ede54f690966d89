/** Reads server-sent events out of text that arrives in pieces of any size. */

export interface server_event {
  id: string;
  name: string;
  data: string;
}

export class event_stream_reader {
  private rest = "";
  private at_start = true;
  private id = "";
  private name = "";
  private data: string[] = [];

  /** The events that this piece completes, in order. */
  push(piece: string): server_event[] {
    if (piece === "") return [];
    let text = this.rest + piece;
    if (this.at_start && text.startsWith("\uFEFF")) text = text.slice(1);
    this.at_start = false;

    // A carriage return at the very end may be the first half of a line end: it waits.
    const held = text.endsWith("\r") ? "\r" : "";
    const lines = text.slice(0, text.length - held.length).split(/\r\n|\r|\n/);
    this.rest = (lines.pop() ?? "") + held;
    return lines.map((line) => this.take_line(line)).filter((event) => event !== null);
  }

  private take_line(line: string): server_event | null {
    if (line === "") return this.dispatch();
    if (line.startsWith(":")) return null;
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") this.name = value;
    if (field === "data") this.data.push(value);
    if (field === "id" && !value.includes("\0")) this.id = value;
    return null;
  }

  private dispatch(): server_event | null {
    const event = { id: this.id, name: this.name || "message", data: this.data.join("\n") };
    const is_empty = this.data.length === 0;
    this.name = "";
    this.data = [];
    return is_empty ? null : event;
  }
}
