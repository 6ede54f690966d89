import { describe, expect, it } from "vitest";
import { event_stream_reader, type server_event } from "./event_stream";

function read(...pieces: string[]): server_event[] {
  const reader = new event_stream_reader();
  return pieces.flatMap((piece) => reader.push(piece));
}

describe("an event stream reader", () => {
  it("reads id, name and data of an event", () => {
    const events = read('id: 1\nevent: start\ndata: {"query":"a"}\n\n');

    expect(events).toEqual([{ id: "1", name: "start", data: '{"query":"a"}' }]);
  });

  it("gives the same events whatever the pieces are", () => {
    const text = "id: 1\r\nevent: site\r\ndata: a: b\r\n\r\n: note\n\nevent: end\ndata: c\n\n";
    const whole = read(text);

    const singly = read(...text);

    expect(singly).toEqual(whole);
    expect(whole.map((event) => event.data)).toEqual(["a: b", "c"]);
  });

  it("joins several data lines with a line feed", () => {
    expect(read("data: a\ndata: b\n\n")[0]?.data).toBe("a\nb");
  });

  it("removes one space after the colon and no more", () => {
    expect(read("data:  a\n\n")[0]?.data).toBe(" a");
  });

  it("leaves out comments, unknown fields and events without data", () => {
    expect(read(": keep-alive\n\nretry: 5\nevent: ghost\n\n")).toEqual([]);
  });

  it("does not lend the name of an event to the next one", () => {
    const events = read("event: a\ndata: 1\n\ndata: 2\n\n");

    expect(events.map((event) => event.name)).toEqual(["a", "message"]);
  });

  it("holds back an event whose empty line has not come", () => {
    expect(read("event: end\ndata: {}\n")).toEqual([]);
  });

  it("skips a byte order mark", () => {
    expect(read("\uFEFFdata: a\n\n")[0]?.data).toBe("a");
  });
});
