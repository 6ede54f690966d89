// What the mock server's sites are and what they answer: prose about the story of livesearch.

const usual = { enabled: true, weight: 1, bangs: [], pages: false };
const demonstration = { ...usual, checked: "demonstration", concurrency: 2, rate: 2 };
const unchecked = { ...usual, checked: "never", concurrency: 2, rate: 0.5 };

export const sites = [
  {
    ...demonstration,
    id: "project_documentation",
    categories: ["docs"],
    pages: true,
    name: "Project documentation",
    homepage: "http://127.0.0.1:4001/",
    hosts: ["127.0.0.1:4001"],
    limit_ms: 3000,
  },
  {
    ...demonstration,
    id: "field_notes",
    categories: ["notes"],
    name: "Field notes",
    homepage: "http://127.0.0.1:4002/",
    hosts: ["127.0.0.1:4002"],
    limit_ms: 3000,
  },
  {
    ...unchecked,
    id: "public_encyclopedia",
    categories: ["reference"],
    name: "A public encyclopedia with a rather long name",
    homepage: "https://encyclopedia.example.org/",
    hosts: ["encyclopedia.example.org", "search.encyclopedia.example.org"],
    limit_ms: 3000,
  },
  {
    ...unchecked,
    checked: "2026-04-17",
    id: "team_wiki",
    categories: ["docs", "wiki"],
    name: "Team wiki",
    homepage: "https://wiki.example.net/",
    hosts: ["wiki.example.net"],
    limit_ms: 3000,
  },
  {
    ...unchecked,
    id: "slow_archive",
    categories: ["reference"],
    name: "Slow archive",
    homepage: "https://archive.example.com/",
    hosts: ["archive.example.com"],
    limit_ms: 1500,
  },
  {
    ...unchecked,
    enabled: false,
    id: "old_forum",
    categories: [],
    name: "Old forum",
    homepage: "https://forum.example.com/",
    hosts: ["forum.example.com"],
    limit_ms: 3000,
  },
];

const pages = {
  project_documentation: [
    [
      "The demand conversation",
      "guide/demand",
      "A consumer says how many events it can process; a producer never sends more. " +
        "That one sentence of demand is the whole protocol.",
    ],
    [
      "When a stage is not the answer",
      "guide/when-not",
      "A stage is for work that arrives faster than it can be done. For a plain " +
        "function call, call the function.",
    ],
    [
      "Restarting after a crash",
      "guide/supervision",
      "The supervisor decides: one child, every child, or the rest of them. A budget " +
        "keeps a broken stage from restarting for ever.",
    ],
  ],
  field_notes: [
    [
      "A year later: issues, issues",
      "2026/02/a-year-later",
      "The queue grew without limit as soon as one site became slow, and nobody could " +
        "say what was stuck. What was missing was demand.",
    ],
    [
      "Why the prototype took only a few days",
      "2025/03/prototype",
      "A queue, some workers, and no supervisor: quick to write, and quick to stop when " +
        "a site stops answering.",
    ],
  ],
  public_encyclopedia: [
    [
      "Supply and demand",
      "wiki/Supply_and_demand",
      "In microeconomics, the price at which the quantity that buyers ask for equals " +
        "the quantity that sellers offer.",
    ],
    [
      "Stage (theatre)",
      "wiki/Stage_(theatre)",
      "A stage is the place on which actors play. Producers and consumers of the play " +
        "sit on different sides of it.",
    ],
    [
      "Back pressure",
      "wiki/Back_pressure",
      "Resistance to the flow of a fluid through a pipe, and by likeness to the flow of " +
        "data through a program. Compare " +
        "demand-driven_evaluation_with_a_very_long_word_that_has_to_wrap_somewhere.",
    ],
  ],
  team_wiki: [],
  slow_archive: [],
};

function hit_of(site, query, rank, [title, path, snippet]) {
  const url = `${site.homepage}${path}?for=${encodeURIComponent(query)}`;
  return { title, url, snippet, rank, page_key: `${site.id}/${path}`, title_key: "" };
}

function hits_of(site, query) {
  return pages[site.id].map((page, n) => hit_of(site, query, n + 1, page));
}

/** What the project documentation has on its second page: something known and something new. */
function second_page(site, query) {
  const fresh = ["Buffers", "guide/buffers", "What was produced and not yet asked for."];
  return [pages[site.id][0], fresh].map((page, n) => hit_of(site, query, n + 4, page));
}

const hostile = {
  title: '<img src="https://elsewhere.example/x.png"> A page with an address that no page may open',
  url: "javascript:document.title='stolen'",
  snippet: '<script>document.title = "stolen"</script> Markup from a site is text and stays text.',
  rank: 3,
  page_key: "hostile",
  title_key: "",
};

/** The report of each site and the time, in ms after the start, at which it is sent. */
export function answers_to(query, page = 1) {
  const at = {
    project_documentation: 40,
    team_wiki: 180,
    field_notes: 320,
    public_encyclopedia: 650,
    slow_archive: 1500,
  };
  return sites
    .filter((site) => site.enabled && (page === 1 || site.pages))
    .map((site) => {
      let results = query === "nothing" ? [] : hits_of(site, query);
      if (page > 1) results = second_page(site, query);
      if (query === "hostile" && site.id === "field_notes") results.push(hostile);
      const report = {
        id: site.id,
        outcome: results.length > 0 ? "results" : "no_results",
        message: "",
        elapsed_ms: at[site.id],
        results,
      };
      if (site.id === "team_wiki") report.message = "Team wiki has nothing for this query.";
      if (site.id === "slow_archive" && query !== "nothing") {
        report.outcome = "timed_out";
        report.message = "Slow archive did not answer within its limit of 1.5 s.";
      }
      return { at: at[site.id], report };
    })
    .sort((a, b) => a.at - b.at);
}
