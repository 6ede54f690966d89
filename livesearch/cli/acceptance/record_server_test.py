"""A recorded server, with several searchers at once, of whom some leave, some are refused and one
reads slowly, and with all that looks on, is had again ten times out of ten, without the sites: each
answer that a client got, byte for byte.

usage: record_server_test.py PROGRAM
"""

import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

from running_livesearch import Checks, RunningLivesearch, collector, hanging_site

REPLAYS = 10
SEARCHERS = 4
SEARCHES = 3
# Those that answer.
SITES = "site=handbook&site=journal&site=tracker"
PATIENCE_S = 60
PAGES = ["/", "/metrics", "/lanes", "/api/sites", "/healthz", "/nothing", "/api/search",
         "/api/search?q=x&site=nobody", "/api/search/stream?q=stream&" + SITES]
REFUSED = "/api/search?q=refused&site=full"
INSPECTED = ["/api/snapshot", "/api/records", "/", "/nothing"]
# What a replay prints whole; of the rest a line.
PRINTED = ("application/json", "text/event-stream", "text/plain")


def ask(url, target, answers=None):
    """Status, type and body; kept under its target."""
    try:
        answer = urllib.request.urlopen(url + target, timeout=PATIENCE_S)
    except urllib.error.HTTPError as refused:
        answer = refused
    with answer:
        told = (answer.status, answer.headers["Content-Type"], answer.read())
    if answers is not None:
        answers.append((target, *told))
    return told


def search_on(livesearch, searcher, answers):
    for number in range(SEARCHES):
        ask(livesearch.url,
            f"/api/search?q=stage+{searcher}+{number}&searcher=s{searcher}&{SITES}", answers)


def leave_early(livesearch, number):
    """Begins a stream, and leaves before the slow site has answered."""
    port = urllib.parse.urlparse(livesearch.url).port
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as connection:
        connection.sendall(f"GET /api/search/stream?q=leaves+{number}&{SITES} HTTP/1.1\r\n"
                           "Host: localhost\r\n\r\n".encode())
        connection.recv(100)


def fill_a_lane(livesearch, answers):
    """Searches that wait for a site that never answers, until one is refused. They leave then."""
    port = urllib.parse.urlparse(livesearch.url).port
    waiting = []
    for number in range(500):  # Each with words of its own, or they would share one request.
        connection = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
        waiting.append(connection)
        target = f"/api/search/stream?q=full+{number}&site=full"
        connection.sendall(f"GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        if b" 503 " in connection.recv(100):
            break
        time.sleep(0.01)
    ask(livesearch.url, REFUSED, answers)
    for connection in waiting:
        connection.close()


def record(program, folder, file):
    sites = os.path.join(folder, "sites")
    os.mkdir(sites)
    # At the full site one may wait while one is asked; a third is refused.
    with (hanging_site(sites, SEARCHERS, "full", "concurrency: 1, queue: 1"),
          collector() as (collects, _)):
        livesearch = RunningLivesearch(
            program, "--no-public", "--sites-folder", sites, "--record", file, "--latencies",
            "--otlp", collects, "--inspect", "0", state=folder)
        answers = []
        busy = [threading.Thread(target=search_on, args=(livesearch, each, answers))
                for each in range(SEARCHERS)]
        busy += [threading.Thread(target=leave_early, args=(livesearch, each)) for each in range(3)]
        for each in busy:
            each.start()
        fill_a_lane(livesearch, answers)
        for target in PAGES:
            ask(livesearch.url, target, answers)
        lanes = ask(livesearch.url, "/lanes", answers)[2].decode()
        inspector = re.search(r"http://127\.0\.0\.1:\d+", lanes)[0]
        seen = [ask(inspector, target)[0] for target in INSPECTED]
        with urllib.request.urlopen(inspector + "/api/stream", timeout=PATIENCE_S) as looks:
            looks.read(1000)
            for each in busy:
                each.join()
        status = livesearch.stop()
    return answers, seen, status, livesearch.errors.decode(errors="replace")


def replay(program, folder, file):
    return subprocess.run([program, "replay", file], capture_output=True, timeout=PATIENCE_S,
                          check=False,
                          env={**os.environ, "LIVESEARCH_STATE": os.path.join(folder, "elsewhere")})


def is_in(told, target, status, kind, body):
    line = f"GET {target} {status} {len(body)} bytes\n".encode()
    return line + (body + b"\n" if kind.startswith(PRINTED) else b"") in told


def main(program):
    checks = Checks()
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "run.gsched")
        answers, seen, status, errors = record(program, folder, file)
        checks.expect(status == 0, f"recording: status {status}, must be 0 {status and errors}")
        checks.expect(len(answers) == SEARCHERS * SEARCHES + len(PAGES) + 2,
                      f"{len(answers)} answers")
        checks.expect({told[1] for told in answers} == {200, 400, 404, 503},
                      f"answered {sorted({told[1] for told in answers})}")
        checks.expect(seen == [200, 200, 200, 404], f"the inspector answered {seen}")
        same = 0
        for _ in range(REPLAYS):
            done = replay(program, folder, file)
            missed = [told[0] for told in answers if not is_in(done.stdout, *told)]
            is_same = done.returncode == 0 and not missed
            same += is_same
            if not is_same:
                print(done.returncode, done.stderr.decode(errors="replace"), missed)
        checks.expect(same == REPLAYS, f"{same} of {REPLAYS} replays gave the same answers")
        said = done.stderr.decode(errors="replace")
        checks.expect("the tree ended with shutdown" in said, f"to the end: {said}")
        checks.expect("answers, each as it was recorded" in said, "they were compared")
    return checks.finish()


sys.exit(main(sys.argv[1]))
