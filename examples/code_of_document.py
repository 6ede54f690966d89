#!/usr/bin/env python3
"""Checks that the C++ blocks of a Markdown file are code that is compiled."""

import argparse
import difflib
import re
import sys
import textwrap


def blocks_of(document, section=None):
    text = text_of(document)
    if section is not None:
        found = re.search(rf"^## {re.escape(section)}\n(.*?)(?=^## |\Z)", text,
                          re.MULTILINE | re.DOTALL)
        if found is None:
            sys.exit(f"{document}: there is no section \"{section}\"")
        text = found[1]
    return re.findall(r"^```cpp\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def text_of(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def check_whole(document, program):
    shown = "\n".join(blocks_of(document))
    compiled = text_of(program)
    if shown == compiled:
        return 0
    sys.stdout.writelines(difflib.unified_diff(
        compiled.splitlines(keepends=True), shown.splitlines(keepends=True), program, document))
    print(f"{document}: its C++ blocks, one after the other, must be {program}", file=sys.stderr)
    return 1


def check_parts(document, programs, section):
    # Indentation is not compared: a block may come from inside a function.
    compiled = [re.sub(r"^ +", "", text_of(program), flags=re.MULTILINE) for program in programs]
    wrong = 0
    for block in blocks_of(document, section):
        if not any(re.sub(r"^ +", "", block, flags=re.MULTILINE) in each for each in compiled):
            print(textwrap.indent(block, "    "))
            print(f"{document}: this block must stand in one of {', '.join(programs)}",
                  file=sys.stderr)
            wrong = 1
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("document")
    parser.add_argument("--section", help="with --from: only the blocks of this section")
    kind = parser.add_mutually_exclusive_group(required=True)
    kind.add_argument("--is", dest="whole", help="the blocks together are this program")
    kind.add_argument("--from", dest="parts", nargs="+", help="each block stands in one of these")
    options = parser.parse_args()
    return (check_whole(options.document, options.whole) if options.whole
            else check_parts(options.document, options.parts, options.section))


if __name__ == "__main__":
    sys.exit(main())
