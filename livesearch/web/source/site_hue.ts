/**
 * A colour for each site, derived from its id. Only the hue differs: lightness and chroma are the
 * theme's, chosen so that text in any of these hues is readable on its ground.
 */

export const hue_count = 12;

export function hue_at(place: number): number {
  return (20 + (place % hue_count) * (360 / hue_count)) % 360;
}

/** FNV-1a: short ids that differ in one character land far apart. */
function spread(id: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i += 1) {
    hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193) >>> 0;
  }
  return hash;
}

/**
 * Two sites share a hue only when there are more sites than hues. Which hue a site gets does not
 * depend on the order of the ids.
 */
export function site_hues(ids: readonly string[]): Map<string, number> {
  const hues = new Map<string, number>();
  let taken = new Set<number>();
  for (const id of [...new Set(ids)].sort()) {
    if (taken.size === hue_count) taken = new Set();
    let place = spread(id) % hue_count;
    // 5 and 12 have no common divisor: every place is tried, and neighbours differ clearly.
    while (taken.has(place)) place = (place + 5) % hue_count;
    taken.add(place);
    hues.set(id, hue_at(place));
  }
  return hues;
}
