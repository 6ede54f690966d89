import { describe, expect, it } from "vitest";
import type { known_site } from "./api";
import {
  chosen,
  ids_to_name,
  keep_choice,
  keep_kept_answers,
  load_choice,
  load_kept_answers,
  type storage,
} from "./site_choice";

function site(id: string, enabled = true): known_site {
  const words = { id, name: id, homepage: "", checked: "never", limit_ms: 1 };
  return { ...words, hosts: [], categories: [], enabled };
}

function memory(): storage {
  const kept = new Map<string, string>();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
}

const denied: storage = {
  getItem: () => {
    throw new Error("denied");
  },
  setItem: () => {
    throw new Error("denied");
  },
  removeItem: () => {
    throw new Error("denied");
  },
};

describe("the choice of sites", () => {
  it("names no site when all that are enabled are wanted", () => {
    expect(ids_to_name([site("a"), site("b"), site("c", false)], new Set())).toEqual([]);
  });

  it("names those that are left when some are switched off", () => {
    expect(ids_to_name([site("a"), site("b"), site("c")], new Set(["b"]))).toEqual(["a", "c"]);
  });

  it("takes no notice of sites that are gone", () => {
    expect(ids_to_name([site("a")], new Set(["gone"]))).toEqual([]);
  });

  it("never contains a site that the configuration switched off", () => {
    expect(chosen([site("a", false)], new Set())).toEqual([]);
  });

  it("is remembered", () => {
    const store = memory();

    keep_choice(store, new Set(["b", "a"]));

    expect([...load_choice(store)]).toEqual(["a", "b"]);
  });

  it("is everything when the memory is empty, broken or denied", () => {
    const broken = memory();
    broken.setItem("livesearch.sites_off", "{");

    expect(load_choice(memory()).size).toBe(0);
    expect(load_choice(broken).size).toBe(0);
    expect(load_choice(denied).size).toBe(0);
    expect(() => keep_choice(denied, new Set(["a"]))).not.toThrow();
  });
});

describe("the wish for answers of this moment", () => {
  it("is remembered, and forgotten when it is withdrawn", () => {
    const store = memory();
    expect(load_kept_answers(store)).toBe("allowed");

    keep_kept_answers(store, "bypassed");
    expect(load_kept_answers(store)).toBe("bypassed");

    keep_kept_answers(store, "allowed");
    expect(load_kept_answers(store)).toBe("allowed");
  });

  it("does without storage", () => {
    keep_kept_answers(denied, "bypassed");
    expect(load_kept_answers(denied)).toBe("allowed");
    expect(load_kept_answers(null)).toBe("allowed");
  });
});
