#!/usr/bin/env python3
"""Runs the program that is given, and wants it to say all parts of both hops."""
import re
import subprocess
import sys

done = subprocess.run([sys.argv[1]], capture_output=True, text=True, timeout=60, check=False)
told = {}
for line in done.stdout.splitlines():
    read = re.fullmatch(r"(packer|shelf): (\w+): half within (\d+) us, at most (\d+) us", line)
    if not read:
        sys.exit(f"cannot be read: {line}")
    told[read[1], read[2]] = int(read[3]), int(read[4])

if done.returncode != 0:
    sys.exit(f"status {done.returncode}, must be 0; printed:\n{done.stdout}{done.stderr}")
parts = {"waiting_for_demand", "in_queue", "in_service", "acknowledging"}
wanted = {("packer", each) for each in parts | {"waiting_for_batch"}}
wanted |= {("shelf", each) for each in parts}
if set(told) != wanted:
    sys.exit(f"must tell of {sorted(wanted)}, told:\n{done.stdout}")
# A crate takes at least two milliseconds on the shelf; a sixteenth is the error of a histogram.
if told["shelf", "in_service"][0] < 1875:
    sys.exit(f"the shelf cannot be that fast:\n{done.stdout}")
print(done.stdout)
