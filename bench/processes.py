#!/usr/bin/env python3
"""Runs processes.cpp and its peers in turn and prints how they compare.

    python3 bench/processes.py build/bench/bench [--rounds 5]

The peers are those that are there: CAF (Debian's libcaf-dev), Boost.Asio and Go if their programs
were built, the BEAM (Debian's elixir) if it is installed. Each round runs every program that knows
the measurement once; the best of the rounds counts, since disturbances only ever make a program
slower.
"""

import argparse
import os
import shutil
import subprocess

# Who has something to measure it with. Some print several figures.
MEASUREMENTS = {
    "idle": ("genstage", "CAF", "Go", "BEAM"),
    "spawn_and_exit": ("genstage", "CAF", "Asio", "Go", "BEAM"),
    "call_and_reply": ("genstage", "CAF", "Asio", "Go", "BEAM"),
    "timer": ("genstage", "Asio", "Go", "BEAM"),
    "wake": ("genstage", "CAF", "Asio", "Go"),
    "bystander": ("genstage",),
}


def programs_in(folder):
    here = os.path.dirname(os.path.abspath(__file__))
    found = {"genstage": [os.path.join(folder, "processes")]}
    for name, prefix in (("CAF", "caf"), ("Asio", "asio"), ("Go", "go")):
        built = os.path.join(folder, f"{prefix}_processes")
        if os.path.exists(built):
            found[name] = [built]
    if shutil.which("elixir"):
        found["BEAM"] = ["elixir", "--erl", "+S 1:1 +P 2000000",
                         os.path.join(here, "peers", "beam_processes.exs")]
    return found


def figures(command, what):
    """All that is printed: the value and the unit, by name."""
    printed = subprocess.run(command + [what], check=True, capture_output=True, text=True).stdout
    lines = [line.split() for line in printed.splitlines()]
    return {name: (float(value), unit) for name, value, unit in lines}


def compared(folder, rounds):
    """What is measured, its unit, and the best of the rounds by the name of the system."""
    programs = programs_in(folder)
    for what, known_by in MEASUREMENTS.items():
        best, units = {}, {}
        for _ in range(rounds if what != "idle" else 1):
            for name in known_by:
                if name not in programs:
                    continue
                for figure, (value, unit) in figures(programs[name], what).items():
                    units[figure] = unit
                    of = best.setdefault(figure, {})
                    of[name] = min(value, of.get(name, value))
        for figure, unit in units.items():
            yield figure, unit, best[figure]


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
