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


def compared(folder, rounds):
    """What is measured, its unit, and the best of the rounds by the name of the system."""
    programs = programs_in(folder)
    for what in MEASUREMENTS:
        best, unit = {}, ""
        for _ in range(rounds if what != "idle" else 1):
            for name, command in programs.items():
                value, unit = measure(command, what)
                best[name] = min(value, best.get(name, value))
        yield what, unit, best
    for what in OURS_ALONE:
        seen = [figures(programs["genstage"], what) for _ in range(rounds)]
        for name, (_, unit) in seen[0].items():
            yield name, unit, {"genstage": min(each[name][0] for each in seen)}


def print_row(what, unit, best):
    cells = [f"{name} {value:,.0f} {unit}"
             + (f" ({value / best['genstage']:.1f} x)" if name != "genstage" else "")
             for name, value in best.items()]
    print(f"{what:24} " + "".join(f"{cell:28}" for cell in cells).rstrip(), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", help="where the programs were built")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    for row in compared(options.folder, options.rounds):
        print_row(*row)


if __name__ == "__main__":
    main()
