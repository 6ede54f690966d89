#!/usr/bin/env python3
"""Records a run of the program that is given, and wants ten replays to end as it did."""
import os
import subprocess
import sys
import tempfile

PROGRAM = sys.argv[1]


def run(variable, file):
    environment = {name: text for name, text in os.environ.items()
                   if not name.startswith("GENSTAGE_")}
    environment[variable] = file
    done = subprocess.run([PROGRAM], env=environment, capture_output=True, text=True, timeout=100,
                          check=False)
    return done.returncode, [line for line in done.stderr.splitlines() if "account" in line]


with tempfile.TemporaryDirectory() as folder:
    schedule = os.path.join(folder, "run.gsched")
    status, recorded = run("GENSTAGE_RECORD", schedule)
    if status != 1 or not any("overdrawn by" in line for line in recorded):
        sys.exit(f"recording: status {status}, must be 1 and say what is overdrawn:\n{recorded}")
    crash = next(line for line in recorded if "ended with error" in line)
    print(crash)
    for time in range(1, 11):
        status, played = run("GENSTAGE_REPLAY", schedule)
        if status != 0 or crash not in played or "replayed" not in played[-1]:
            sys.exit(f"replay {time}: status {status}, must be 0 and end like the recorded run\n"
                     f"{recorded}\nbut it ended with\n{played}")
    print("ten replays ended with the same reason, at the same stage and booking")
