import { describe, expect, it } from "vitest";
import { marked_pieces, query_words } from "./term_marks";

function marked(text: string, query: string): string {
  const pieces = marked_pieces(text, query_words(query));
  return pieces.map((piece) => (piece.is_marked ? `[${piece.text}]` : piece.text)).join("");
}

describe("the words of a query", () => {
  it("are marked wherever a word begins with them, in any case", () => {
    expect(marked("Stages: a stage is staged", "stage")).toBe("[Stage]s: a [stage] is [stage]d");
  });

  it("are not marked inside a word", () => {
    expect(marked("upstage", "stage")).toBe("upstage");
  });

  it("may hold any character and any script", () => {
    const words = marked("c++ (a) Größe 舞台", "größe (a 舞台 +");

    expect(words).toBe("c++ ([a]) [Größe] [舞台]");
  });

  it("prefer the longest", () => {
    expect(marked("demand-driven", "demand demand-driven")).toBe("[demand-driven]");
  });

  it("never change the text", () => {
    const text = "One  two\nthree";

    const pieces = marked_pieces(text, query_words("two three"));

    expect(pieces.map((piece) => piece.text).join("")).toBe(text);
  });

  it("are none in a query of signs", () => {
    expect(query_words("?! …")).toEqual([]);
    expect(marked("what?!", "?!")).toBe("what?!");
  });
});
