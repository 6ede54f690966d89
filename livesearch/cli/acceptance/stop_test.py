"""SIGTERM during running searches, and a callback that never returns.

usage: stop_test.py PROGRAM
"""

import sys
import tempfile
import time

from running_livesearch import Checks, RunningLivesearch

SEARCHES = 10


def stops_with_running_searches(program, state, checks):
    app = RunningLivesearch(program, state=state)
    # The journal takes a second and a half, so all of these are still running.
    streams = [app.stream("stage") for _ in range(SEARCHES)]
    begun = [stream.readline() for stream in streams]
    before = time.monotonic()
    app.tell_to_stop()
    rest = [stream.read().decode() for stream in streams]
    status = app.stop()
    took = time.monotonic() - before
    print(f"      stopped {SEARCHES} running searches in {took:.2f} s")
    checks.expect(all(line == b"id: 1\n" for line in begun), "each stream had begun")
    checks.expect(
        all('event: end\ndata: {"reason":"stopping"' in text for text in rest),
        "each stream got its end event",
    )
    checks.expect(status == 0, f"exit status 0 (was {status})")
    checks.expect(took < 10, "stopped within the limit of 10 s")
    checks.expect(app.refused_attempts() == 0, "nothing tried to leave this machine")


def names_a_callback_that_spins(program, state, checks):
    app = RunningLivesearch(
        program,
        "--hard-limit-ms",
        "500",
        state=state,
        environment={"LIVESEARCH_TEST_SPIN": "1"},
    )
    status = app.stop()
    text = app.errors.decode()
    checks.expect(status == 70, f"exit status 70 (was {status})")
    checks.expect("handle_cast of process test_spinner" in text, "the culprit is named: " + text)


def main(program):
    checks = Checks()
    with tempfile.TemporaryDirectory() as state:
        stops_with_running_searches(program, state, checks)
        names_a_callback_that_spins(program, state, checks)
    return checks.finish()


sys.exit(main(sys.argv[1]))
