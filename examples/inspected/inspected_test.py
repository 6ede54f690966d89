"""Runs `inspected` or `many_stages`, and looks at it with gs-top or with its page in a browser.

    inspected_test.py PROGRAM gs-top GS_TOP
    inspected_test.py PROGRAM keys GS_TOP
    inspected_test.py PROGRAM browser NODE SCRIPT ARTEFACTS
"""

import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
import urllib.request

PATIENCE_S = 60


def check(condition, problem):
    if not condition:
        sys.exit(f"FAILED  {problem}")


def start(program):
    running = subprocess.Popen([program, "0"], stdout=subprocess.PIPE, text=True)
    line = running.stdout.readline()
    found = re.fullmatch(r"\w+: open (http://127\.0\.0\.1:\d+)\n", line)
    check(found, f"the program said {line!r}")
    return running, found[1]


def wait_for_finding(url, label):
    """Until the program itself says that a stage holds others up."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        with urllib.request.urlopen(url + "/api/snapshot", timeout=PATIENCE_S) as answer:
            seen = json.load(answer)
        if any(found["label"] == label for found in seen["findings"]):
            return seen
        time.sleep(0.2)
    sys.exit(f"FAILED  {label} was not blamed within {PATIENCE_S} s")


def ask_top(gs_top, *arguments):
    return subprocess.run([gs_top, "--once", *arguments], capture_output=True, text=True,
                          timeout=PATIENCE_S, check=False)


def look_with_top(url, gs_top):
    wait_for_finding(url, "archived")
    end = time.monotonic() + PATIENCE_S
    while True:
        told = ask_top(gs_top, url)
        check(told.returncode == 0, f"gs-top ended with {told.returncode}: {told.stderr}")
        # Between two batches the archive does not wait.
        if re.search(r"^archived +consumer +handle_events waits", told.stdout, re.M):
            break
        check(time.monotonic() < end, f"the archive does not wait in\n{told.stdout}")
    for name in ("orders", "priced/2", "billed", "archived", "producer", "consumer"):
        check(re.search(rf"^ *{name} ", told.stdout, re.M), f"{name} is not in\n{told.stdout}")
    check("inspector/" not in told.stdout, f"the inspector is in\n{told.stdout}")
    tree = ask_top(gs_top, url, "--tree", "--inspector").stdout
    for line in ("application", "  shop", "    archived", "  inspector", "    inspector/door"):
        check(re.search(rf"^{line} ", tree, re.M), f"{line!r} is not in\n{tree}")
    hops = ask_top(gs_top, url, "--latencies").stdout
    check(re.search(r"^orders > priced/\d +\S+ \S+ ", hops, re.M), f"no times in\n{hops}")
    nobody = ask_top(gs_top, "http://127.0.0.1:1")
    check(nobody.returncode == 2 and nobody.stderr.startswith("gs-top: "),
          f"where nobody listens, gs-top ended with {nobody.returncode}: {nobody.stderr}")
    print(told.stdout)


class Terminal:
    """A program with a terminal of its own, wide enough for a table."""

    def __init__(self, *command):
        child, self.screen = pty.fork()
        if child == 0:
            os.execv(command[0], command)
        self.child = child
        fcntl.ioctl(self.screen, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 200, 0, 0))
        self.shown = ""

    def press(self, keys):
        """What was shown before does not count any more."""
        self.shown = ""
        os.write(self.screen, keys.encode())

    def wait_for(self, pattern):
        end = time.monotonic() + PATIENCE_S
        while not re.search(pattern, self.shown):
            left = end - time.monotonic()
            ready = left > 0 and select.select([self.screen], [], [], left)[0]
            check(ready, f"{pattern!r} was not shown, but\n{self.shown!r}")
            try:
                self.shown += os.read(self.screen, 65536).decode(errors="replace")
            except OSError:  # It has let go of its terminal.
                sys.exit(f"FAILED  it ended before {pattern!r} was shown\n{self.shown!r}")

    def status(self):
        """Once it has ended; what it still shows is read, so that it can."""
        try:
            while os.read(self.screen, 65536):
                pass
        except OSError:
            pass
        return os.waitstatus_to_exitcode(os.waitpid(self.child, 0)[1])


def press_keys_of_top(url, gs_top):
    wait_for_finding(url, "archived")
    top = Terminal(gs_top, url, "--interval-ms", "100")
    times = r"orders > priced/\d +\S+ \S+ "
    top.wait_for(r"sorted by waiting")
    top.wait_for(r"archived +consumer ")
    top.press("l")
    top.wait_for(times)
    top.press("l")
    top.wait_for(r"archived +consumer ")
    top.press("n")
    top.wait_for(r"sorted by name")
    top.press("q")
    status = top.status()
    check(status == 0, f"gs-top ended with {status} after q")


def look_in_browser(url, node, script, artefacts):
    ended = subprocess.run([node, script, "--url", url, "--artefacts", artefacts],
                           timeout=240, check=False)
    check(ended.returncode == 0, f"the browser's checks ended with {ended.returncode}")


def main():
    program, kind, *rest = sys.argv[1:]
    running, url = start(program)
    try:
        {"gs-top": look_with_top, "keys": press_keys_of_top,
         "browser": look_in_browser}[kind](url, *rest)
        running.send_signal(signal.SIGTERM)
        status = running.wait(PATIENCE_S)
        check(status == 0, f"the program ended with {status} after SIGTERM")
    finally:
        running.kill()


if __name__ == "__main__":
    main()
