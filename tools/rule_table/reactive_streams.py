#!/usr/bin/env python3
"""Writes docs/reactive_streams.md: for each rule of Reactive Streams the tests that exercise it.

The rules, in this project's words, are in reactive_streams_rules.txt. A test names one in a comment
at its head, as RS-1.1. With --check nothing is written; it fails if the document is not what would
be. A rule that no test names fails both.
"""

import os
import re
import sys

from gen_stage import ROOT, declared_tests, keep_or_check, read

DOCUMENT = os.path.join("docs", "reactive_streams.md")
COUNTS = {"1": 11, "2": 13, "3": 17, "4": 2}

INTRODUCTION = """# The rules of Reactive Streams

Written by `tools/rule_table/reactive_streams.py` from the tests; a test checks that it is current.

The [rules](https://github.com/reactive-streams/reactive-streams-jvm) say what a Publisher, a
Subscriber and a Subscription owe each other. Stages are held to them through a thin adapter of the
tests, [peers_test.hpp](../genstage/stage/reactive_streams/peers_test.hpp): peers that speak the
protocol of stages and are none. Every kind of stage that emits stands for a Publisher, every kind
that takes events for a Subscriber, and what does both for a Processor, all in simulation.

| there | here |
|---|---|
| onSubscribe | the wish to subscribe, which a producer may refuse with a reason |
| onNext | an event; they travel in batches |
| request(n) | an ask |
| cancel | a cancel with a reason; what is on its way is still handled until it is confirmed |
| onComplete | the end of a subscription with an orderly reason |
| onError | its end with any other reason |

*difference* marks what is done otherwise on purpose.
"""


def rules():
    """Number, meaning here, and whether it is a difference."""
    for line in read("tools", "rule_table", "reactive_streams_rules.txt").splitlines():
        if match := re.match(r"RS-(\d\.\d+\+?) (difference: )?(.+)", line):
            yield match[1], match[3], bool(match[2])


def document():
    tests = {}
    for test, text in declared_tests():
        for rule in sorted(set(re.findall(r"RS-(\d\.\d+\+?)", text))):
            tests.setdefault(rule, []).append(test)
    known = list(rules())
    rows = ["\n| rule | what holds here | status | exercised by |\n|---|---|---|---|\n"]
    for number, meaning, differs in known:
        if number not in tests:
            sys.exit(f"RS-{number}: no test names it")
        status = "difference" if differs else "pass"
        rows.append(f"| {number} | {meaning} | {status} | {'; '.join(tests[number])} |\n")
    numbers = {number for number, _, _ in known}
    wanted = {f"{part}.{one}" for part, count in COUNTS.items() for one in range(1, count + 1)}
    assert wanted <= numbers, f"no row for {sorted(wanted - numbers)}"
    assert set(tests) <= numbers, f"tests name no rule: {sorted(set(tests) - numbers)}"
    return INTRODUCTION + "".join(rows)


if __name__ == "__main__":
    sys.exit(keep_or_check(DOCUMENT, document(), sys.argv))
