import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { hue_at, hue_count, site_hues } from "./site_hue";

type rgb = [number, number, number];

/** OKLCH to linear sRGB. Source: Björn Ottosson, "A perceptual color space", 2020. */
function to_linear(lightness: number, chroma: number, hue: number): rgb {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const channels: rgb = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  return channels.map((channel) => Math.min(1, Math.max(0, channel))) as rgb;
}

function luminance([red, green, blue]: rgb): number {
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: number, other: number): number {
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}

/** The three numbers of `--name: oklch(l c h)` in each theme, light first. */
function theme_colours(name: string): [number, number, string][] {
  const theme = readFileSync(new URL("styles/theme.css", import.meta.url), "utf8");
  const found = theme.matchAll(
    new RegExp(`--${name}: oklch\\(([\\d.]+) ([\\d.]+) ([^)]+\\)?)\\)`, "g"),
  );
  return [...found].map((match) => [Number(match[1]), Number(match[2]), match[3] ?? ""]);
}

describe("the hues of sites", () => {
  it("do not depend on the order of the sites", () => {
    const one = site_hues(["docs", "wiki", "feed"]);
    const other = site_hues(["wiki", "feed", "docs"]);

    expect([...one].sort()).toEqual([...other].sort());
  });

  it("differ while there are enough of them", () => {
    const ids = Array.from({ length: hue_count }, (_, n) => `site_${n}`);

    expect(new Set(site_hues(ids).values()).size).toBe(hue_count);
  });

  it("are given even to more sites than there are hues", () => {
    const ids = Array.from({ length: 40 }, (_, n) => `site_${n}`);

    expect(site_hues(ids).size).toBe(40);
  });

  it.each([
    ["ink", "light", 0],
    ["ink", "dark", 1],
  ])("leave %s readable in the %s theme", (_, __, theme) => {
    const text = theme_colours("site-ink")[theme]!;
    for (const ground of ["ground", "raised"]) {
      const under = theme_colours(ground)[theme]!;
      const below = luminance(to_linear(under[0], under[1], Number(under[2])));
      for (let place = 0; place < hue_count; place += 1) {
        const above = luminance(to_linear(text[0], text[1], hue_at(place)));
        expect(contrast(above, below), `hue ${hue_at(place)} on ${ground}`).toBeGreaterThan(4.5);
      }
    }
  });
});
