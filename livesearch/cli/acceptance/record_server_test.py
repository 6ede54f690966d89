"""A recorded server, with several searchers at once, of whom some leave, is had again ten times out
of ten, without the sites: each answer that a searcher got, byte for byte.

usage: record_server_test.py PROGRAM
"""

import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import urllib.parse
import urllib.request

from running_livesearch import Checks, RunningLivesearch

REPLAYS = 10
SEARCHERS = 4
SEARCHES = 3
PATIENCE_S = 60


def search_on(livesearch, searcher, answers):
    for number in range(SEARCHES):
        target = f"/api/search?q=stage+{searcher}+{number}&searcher=s{searcher}"
        with urllib.request.urlopen(livesearch.url + target, timeout=PATIENCE_S) as answer:
            answers[target] = answer.read().decode()


def leave_early(livesearch, number):
    """Begins a stream, and leaves before the slow site has answered."""
    port = urllib.parse.urlparse(livesearch.url).port
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as connection:
        connection.sendall(f"GET /api/search/stream?q=leaves+{number} HTTP/1.1\r\n"
                           "Host: localhost\r\n\r\n".encode())
        connection.recv(100)


def record(program, folder, file):
    livesearch = RunningLivesearch(program, "--no-public", "--record", file, state=folder)
    answers = {}
    busy = [threading.Thread(target=search_on, args=(livesearch, each, answers))
            for each in range(SEARCHERS)]
    busy += [threading.Thread(target=leave_early, args=(livesearch, each)) for each in range(3)]
    for each in busy:
        each.start()
    for each in busy:
        each.join()
    return answers, livesearch.stop(), livesearch.errors.decode(errors="replace")


def replay(program, folder, file):
    done = subprocess.run([program, "replay", file], capture_output=True, text=True,
                          timeout=PATIENCE_S, check=False,
                          env={**os.environ, "LIVESEARCH_STATE": os.path.join(folder, "elsewhere")})
    found = re.findall(r"^GET (\S+)\n(.*?\n)(?=GET |\Z)", done.stdout, re.MULTILINE | re.DOTALL)
    return done, dict(found)


def main(program):
    checks = Checks()
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "run.gsched")
        answers, status, errors = record(program, folder, file)
        checks.expect(status == 0, f"recording: status {status}, must be 0 {status and errors}")
        checks.expect(len(answers) == SEARCHERS * SEARCHES, f"{len(answers)} answers")
        same = 0
        for _ in range(REPLAYS):
            done, again = replay(program, folder, file)
            is_same = done.returncode == 0 and all(
                again.get(target, "").strip() == answer.strip()
                for target, answer in answers.items())
            same += is_same
            if not is_same:
                print(done.returncode, done.stderr, len(again))
        checks.expect(same == REPLAYS, f"{same} of {REPLAYS} replays gave the same answers")
        checks.expect("the tree ended with shutdown" in done.stderr, f"to the end: {done.stderr}")
    return checks.finish()


sys.exit(main(sys.argv[1]))
