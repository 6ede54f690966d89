import { expect, test } from "vitest";
import { EventReader } from "./event_reader";

test("an event is there once its blank line is", () => {
  const reader = new EventReader();
  expect(reader.take('event: snapshot\ndata: {"at"')).toEqual([]);
  expect(reader.take(":1}\n")).toEqual([]);
  expect(reader.take("\n")).toEqual([{ event: "snapshot", data: '{"at":1}' }]);
});

test("several events in one piece come in their order", () => {
  const all = new EventReader().take("event: a\ndata: 1\n\nevent: b\ndata: 2\n\n");
  expect(all.map((each) => each.event)).toEqual(["a", "b"]);
});

test("comments are no events", () => {
  expect(new EventReader().take(": hello\n\n")).toEqual([]);
});
