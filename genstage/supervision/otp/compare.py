#!/usr/bin/env python3
"""Plays the scenarios of this folder on Erlang/OTP and in simulations, and compares what happens.

Fails with both sequences of events for each scenario in which they are not the same, unless the
scenario says that they differ, and how. README.md says how scenarios are written.
"""

import argparse
import glob
import json
import os
import shutil
import subprocess
import sys

FOLDER = os.path.dirname(os.path.abspath(__file__))
AT_LEAST = 60
SEEDS = 20


def term(value):
    """A JSON value as an Erlang term."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, str):
        return "<<" + json.dumps(value) + ">>"
    if isinstance(value, list):
        return "[" + ",".join(map(term, value)) + "]"
    return "#{" + ",".join(f"{term(k)} => {term(v)}" for k, v in value.items()) + "}"


def load():
    files = sorted(glob.glob(os.path.join(FOLDER, "scenarios", "*.json")))
    scenarios = []
    for file in files:
        with open(file, encoding="utf-8") as text:
            scenarios += json.load(text)
    return files, scenarios


def output(command):
    run = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)
    if run.returncode != 0:
        sys.exit(f"{command[0]}: exit status {run.returncode}\n{run.stdout[-2000:]}{run.stderr}")
    return run.stdout


def transcripts(text):
    """The transcripts of each scenario, by name: a list of (step, event)."""
    found, step = {}, ""
    for line in text.splitlines():
        if line.startswith("# "):
            found.setdefault(line[2:], []).append([])
            current = found[line[2:]][-1]
        elif line.startswith("  "):
            current.append((step, line[2:]))
        else:
            step = line
    return found


def arranged(transcript, order):
    """A transcript in the order that counts: where it is not the whole, that of each process."""
    if order == "of each process":
        return sorted(transcript, key=lambda each: each[1].replace(":", " ").split(" ")[0])
    return transcript


def by_wait(transcript, steps):
    """The same where a step that is followed by awaits is one with them: real time may pass before
    they begin."""
    def last(number):
        while number < len(steps) and steps[number][0] == "await":
            number += 1
        return number
    return [(f"step {last(int(step[5:]))}" if step != "end" else step, event)
            for step, event in transcript]


def shown(title, transcript):
    lines = [f"  {title}:"]
    for index, (step, event) in enumerate(transcript):
        is_new = index == 0 or transcript[index - 1][0] != step
        lines.append(f"    {step if is_new else '':8}{event}")
    return lines


def judge(scenario, there, here):
    """What is wrong with a scenario, as lines; none if nothing is."""
    order = scenario.get("order", "")
    differs = scenario.get("differs")
    there = arranged(by_wait(there, scenario["steps"]), order)
    wrong = []
    for number, each in enumerate(here, 1):
        each = arranged(by_wait(each, scenario["steps"]), order)
        if differs:
            if [event for _, event in each] != differs["here"]:
                wrong += shown(f"here, seed {number}, is not what the scenario says", each)
        elif each != there:
            wrong += shown(f"here, seed {number}", each)
        if wrong:
            break
    if differs and [event for _, event in there] != differs["there"]:
        wrong += shown("on Erlang/OTP is not what the scenario says", there)
    elif differs and differs["there"] == differs["here"]:
        wrong.append("  says that it differs, and says the same for both")
    elif wrong:
        wrong += shown("on Erlang/OTP", there)
    if not there:
        wrong.append("  nothing happens in it")
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--simulation", required=True, help="the program in_simulation")
    parser.add_argument("--scratch", required=True, help="a folder for a file in between")
    parser.add_argument("--only", default="", help="scenarios whose name contains this")
    options = parser.parse_args()
    elixir = shutil.which("elixir")
    if elixir is None:
        sys.exit("elixir: not found; Debian's package of this name is needed to compare with")
    files, scenarios = load()
    data = os.path.join(options.scratch, "scenarios.term")
    with open(data, "w", encoding="utf-8") as out:
        chosen = [each for each in scenarios if options.only in each["name"]]
        out.write(term(chosen) + ".\n")
    beam = os.path.join(FOLDER, "on_the_beam.exs")
    there = transcripts(output([elixir, "--erl", "+S 1:1 +SDcpu 1:1", beam, data]))
    here = transcripts(output([options.simulation, str(SEEDS), *files]))
    names = [each["name"] for each in scenarios]
    failed = len(names) - len(set(names))
    for twice in {name for name in names if names.count(name) > 1}:
        print(f"two scenarios are called \"{twice}\", names must differ")
    for each in chosen:
        wrong = judge(each, there.get(each["name"], [[]])[0], here.get(each["name"], [[]]))
        if wrong:
            failed += 1
            print("\n".join([each["name"]] + wrong))
    differing = sum("differs" in each for each in chosen)
    print(f"{len(chosen)} scenarios with {SEEDS} seeds: {len(chosen) - differing - failed} are the "
          f"same on Erlang/OTP, {differing} differ as they say, {failed} failed")
    if len(scenarios) < AT_LEAST:
        sys.exit(f"there are {len(scenarios)} scenarios, at least {AT_LEAST} are wanted")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
