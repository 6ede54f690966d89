#!/usr/bin/env python3
"""Counts the instructions of an ask and its delivery, and compares them with those on record.

    python3 bench/instructions.py build/dev/bench --compiler g++-12 [--write | --caches]

valgrind counts every instruction that the program executes; the clock plays no part. Each workload
runs with a few and with more events, and the difference is what the steady state costs, in
instructions and in allocations. The figures on record are in instructions.json, for each major
version of the compiler; more than 3 % above them is a failure, and so is any new allocation. A
change that is worth it, or a figure that has become better, is put on record with --write. For a
compiler without figures nothing is compared.

--caches shows instead what misses the first cache for data, as valgrind simulates it: 32 KiB, lines
of 64 bytes.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

RECORD = os.path.join(os.path.dirname(os.path.abspath(__file__)), "instructions.json")
TOLERANCE = 0.03
# The program of a workload with its arguments, and how many events it handles at least.
WORKLOADS = {
    "a round trip: two stages, max 1": ("counted_pipelines stages=2 max=1", 4_000),
    "an event: two stages, max 10": ("counted_pipelines stages=2 max=10", 20_000),
    "an event: two stages, max 1000": ("counted_pipelines stages=2 max=1000", 400_000),
    "an event: two stages, max 1000, emit()": ("counted_pipelines stages=2 max=1000 how=emit",
                                               400_000),
    "a round trip: three stages, max 1": ("counted_pipelines stages=3 max=1", 4_000),
    "an event: five stages, max 1000": ("counted_pipelines stages=5 max=1000", 100_000),
    "an event: 1 to 4 by partition, max 1000": ("counted_fan_out how=partition max=1000", 200_000),
}


def count(folder, settings, events, what=r"Collected : (\d+)", options=()):
    """Instructions, or what else valgrind tells, and allocations of one run."""
    command = settings.split()
    with tempfile.TemporaryDirectory() as scratch:
        done = subprocess.run(
            ["valgrind", "--tool=callgrind", *options,
             f"--callgrind-out-file={os.path.join(scratch, 'counts')}",
             os.path.join(folder, command[0]), *command[1:], f"events={events}", "counted=1"],
            capture_output=True, text=True, check=False)
    found = re.search(what, done.stderr)
    if done.returncode != 0 or not found:
        sys.exit(f"{settings}: ended with {done.returncode}: {done.stderr[-2000:]}")
    return int(found.group(1).replace(",", "")), int(done.stdout.split()[-1])


def measure(folder):
    """Instructions and allocations each, in the steady state."""
    counted = {}
    for name, (settings, events) in WORKLOADS.items():
        few, before = count(folder, settings, events)
        many, after = count(folder, settings, 4 * events)
        # A handful may come from the clock's threads; one for each batch would be thousands.
        allocated = after - before if after - before > 50 else 0
        counted[name] = {"instructions": round((many - few) / (3 * events), 3),
                         "allocations": round(allocated / (3 * events), 4)}
    return counted


def print_misses(folder):
    """Cache lines each, in the steady state."""
    for name, (settings, events) in WORKLOADS.items():
        few, many = (count(folder, settings, number, r"D1  misses: +([\d,]+)",
                           ["--cache-sim=yes"])[0] for number in (events, 4 * events))
        print(f"{name:44} {(many - few) / (3 * events):9.3f} lines missed")


def compare(counted, known):
    """The table, and what has become worse."""
    worse = []
    print(f"{'instructions for':44} {'now':>9} {'on record':>9} {'':8} allocations")
    for name, seen in counted.items():
        now, allocated = seen["instructions"], seen["allocations"]
        on_record = known.get(name)
        before = on_record["instructions"] if on_record else 0
        change = f"{now / before - 1:+8.1%}" if before else f"{'':8}"
        print(f"{name:44} {now:9.2f} {before:9.2f} {change} {allocated}")
        if before and now > before * (1 + TOLERANCE):
            worse.append(f"{name}: {now} instructions, at most {before * (1 + TOLERANCE):.2f} "
                         f"({TOLERANCE:.0%} above those on record) are allowed")
        if on_record and allocated > on_record["allocations"] * 1.1:
            worse.append(f"{name}: {allocated} allocations, "
                         f"{on_record['allocations']} are allowed")
    return worse


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", help="where the programs were built")
    parser.add_argument("--compiler", required=True, help="whose figures: name and major version")
    parser.add_argument("--write", action="store_true", help="put what is counted on record")
    parser.add_argument("--caches", action="store_true", help="count misses of the first cache")
    options = parser.parse_args()
    if options.caches:
        print_misses(options.folder)
        return 0

    with open(RECORD, encoding="utf-8") as file:
        record = json.load(file)
    counted = measure(options.folder)
    worse = compare(counted, record.get(options.compiler, {}))
    if options.write:
        record[options.compiler] = counted
        with open(RECORD, "w", encoding="utf-8") as file:
            file.write(json.dumps(record, indent=2) + "\n")
        worse = []
    elif options.compiler not in record:
        print(f"{options.compiler}: no figures on record; nothing was compared")
    for line in worse:
        print(line)
    if worse:
        print(f"If it is worth it: python3 bench/instructions.py {options.folder} "
              f"--compiler {options.compiler} --write")
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
