#!/usr/bin/env python3
"""Sets pipelines of stages beside the same work in other systems, and beside the limits.

A counter of 64-bit integers, doubling stages and a stage that adds up, at several max_demands;
events of other kinds; one to four and four to one; a consumer that works; many pipelines; and at
last, unless --only chooses, what processes and timers cost, as processes.py says. All
systems run in turn, round for round, so that what disturbs the machine disturbs all of them; the
medians of the rounds are compared, and only within one run. Peers that are not installed are left
out; GenStage needs elixir and GEN_STAGE_EBIN, the folder with its compiled modules.

"of limit" is what we reach of the hand-written limit of that row: two objects that hand messages
to each other through an intrusive queue at a max_demand below 100, and directly above; one loop for
one to four and four to one. For consumers that work it is as many threads that have nothing to do
with each other.

--quick shows in a few minutes that all of it runs; its figures are worth little.
"""

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys

import processes

HERE = os.path.dirname(os.path.abspath(__file__))
MAX_DEMANDS = [1, 10, 100, 1000, 10000]
OURS = "genstage"


class System:
    """Programs that run a workload, given as key=value arguments, and print what came of it: one
    for each shape, named after it. Those that are named here, or all that are there."""

    def __init__(self, name, command, settings="", kind="peer", shapes=()):
        self.name, self.command, self.kind = name, command, kind
        self.settings, self.shapes = settings.split(), shapes

    def program(self, workload):
        return [part.format(workload.shape) for part in self.command]

    def can_run(self, workload):
        suits = not self.shapes or workload.shape in self.shapes
        return (suits and re.search(workload.systems, self.name) is not None
                and os.path.exists(self.program(workload)[-1]))

    def run(self, workload, events):
        # What the workload says holds.
        command = self.program(workload) + self.settings + workload.settings + [f"events={events}"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        if done.returncode != 0:
            sys.exit(f"{' '.join(command)}: ended with {done.returncode}: {done.stderr.strip()}; "
                     "stopped")
        arrived, seconds = done.stdout.split()
        return int(arrived), max(float(seconds), 1e-9)  # Few events take no time that is told.


class Workload:
    """`systems` is a pattern of the names of those that can run it; with fewer events than `least`
    it would be another."""

    def __init__(self, name, settings, limit=None, shape="pipelines", systems="", least=1000):
        self.name, self.settings, self.limit, self.shape = name, settings.split(), limit, shape
        self.systems, self.least = systems, least


def fan_out(how, consumers=4):
    """Others have four consumers."""
    return Workload(f"1 to {consumers} by {how}, max 1000",
                    f"how={how} max=1000" + (f" consumers={consumers}" if consumers != 4 else ""),
                    "limit: loop", "fan_out", "" if consumers == 4 else f"^{OURS}")


def workloads():
    found = []
    for most in MAX_DEMANDS:
        limit = "limit: queue" if most < 100 else "limit: direct"
        found.append(Workload(f"two stages, max {most}", f"stages=2 max={most}", limit))
    for stages, words in ((3, "three"), (5, "five"), (9, "nine")):
        found.append(Workload(f"{words} stages, max 1000", f"stages={stages} max=1000",
                              "limit: direct"))
    found += [fan_out(how) for how in ("demand", "broadcast", "partition")]
    found += [fan_out(how, consumers) for how in ("demand", "broadcast")
              for consumers in (1, 16, 64)]
    found.append(Workload("4 to 1, max 1000", "max=1000 how=fan_in", "limit: loop",
                          shape="fan_in"))
    kinds = (("16", "16 B"), ("256", "256 B"), ("string", "strings of 100 B"),
             ("move_only", "move-only of 1 KiB"))
    for kind, words in kinds:
        found.append(Workload(f"events of {words}", f"event={kind} max=1000", "limit: direct",
                              systems="^(?!.*(emit|unrecorded|loop|queue))"))
    for most in (1, 10, 1000):
        for workers in (1, 2):
            found.append(Workload(f"1 us of work, max {most}, {workers} workers",
                                  f"max={most} workers={workers}", "limit: threads",
                                  shape="shared_work", systems="^(?!.*2 workers)"))
    found.append(Workload("10000 pipelines, max 10", "max=10", shape="many_pipelines",
                          least=500_000))
    return found


def nanoseconds_of_work(folder):
    """How long the work for an event of shared_work takes, for those who have to imitate it."""
    alone = System("", [os.path.join(folder, "shared_work")], "how=threads workers=1")
    events, seconds = alone.run(Workload("", ""), 50_000)
    return round(seconds * 1e9 / events)


def systems(folder):
    def built(name):
        return [os.path.join(folder, name)]

    pipelines = ("pipelines",)
    found = [System(OURS, built("{}"), "workers=1", "ours"),
             System("genstage, 2 workers", built("{}"), "workers=2", "ours"),
             System("genstage, emit()", built("{}"), "workers=1 how=emit", "ours", pipelines),
             System("genstage, unrecorded", built("{}"), "workers=1 how=unrecorded", "ours",
                    pipelines)]
    for name, prefix, workers in (
            ("CAF", "caf", 1), ("CAF, 2 workers", "caf", 2), ("Asio channels", "asio", 1),
            ("oneTBB", "tbb", 1), ("oneTBB, 2 workers", "tbb", 2), ("Go channels", "go", 1),
            ("Go channels, 2 workers", "go", 2)):
        found.append(System(name, built(prefix + "_{}"), f"workers={workers}"))
    ebin = os.environ.get("GEN_STAGE_EBIN")
    if shutil.which("elixir") and ebin:
        scripts = os.path.join(HERE, "peers", "gen_stage_{}.exs")
        found.append(System("GenStage", ["elixir", "-pa", ebin, scripts],
                            f"work_ns={nanoseconds_of_work(folder)}"))
    for how in ("loop", "direct", "queue"):
        found.append(System(f"limit: {how}", built("limits"), f"how={how}", "limit", pipelines))
    found.append(System("limit: loop", built("fan_loops"), "", "limit", ("fan_out", "fan_in")))
    found.append(System("limit: threads", built("shared_work"), "how=threads", "limit",
                        ("shared_work",)))
    return found


def events_for(system, workload, seconds):
    """How many events take about so long."""
    events = max(20_000, workload.least)
    while True:
        _, taken = system.run(workload, events)
        if taken >= seconds / 10 or events >= 2_000_000_000:
            return max(workload.least, int(events * seconds / taken))
        events *= 10


def measure(all_systems, workload, rounds, seconds):
    """Events per second in each round, by the name of the system."""
    counts = {each.name: events_for(each, workload, seconds) for each in all_systems}
    rates = {each.name: [] for each in all_systems}
    for _ in range(rounds):
        for each in all_systems:
            arrived, taken = each.run(workload, counts[each.name])
            rates[each.name].append(arrived / taken)
    return rates


def ratio(part, whole):
    return f"{part / whole:.2f}" if part / whole < 10 else f"{part / whole:.0f}"


def rows_of(workload, all_systems, rates):
    """The table's rows as values: one for each system."""
    medians = {name: statistics.median(of) for name, of in rates.items()}
    ours = medians[OURS]
    rows = []
    for each in all_systems:
        median = medians[each.name]
        row = {"workload": workload.name, "system": each.name, "kind": each.kind,
               "median": median, "least": min(rates[each.name]), "most": max(rates[each.name]),
               "rounds": rates[each.name]}
        if each.name != OURS:
            row["ours/theirs"] = ours / median
        if each.kind == "ours" and workload.limit in medians:
            row["ours/limit"] = median / medians[workload.limit]
        rows.append(row)
    return rows


def print_rows(rows):
    for row in rows:
        spread = f"{row['least'] / 1e6:.2f}..{row['most'] / 1e6:.2f}"
        theirs = ratio(row["ours/theirs"], 1) if "ours/theirs" in row else ""
        limit = ratio(row["ours/limit"], 1) if "ours/limit" in row else ""
        print(f"{row['workload']:31} {row['system']:22} {row['median'] / 1e6:>9.2f} "
              f"{spread:>20} {theirs:>11} {limit:>9}", flush=True)
    print()


def parsed():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", help="where the programs were built")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.2, help="that one run takes, about")
    parser.add_argument("--quick", action="store_true", help="one round, of 20 ms a run")
    parser.add_argument("--only", default="", metavar="PATTERN",
                        help="workloads whose name matches")
    parser.add_argument("--systems", default="", metavar="PATTERN",
                        help="besides genstage, only systems whose name matches")
    parser.add_argument("--json", metavar="FILE", help="all figures, for machines; - for stdout")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.seconds = 1, 0.02
    return options


def main():
    options = parsed()
    chosen = [each for each in workloads() if re.search(options.only, each.name)]
    if not chosen:
        sys.exit(f"--only {options.only}: no workload matches; known are "
                 + "; ".join(each.name for each in workloads()))
    found = [each for each in systems(options.folder)
             if each.name == OURS or re.search(options.systems, each.name)]
    shows_table = options.json != "-"
    if shows_table:
        print(f"{'workload':31} {'system':22} {'M event/s':>9} {'min..max':>20} "
              f"{'ours/theirs':>11} {'of limit':>9}")
    rows = []
    for index, workload in enumerate(chosen):
        print(f"{index + 1}/{len(chosen)} {workload.name}", file=sys.stderr)
        able = [each for each in found if each.can_run(workload)]
        added = rows_of(workload, able, measure(able, workload, options.rounds, options.seconds))
        rows += added
        if shows_table:
            print_rows(added)
    costs = []
    if not options.only:
        for what, unit, best in processes.compared(options.folder, options.rounds):
            costs.append({"measurement": what, "unit": unit, "best": best})
            if shows_table:
                processes.print_row(what, unit, best)
    if options.json:
        text = json.dumps({"rounds": options.rounds, "rows": rows, "processes": costs}, indent=1)
        if options.json == "-":
            print(text)
        else:
            with open(options.json, "w", encoding="utf-8") as file:
                file.write(text + "\n")


if __name__ == "__main__":
    main()
