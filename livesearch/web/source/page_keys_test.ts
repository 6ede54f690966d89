import { describe, expect, it } from "vitest";
import { command_of, type key_context, type place } from "./page_keys";

function command(key: string, at: place, more: Partial<key_context> = {}, held = {}) {
  const pressed = { key, ctrlKey: false, metaKey: false, altKey: false, isComposing: false };
  const context = { place: at, is_live: false, single_keys: true, ...more };
  return command_of({ ...pressed, ...held }, context);
}

describe("a key", () => {
  it("goes to the field, between results, or to the list of keys", () => {
    expect(command("/", "elsewhere")).toBe("focus_field");
    expect(command("j", "elsewhere")).toBe("next_result");
    expect(command("k", "result")).toBe("previous_result");
    expect(command("?", "control")).toBe("show_keys");
    expect(command("n", "result")).toBe("take_in");
  });

  it("is a character while somebody types", () => {
    for (const key of ["/", "j", "k", "n", "?"]) expect(command(key, "field")).toBeNull();
  });

  it("stops a search from anywhere, but only while one runs", () => {
    expect(command("Escape", "field", { is_live: true })).toBe("stop");
    expect(command("Escape", "field")).toBeNull();
  });

  it("leaves arrows to scrolling unless a result or the field has the focus", () => {
    expect(command("ArrowDown", "elsewhere")).toBeNull();
    expect(command("ArrowDown", "field")).toBe("next_result");
    expect(command("ArrowUp", "result")).toBe("previous_result");
  });

  it("means nothing of ours with a modifier or within a composition", () => {
    expect(command("k", "result", {}, { ctrlKey: true })).toBeNull();
    expect(command("j", "result", {}, { isComposing: true })).toBeNull();
  });

  it("of one character does nothing when those are switched off", () => {
    expect(command("j", "result", { single_keys: false })).toBeNull();
    expect(command("ArrowDown", "result", { single_keys: false })).toBe("next_result");
  });
});
