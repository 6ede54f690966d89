#!/usr/bin/env python3
"""Writes docs/conformance.md: for each rule of GenStage the tests that exercise it.

A test names a rule in a comment at its head or inside, as G-123 or G-151 to G-153; so does a
program of a folder compile_fail, which must not compile, and one of examples/gen_stage, whose
output is compared. A scenario of genstage/conformance/traces/hand_written.txt does so in its title.
With --check nothing is written; it fails if the document is not what would be.
"""

import glob
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")
DOCUMENT = os.path.join("docs", "conformance.md")
LAST_RULE = 410

INTRODUCTION = """# Conformance with GenStage

Written by `tools/rule_table/gen_stage.py` from the tests; a test checks that it is current.

The rules are those of GenStage 1.3.2, restated by number in the project's specification. For each
it names the tests that exercise it:

- `suite.test` is a test of the library; `wiring.test` is one of programs that do not compile.
- *scenario* is one of `genstage/conformance/traces/hand_written.txt`. The model allows what the
  original did in it, and what the library does.

A rule passes if a test of the library or a scenario that it plays exercises it. *difference* is a
deliberate one; [differences.md](differences.md) tells why. *open* means that no test names the
rule, which says nothing about whether it holds.
"""


def read(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as file:
        return file.read()


def rules_in(text):
    """The numbers of the rules that a text names."""
    for first, last in re.findall(r"G-(\d{3})(?:(?: to |-)G-(\d{3}))?", text):
        yield from range(int(first), int(last or first) + 1)


def declared_tests():
    """Of each test what it is called, and its text with the comment above it. Programs that must
    not compile are tests too, and so are those that come with GenStage, whose output is compared.
    """
    declared = re.compile(r"((?:^//[^\n]*\n)*)^TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\)(.*?)^}",
                          re.MULTILINE | re.DOTALL)
    for path in files("genstage", "**", "*_test.cpp"):
        for head, suite, name, body in declared.findall(read(path)):
            yield f"`{suite}.{name}`", head + body
    for path in files("genstage", "**", "compile_fail", "*.cpp"):
        yield f"`wiring.{os.path.basename(path)[:-4]}`", read(path)
    for path in files("examples", "gen_stage", "*.cpp"):
        program = os.path.basename(path)[:-4]
        yield f"`gen_stage_{program}.prints_what_is_expected`", read(path).partition("#include")[0]


def files(*pattern):
    found = glob.glob(os.path.join(ROOT, *pattern), recursive=True)
    return sorted(os.path.relpath(path, ROOT) for path in found)


def tests_by_rule():
    found = {}
    for test, text in declared_tests():
        for rule in sorted(set(rules_in(text))):
            found.setdefault(rule, []).append(test)
    return found


def scenarios_by_rule():
    """Of each rule how many scenarios there are."""
    played = {}
    for text in read("genstage/conformance/traces/hand_written.txt").split("scenario ")[1:]:
        for rule in rules_in(text.partition("\n")[0]):
            played[rule] = played.get(rule, 0) + 1
    return played


def counted(number, what):
    first, _, rest = what.partition(" ")
    return f"{number} {first}{'s' if number != 1 else ''} {rest}".strip() if number else ""


def read_rules():
    sections, differences = [], {}
    for line in read("tools", "rule_table", "gen_stage_rules.txt").splitlines():
        if match := re.match(r"(\d+)-(\d+) (.+)", line):
            sections.append((int(match[1]), int(match[2]), match[3]))
        elif match := re.match(r"G-(\d+) difference: (.+)", line):
            differences[int(match[1])] = match[2]
    return sections, differences


def rows_of(file):
    """Each row's name and the rules that it is about."""
    for line in read("tools", "rule_table", file).splitlines():
        if not line.startswith("#"):
            yield line[:line.index("G-")].strip(), list(rules_in(line))


def names(rules):
    return " ".join(f"G-{rule:03}" for rule in rules)


def annexes(status, tests, differences):
    """What implementations get wrong, and what the original does: each with its proof."""
    rows = list(rows_of("annexes.txt"))
    yield ("\n## Where implementations go wrong\n\nThe items of annex B1 of the specification.\n\n"
           "| item | rules | open among them |\n|---|---|---|\n")
    for name, rules in rows:
        if name.startswith("B1"):
            left = names(rule for rule in rules if status[rule] == "open")
            yield f"| {name} | {names(rules)} | {left} |\n"
    yield ("\n## The original's own defects\n\nThe rows of annex B2: each has a test that fails if "
           "the library does what the original\ndoes.\n\n| row | rules | here | tested by |\n"
           "|---|---|---|---|\n")
    for name, rules in rows:
        if name.startswith("B2"):
            told = sorted({differences[rule] for rule in rules if rule in differences})
            proof = sorted({test for rule in rules for test in tests.get(rule, [])})
            yield f"| {name} | {names(rules)} | {'; '.join(told)} | {'; '.join(proof)} |\n"


def document():
    sections, differences = read_rules()
    tests = tests_by_rule()
    played = scenarios_by_rule()
    status = {}
    parts = []
    for first, last, title in sections:
        parts.append(f"\n## {title}\n\n| rule | status | exercised by |\n|---|---|---|\n")
        for rule in range(first, last + 1):
            proof = tests.get(rule, []) + list(filter(None, [
                counted(played.get(rule, 0), "scenario")]))
            passes = rule in tests or rule in played
            status[rule] = "difference" if rule in differences else "pass" if passes else "open"
            told = [differences[rule]] if rule in differences else []
            parts.append(f"| G-{rule:03} | {status[rule]} | {'; '.join(told + proof)} |\n")
    parts.append("\n## The original's own tests\n\n"
                 "| test | rules | open among them |\n|---|---|---|\n")
    upstream = list(rows_of("upstream_tests.txt"))
    for where, rules in upstream:
        left = names(rule for rule in rules if status[rule] == "open")
        parts.append(f"| {where} | {names(rules)} | {left} |\n")
    parts.extend(annexes(status, tests, differences))
    counts = {each: list(status.values()).count(each) for each in ("pass", "difference", "open")}
    whole = sum(all(status[rule] != "open" for rule in rules) for _, rules in upstream)
    summary = (f"\nOf {len(status)} rules {counts['pass']} pass, {counts['difference']} differ on "
               f"purpose and {counts['open']} are open. Of the original's {len(upstream)} tests "
               f"{whole} exercise no open rule.\n")
    assert sorted(status) == list(range(1, LAST_RULE + 1)), "a rule has no row, or two"
    return INTRODUCTION + summary + "".join(parts)


def keep_or_check(document, text, arguments):
    """Writes a generated document, or with --check compares it; the exit status of its program."""
    program, *options = arguments
    if "--check" not in options:
        with open(os.path.join(ROOT, document), "w", encoding="utf-8") as file:
            file.write(text)
        return 0
    if read(document) == text:
        return 0
    print(f"{document}: not what the tests say, run tools/rule_table/{os.path.basename(program)}")
    return 1


if __name__ == "__main__":
    sys.exit(keep_or_check(DOCUMENT, document(), sys.argv))
