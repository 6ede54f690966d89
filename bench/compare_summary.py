#!/usr/bin/env python3
"""Prints what bench/compare.sh --json has measured as a table for docs/performance.md.

    python3 bench/compare_summary.py compare.json

One line for each workload: ours, and how many times theirs it is; "2 workers" is how many times one
worker. "best other" is the fastest of the
systems that have no demand for each subscription, with the number of rounds in which ours was at
least as fast.
"""

import json
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


def print_table(head, lines):
    print("| " + " | ".join(head) + " |")
    print("|---|" + "--:|" * (len(head) - 1))
    for cells in lines:
        print("| " + " | ".join(cells) + " |")


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        measured = json.load(file)
    workloads = {}
    for row in measured["rows"]:
        workloads.setdefault(row["workload"], []).append(row)
    print_table(["workload", "M events/s", "emit()", "2 workers", "of the limit", "GenStage", "CAF",
                 "best other"],
                [line(name, rows) for name, rows in workloads.items()])
    print()
    systems = list(dict.fromkeys(name for each in measured["processes"] for name in each["best"]))
    print_table(["", *systems],
                [[f"{each['measurement'].replace('_', ' ')}, {each['unit']}",
                  *(f"{each['best'][name]:,.0f}" if name in each["best"] else ""
                    for name in systems)] for each in measured["processes"]])


if __name__ == "__main__":
    sys.exit(main())
