#!/usr/bin/env python3
"""Makes the tables of docs/performance.md from what bench/compare.sh --json has measured.

    python3 bench/compare_summary.py compare.json [--into docs/performance.md]

Prints them, or puts each in the place of what stands between its marks in a document:
<!-- table: comparison --> and <!-- end -->.

comparison: one line for each workload: ours, and how many times theirs it is; "2 workers" is how
many times one worker. "best other" is the fastest of the systems that have no demand for each
subscription, with the number of rounds in which ours was at least as fast.
processes: what processes.py measures.
stages, batches, sizes, consumers, cores: how the cost of an event grows with them.
"""

import argparse
import json
import re
import sys

OURS = "genstage"
DEMAND_TOO = ("GenStage", "CAF", "CAF, 2 workers")


def rate(row):
    value = row["median"] / 1e6
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def times(ours, theirs):
    ratio = ours["median"] / theirs["median"]
    return f"{ratio:.0f}" if ratio >= 9.5 else f"{ratio:.2g}"


def fastest(rows):
    return max(rows, key=lambda row: row["median"], default=None)


def line(name, rows):
    by_system = {row["system"]: row for row in rows}
    ours = by_system[OURS]
    two = by_system.get(f"{OURS}, 2 workers")
    emitting = by_system.get(f"{OURS}, emit()")
    caf = fastest([row for row in rows if row["system"].startswith("CAF")])
    original = by_system.get("GenStage")
    other = fastest([row for row in rows if row["kind"] == "peer"
                     and row["system"] not in DEMAND_TOO])
    cells = [name, rate(ours), rate(emitting) if emitting else "",
             f"{two['median'] / ours['median']:.2f}" if two else "",
             f"{ours['ours/limit']:.2f}" if "ours/limit" in ours else "",
             times(ours, original) if original else "", times(ours, caf) if caf else ""]
    if other:
        ahead = sum(mine >= its for mine, its in zip(ours["rounds"], other["rounds"]))
        cells.append(f"{times(ours, other)} {other['system']}, {ahead} of {len(ours['rounds'])}")
    else:
        cells.append("")
    return cells


def comparison(workloads):
    # Numbers of consumers that others do not have are in a table of their own.
    return [["workload", "M events/s", "emit()", "2 workers", "of the limit", "GenStage", "CAF",
             "best other"],
            *(line(name, rows) for name, rows in workloads.items()
              if not re.match("1 to (1|16|64) ", name))]


def processes(measured):
    systems = list(dict.fromkeys(name for each in measured for name in each["best"]))
    return [["", *systems],
            *([f"{each['measurement'].replace('_', ' ')}, {each['unit']}",
               *(f"{each['best'][name]:,.0f}" if name in each["best"] else "" for name in systems)]
              for each in measured)]


class Costs:
    """What an event costs, by workload and system, in nanoseconds."""

    def __init__(self, workloads):
        self.medians = {(name, row["system"]): row["median"]
                        for name, rows in workloads.items() for row in rows}

    def rate(self, workload, system=OURS):
        return self.medians[workload, system]

    def of(self, workload, system=OURS):
        return f"{1e9 / self.rate(workload, system):.3g}"


def by_stages(costs):
    words = {2: "two", 3: "three", 5: "five", 9: "nine"}
    return [["stages", *map(str, words)],
            ["ns an event", *(costs.of(f"{word} stages, max 1000") for word in words.values())]]


def by_batch(costs):
    most = [1, 10, 100, 1000, 10000]
    names = [f"two stages, max {each}" for each in most]
    return [["max_demand", *(f"{each:,}" for each in most)],
            ["events in a batch", *(f"{max(1, each // 2):,}" for each in most)],
            ["ns an event", *map(costs.of, names)],
            ["ns a batch", *(f"{max(1, each // 2) * 1e9 / costs.rate(name):.3g}"
                             for each, name in zip(most, names))]]


def by_size(costs):
    ours = [("8 B", costs.rate("two stages, max 1000", f"{OURS}, emit()"))]
    ours += [(kind, costs.rate(f"events of {name}")) for kind, name in (
        ("16 B", "16 B"), ("256 B", "256 B"), ("1 KiB, moved", "move-only of 1 KiB"),
        ("a string of 100 B", "strings of 100 B"))]
    bytes_of = [8, 16, 256, 1024]
    return [["event", *(kind for kind, _ in ours)],
            ["ns an event", *(f"{1e9 / rate:.3g}" for _, rate in ours)],
            ["GB/s", *(f"{rate * size / 1e9:.3g}" for size, (_, rate) in zip(bytes_of, ours)), ""]]


def by_consumers(costs):
    counts = [1, 4, 16, 64]
    return [["consumers", *map(str, counts)],
            *([f"{words}, ns an event", *(costs.of(f"1 to {count} by {how}, max 1000")
                                          for count in counts)]
              for how, words in (("demand", "by demand"),
                                 ("broadcast", "broadcast, each delivery")))]


def by_cores(costs):
    rows = []
    for most in (1, 10, 1000):
        one, two = (f"1 us of work, max {most}, {workers} workers" for workers in (1, 2))
        rows.append([f"1 us of work, max_demand {most:,}",
                     *(f"{costs.rate(two, system) / costs.rate(one, system):.2f}"
                       for system in (OURS, "limit: threads"))])
    for name in ("two stages, max 1000", "1 to 4 by demand, max 1000", "10000 pipelines, max 10"):
        rows.append([name.replace("max", "max_demand"),
                     f"{costs.rate(name, f'{OURS}, 2 workers') / costs.rate(name):.2f}", ""])
    return [["", "2 workers against 1", "2 threads by hand against 1"], *rows]


def written(table):
    """As a document has it; the first line is the head."""
    head, *rows = table
    return "\n".join(["| " + " | ".join(head) + " |", "|---|" + "--:|" * (len(head) - 1),
                      *("| " + " | ".join(cells) + " |" for cells in rows)])


def tables(measured):
    """By name; those whose workloads were not measured are left out."""
    workloads = {}
    for row in measured["rows"]:
        workloads.setdefault(row["workload"], []).append(row)
    costs = Costs(workloads)
    made = {"comparison": written(comparison(workloads))}
    if measured["processes"]:
        made["processes"] = written(processes(measured["processes"]))
    for name, make in (("stages", by_stages), ("batches", by_batch), ("sizes", by_size),
                       ("consumers", by_consumers), ("cores", by_cores)):
        try:
            made[name] = written(make(costs))
        except KeyError as missing:
            print(f"{name}: {missing} was not measured; left out", file=sys.stderr)
    return made


def put(text, name, table):
    marked = re.compile(rf"(<!-- table: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
    if not marked.search(text):
        sys.exit(f"the document has no table {name}; it is unchanged")
    return marked.sub(lambda found: f"{found[1]}\n{table}\n\n{found[2]}", text)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("measured", help="what compare.sh --json has written")
    parser.add_argument("--into", metavar="DOCUMENT", help="whose tables are replaced")
    options = parser.parse_args()
    with open(options.measured, encoding="utf-8") as file:
        made = tables(json.load(file))
    if not options.into:
        print("\n\n".join(f"{name}:\n\n{table}" for name, table in made.items()))
        return
    with open(options.into, encoding="utf-8") as file:
        text = file.read()
    for name, table in made.items():
        text = put(text, name, table)
    with open(options.into, "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    sys.exit(main())
