#!/usr/bin/env python3
"""Checks docs/otp.md: each rule has one row with a proof, and each test that it names exists.

Prints what is wrong, a line for each finding.
"""

import glob
import json
import os
import re
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
RULES = [f"A{number}" for number in range(1, 69)]


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return file.read()


def tests(root, folder="genstage"):
    """The tests of a folder's test programs, as suite.name."""
    declared = re.compile(r"^(?:TEST|TEST_F|TEST_P|RC_GTEST_PROP)\(\s*(\w+),\s*(\w+)", re.MULTILINE)
    sources = glob.glob(os.path.join(root, folder, "**", "*_test.cpp"), recursive=True)
    return {f"{suite}.{name}" for file in sources for suite, name in declared.findall(read(file))}


def rules_of_scenarios(root):
    files = glob.glob(os.path.join(root, "genstage/supervision/otp/scenarios/*.json"))
    return {rule for file in files for each in json.loads(read(file)) for rule in each["rules"]}


def rows(text):
    """The cells of each row of a table whose first cell is a rule or a subject."""
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and not line.startswith("|---"):
            yield cells


def findings(text, known, with_scenarios):
    seen = []
    for cells in rows(text):
        rule, proof = cells[0], cells[-1]
        if not re.fullmatch(r"A\d+", rule):
            continue
        seen.append(rule)
        named = re.findall(r"`(\w+\.\w+)`", proof)
        if cells[1].startswith("not followed"):
            if rule in with_scenarios:
                yield f"{rule}: it is not followed, and a scenario names it"
            continue
        if not named and "scenarios" not in proof:
            yield f"{rule}: nothing proves it"
        if "scenarios" in proof and rule not in with_scenarios:
            yield f"{rule}: no scenario names it"
        if "scenarios" not in proof and rule in with_scenarios:
            yield f"{rule}: scenarios name it, and its row does not"
    for test in re.findall(r"`(\w+_test\.\w+)`", text):
        if test not in known:
            yield f"{test}: there is no such test"
    for rule in RULES:
        if seen.count(rule) != 1:
            yield f"{rule}: it has {seen.count(rule)} rows, one is allowed"
    for rule in sorted(with_scenarios - set(RULES)):
        yield f"{rule}: a scenario names it, there is no such rule"


def main():
    wrong = list(findings(read(ROOT, "docs", "otp.md"), tests(ROOT), rules_of_scenarios(ROOT)))
    print("\n".join(wrong) or f"docs/otp.md: {len(RULES)} rules, and all tests that it names exist")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
