#!/usr/bin/env python3
"""Runs a program that ends at a signal: waits for some lines, sends SIGTERM, wants status 0."""

import argparse
import re
import signal
import subprocess
import sys


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("--line", required=True, help="what every line must match")
    parser.add_argument("--lines", type=int, default=1000, help="how many to wait for")
    options = parser.parse_args()

    with subprocess.Popen([options.program], stdout=subprocess.PIPE, text=True) as running:
        for number in range(1, options.lines + 1):
            line = running.stdout.readline().rstrip("\n")
            if not re.fullmatch(options.line, line):
                running.kill()
                sys.exit(f'{options.program}: line {number}: "{line}", must match {options.line}')
        running.send_signal(signal.SIGTERM)
        for _ in running.stdout:  # A full pipe would keep the program from stopping.
            pass
    if running.returncode != 0:
        sys.exit(f"{options.program}: status {running.returncode} after SIGTERM, must be 0")


if __name__ == "__main__":
    main()
