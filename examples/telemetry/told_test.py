#!/usr/bin/env python3
"""Runs the program that is given, and wants it to be told what happens."""
import json
import re
import subprocess
import sys

done = subprocess.run([sys.argv[1]], capture_output=True, text=True, timeout=60, check=False)
lines = done.stdout.splitlines()
words = [line for line in lines if not line.startswith("{")]
objects = [json.loads(line) for line in lines if line.startswith("{")]
ends = [each for each in objects if each["event"] == "process_exited"]

if done.returncode != 0:
    sys.exit(f"status {done.returncode}, must be 0; printed:\n{done.stdout}{done.stderr}")
if words != ["handle_events of printed threw", "printed runs again"]:
    sys.exit(f"printed:\n{done.stdout}")
if len(ends) != 1 or ends[0]["process"] != "printed" or "3 is too much" not in ends[0]["reason"]:
    sys.exit(f"must tell of one end, of printed:\n{done.stdout}")
for each in objects:
    is_time = re.fullmatch(r"2\d{3}-\d\d-\d\dT[\d:]{8}\.\d{6}Z", each["time"])
    if each["level"] != "error" or not is_time:
        sys.exit(f"must be an error with its time: {each}")
print(done.stdout)
