#!/usr/bin/env python3
"""Lets the program fail, and looks at the trace file that it leaves with gs-inspect in a browser.

    shown_test.py PROGRAM GS_INSPECT NODE SCRIPT ARTEFACTS
"""
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile

PATIENCE_S = 60


def fail(problem):
    sys.exit(f"FAILED  {problem}")


def trace_of_failure(program, folder):
    environment = {name: text for name, text in os.environ.items()
                   if not name.startswith("GENSTAGE_")}
    subprocess.run([program], env={**environment, "GENSTAGE_TRACES": folder}, timeout=PATIENCE_S,
                   capture_output=True, check=False)
    files = sorted(pathlib.Path(folder).glob("*.crash.gstrace"))
    return str(files[0]) if files else fail("the program left no trace of its crash")


def main():
    program, gs_inspect, node, script, artefacts = sys.argv[1:]
    refused = subprocess.run([gs_inspect, "/nowhere/a.gstrace"], capture_output=True, text=True,
                             timeout=PATIENCE_S, check=False)
    if refused.returncode != 2 or not refused.stderr.startswith("gs-inspect: trace /nowhere/"):
        fail(f"without a file it ended with {refused.returncode}: {refused.stderr}")
    with tempfile.TemporaryDirectory() as folder:
        file = trace_of_failure(program, folder)
        shown = subprocess.Popen([gs_inspect, file, "--port", "0"], stdout=subprocess.PIPE,
                                 text=True)
        try:
            line = shown.stdout.readline()
            found = re.fullmatch(r"gs-inspect: open (http://127\.0\.0\.1:\d+)\n", line)
            if not found:
                fail(f"gs-inspect said {line!r}")
            looked = subprocess.run([node, script, "--url", found[1], "--file", file,
                                     "--artefacts", artefacts], timeout=240, check=False)
            if looked.returncode != 0:
                fail(f"the browser's checks ended with {looked.returncode}")
            shown.send_signal(signal.SIGINT)
            status = shown.wait(PATIENCE_S)
            if status != 0:
                fail(f"gs-inspect ended with {status} after SIGINT")
        finally:
            shown.kill()


if __name__ == "__main__":
    main()
