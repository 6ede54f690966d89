#!/usr/bin/env python3
"""Runs processes.cpp and its peers in turn and prints how they compare.

    python3 bench/processes.py build/bench/bench [--rounds 5]

The peers are those that are there: CAF (Debian's libcaf-dev) if caf_processes was built, the BEAM
(Debian's elixir) if it is installed. Each round runs every program once; the best of the rounds
counts, since disturbances only ever make a program slower.
"""

import argparse
import os
import shutil
import subprocess
import sys

MEASUREMENTS = ["idle", "spawn_and_exit", "call_and_reply"]
# Without peers; some print several figures.
OURS_ALONE = ["timer", "wake", "bystander"]


def programs_in(folder):
    here = os.path.dirname(os.path.abspath(__file__))
    found = {"genstage": [os.path.join(folder, "processes")]}
    caf = os.path.join(folder, "caf_processes")
    if os.path.exists(caf):
        found["CAF"] = [caf]
    if shutil.which("elixir"):
        found["BEAM"] = ["elixir", "--erl", "+S 1:1 +P 2000000",
                         os.path.join(here, "peers", "beam_processes.exs")]
    return found


def figures(command, what):
    """All that is printed: the value and the unit, by name."""
    printed = subprocess.run(command + [what], check=True, capture_output=True, text=True).stdout
    lines = [line.split() for line in printed.splitlines()]
    return {name: (float(value), unit) for name, value, unit in lines}


def measure(command, what):
    found = figures(command, what)
    if list(found) != [what]:
        sys.exit(f"{command[0]}: printed {', '.join(found)}, wanted {what}; stopped")
    return found[what]


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", help="where the programs were built")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()

    programs = programs_in(options.folder)
    print(f"{'':16}" + "".join(f"{name:>22}" for name in programs))
    for what in MEASUREMENTS:
        best, unit = {}, ""
        for _ in range(options.rounds if what != "idle" else 1):
            for name, command in programs.items():
                value, unit = measure(command, what)
                best[name] = min(value, best.get(name, value))
        ours = best["genstage"]
        cells = [f"{value:,.0f} {unit} ({value / ours:.1f} x)" for value in best.values()]
        print(f"{what:16}" + "".join(f"{cell:>22}" for cell in cells), flush=True)
    for what in OURS_ALONE:
        rounds = [figures(programs["genstage"], what) for _ in range(options.rounds)]
        for name, (_, unit) in rounds[0].items():
            best = min(each[name][0] for each in rounds)
            print(f"{name:16}" + f"{f'{best:,.0f} {unit}':>22}", flush=True)


if __name__ == "__main__":
    main()
