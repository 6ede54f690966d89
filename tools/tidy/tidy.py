#!/usr/bin/env python3
"""Checks the house style that no compiler checks.

Prints file:line: rule: what was seen, what is allowed.
"""

import argparse
import os
import sys

import rules

SKIPPED_FOLDERS = {"build", "node_modules", "dist", "__pycache__"}
BINARY = {"png", "jpg", "ico", "gif", "woff2", "gz", "zip", "svg", "webp", "gstrace"}


def paths(root):
    for folder, names, files in os.walk(root):
        names[:] = sorted(
            n for n in names
            if n not in SKIPPED_FOLDERS and (not n.startswith(".") or n == ".ci"))
        for name in sorted(files):
            if name.rpartition(".")[2] not in BINARY:
                yield os.path.relpath(os.path.join(folder, name), root)


def check(path, text):
    """The findings of one file, as printed."""
    file = rules.File(path, text)
    return [f"{path}:{line}: {rule}: {message}"
            for rule, look in rules.ALL.items() for line, message in look(file)]


def check_tree(root):
    findings, count = [], 0
    for path in paths(root):
        count += 1
        try:
            with open(os.path.join(root, path), encoding="utf-8", newline="") as file:
                findings += check(path, file.read())
        except UnicodeDecodeError as failure:
            findings.append(f"{path}:1: encoding: {failure.reason}, only UTF-8 is allowed")
    return findings, count


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", default=os.path.join(os.path.dirname(__file__), "..", ".."))
    findings, count = check_tree(parser.parse_args().root)
    for finding in findings:
        print(finding)
    print(f"tidy: {count} files, {len(findings)} findings", file=sys.stderr)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
