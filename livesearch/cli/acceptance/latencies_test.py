"""What `serve --latencies` measures is in the inspector's answers.

usage: latencies_test.py PROGRAM
"""

import json
import sys
import tempfile
import time
import urllib.request

from running_livesearch import Checks, RunningLivesearch, free_port


def measured(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/snapshot", timeout=60) as answer:
        seen = json.load(answer)
    labels = {each["pid"]: each["label"] for each in seen["processes"]}
    return {labels[each["consumer"]]: each["latency"] for each in seen["subscriptions"]
            if each["latency"] and each["consumer"] in labels}


def is_told(told):
    return any(each["in_service"]["count"] > 0 for name, each in told.items()
               if name.startswith("lane/handbook/fetcher/"))


def main(program):
    checks = Checks()
    port = free_port()
    with tempfile.TemporaryDirectory() as state:
        app = RunningLivesearch(program, "--latencies", "--inspect", str(port), state=state)
        app.search("stage", "handbook")
        # The searcher has the answer before the fetcher is done with its order.
        deadline = time.monotonic() + 60
        while not is_told(told := measured(port)) and time.monotonic() < deadline:
            pass
        status = app.stop()
    checks.expect(status == 0, f"exit status 0 (was {status})")
    checks.expect(is_told(told), f"the fetcher that was asked is measured: {told}")
    return checks.finish()


sys.exit(main(sys.argv[1]))
