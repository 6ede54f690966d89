import { describe, expect, it } from "vitest";
import { to_safe_link } from "./safe_link";

describe("an address from a site", () => {
  it("becomes a link with its host and readable path", () => {
    expect(to_safe_link("https://wiki.example.org/a%20b/Gr%C3%B6%C3%9Fe?x=1")).toEqual({
      href: "https://wiki.example.org/a%20b/Gr%C3%B6%C3%9Fe?x=1",
      host: "wiki.example.org",
      path: ["a b", "Größe"],
    });
  });

  it.each([
    "javascript:alert(1)",
    " JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "file:///etc/passwd",
  ])("is no link when it is %s", (address) => {
    expect(to_safe_link(address)).toBeNull();
  });

  it("is no link when it cannot be read", () => {
    expect(to_safe_link("")).toBeNull();
    expect(to_safe_link("/relative")).toBeNull();
  });

  it("keeps what cannot be decoded as it is", () => {
    expect(to_safe_link("http://a.example/%E0%A4%A")?.path).toEqual(["%E0%A4%A"]);
  });
});
