#!/usr/bin/env python3
"""Checks docs/complaints.md: each complaint names a test that shows what is done about it, and each
test that it names exists.

Prints what is wrong, a line for each finding.
"""

import glob
import os
import re
import sys

from check import ROOT, read, rows, tests


def page_tests(root):
    """The tests of the page by name: of its pure parts, and scenes in a browser."""
    web = os.path.join(root, "livesearch", "web")
    pure = [read(file) for file in glob.glob(os.path.join(web, "source", "*_test.ts"))]
    scenes = read(web, "acceptance", "behaviour.mjs")
    named = re.findall(r'^ *it\("(.+?)"', "\n".join(pure), re.MULTILINE)
    return set(named) | set(re.findall(r'^  "(.+?)": async', scenes, re.MULTILINE))


def findings(text, known, on_the_page):
    for cells in list(rows(text))[1:]:
        shown_by = cells[-1]
        named = re.findall(r"`(.+?)`", shown_by)
        quoted = re.findall(r'"(.+?)"', shown_by)
        if not named and not quoted:
            yield f"{cells[0]}: nothing shows it"
        for test in named:
            if test not in known:
                yield f"{test}: there is no such test"
        for test in quoted:
            if test not in on_the_page:
                yield f'"{test}": the page has no such test'


def main():
    known = {test for folder in ("genstage", "livesearch") for test in tests(ROOT, folder)}
    text = read(ROOT, "docs", "complaints.md")
    wrong = list(findings(text, known, page_tests(ROOT)))
    print("\n".join(wrong) or "docs/complaints.md: all tests that it names exist")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
