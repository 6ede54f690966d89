import { describe, expect, it } from "vitest";
import examples from "./merging_examples.json";
import { merge } from "./merging";

interface example_site {
  weight: number;
  results: { title: string; url: string; snippet: string; page_key: string; title_key: string }[];
}

function sites_of(example: { sites: example_site[] }) {
  return example.sites.map((site, place) => {
    const id = `${place}`;
    const results = site.results.map((hit, n) => ({ ...hit, rank: n + 1 }));
    return { id, weight: site.weight, results };
  });
}

function order(sites: ReturnType<typeof sites_of>, reports = sites): string[] {
  return merge(sites, reports).map((result) => {
    const votes = result.votes.map((vote) => `${vote.site}:${vote.hit.rank} `);
    return votes.join("") + result.shown.url;
  });
}

describe("merging", () => {
  it.each(examples.map((example) => [example.name, example] as const))(
    "keeps to the server's example: %s",
    (_, example) => {
      expect(order(sites_of(example))).toEqual(example.order);
    },
  );

  it("gives the same order whatever the order of arrival", () => {
    for (const example of examples) {
      const sites = sites_of(example);

      expect(order(sites, [...sites].reverse())).toEqual(example.order);
    }
  });

  it("shows a result that a further page repeats once", () => {
    const hit = { title: "A", url: "https://a.example/", snippet: "", title_key: "" };
    const first = { ...hit, rank: 1, page_key: "a" };
    const again = { ...hit, rank: 11, page_key: "a" };
    const more = { ...hit, rank: 12, page_key: "b" };

    const results = merge(
      [{ id: "x", weight: 1 }],
      [
        { id: "x", results: [first] },
        { id: "x", results: [again, more] },
      ],
    );

    expect(results.map((result) => result.id)).toEqual(["x:1", "x:12"]);
  });

  it("keeps results without keys apart", () => {
    const hit = { title: "A", url: "u", snippet: "", page_key: "", title_key: "" };
    const results = [
      { ...hit, rank: 1 },
      { ...hit, rank: 2 },
    ];

    expect(merge([{ id: "x", weight: 1 }], [{ id: "x", results }])).toHaveLength(2);
  });
});
