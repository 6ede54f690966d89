#!/usr/bin/env python3
"""Times how long g++ 12 takes for a file that only includes genstage.hpp, and prints it.

What counts is the compiler's processor time, so that a busy machine tells nearly the same. It fails
only at ten times the budget.
"""

import argparse
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile

BUDGET_SECONDS = 2.5
HEADER = "genstage/genstage.hpp"
ROOT = pathlib.Path(__file__).resolve().parents[2]


def processor_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def compile_once(compiler, folder):
    source = pathlib.Path(folder, "only_genstage.cpp")
    source.write_text(f"#include <{HEADER}>\n", encoding="utf-8")
    before = processor_seconds()
    subprocess.run(
        [compiler, "-std=c++23", "-O1", f"-I{ROOT}", "-c", source, "-o", f"{source}.o"], check=True)
    return processor_seconds() - before


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--compiler", default="g++-12")
    parser.add_argument("--runs", type=int, default=3, help="the best counts (default 3)")
    options = parser.parse_args()
    if not shutil.which(options.compiler):
        sys.exit(f"compile time: {options.compiler}: not found, the budget is for g++ 12")
    with tempfile.TemporaryDirectory() as folder:
        best = min(compile_once(options.compiler, folder) for _ in range(options.runs))
    print(f"      {HEADER} compiles in {best:.2f} s with {options.compiler} "
          f"(budget {BUDGET_SECONDS} s)")
    return 1 if best > 10 * BUDGET_SECONDS else 0


if __name__ == "__main__":
    sys.exit(main())
