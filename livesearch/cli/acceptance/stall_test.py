"""The log of a running livesearch names the lane of a site that never answers, once; on a server
that is busy with sites that answer, be it slowly, it names nobody.

usage: stall_test.py PROGRAM
"""

import re
import sys
import tempfile
import threading
import time

from running_livesearch import Checks, RunningLivesearch, hanging_site

PATIENCE_S = 30
# What is reported has lasted for 3 s; a report comes at one of the looks, each second.
BUSY_S = 7
SEARCHERS = 8
WARNING = re.compile(rb"(\S+): [^\n]*\((\w+)\)[^\n]*")


def search(livesearch, words, *sites):
    try:
        return livesearch.search(words, *sites, limit=PATIENCE_S)
    except (OSError, ValueError):
        return None  # It waits for the site that hangs until livesearch is stopped.


def stalls(livesearch):
    """Who is named, and for what."""
    return [(found[1].decode(), found[2].decode())
            for found in WARNING.finditer(bytes(livesearch.errors))]


def check_hanging(checks, program, folder):
    with hanging_site(folder, SEARCHERS):
        livesearch = RunningLivesearch(program, "--no-public", "--sites-folder", folder,
                                       state=folder)
        for number in range(SEARCHERS):
            threading.Thread(target=search, args=(livesearch, f"word{number}", "hung"),
                             daemon=True).start()
        deadline = time.monotonic() + PATIENCE_S
        while not stalls(livesearch) and time.monotonic() < deadline:
            time.sleep(0.1)
        status = livesearch.stop()
    named = stalls(livesearch)
    checks.expect(named, f"somebody is named: {named}")
    checks.expect(all(label.startswith("lane/hung/fetcher/") for label, _ in named),
                  "nobody but the fetchers of the site that hangs")
    checks.expect(len(set(named)) == len(named), "each once")
    checks.expect(status == 0, f"exit status 0 (was {status})")


def check_busy(checks, program, folder):
    livesearch = RunningLivesearch(program, "--no-public", state=folder)
    end = time.monotonic() + BUSY_S
    answers = []

    def search_on(searcher):
        number = 0
        while time.monotonic() < end:
            number += 1
            answers.append(search(livesearch, f"stage {searcher} {number}"))

    searchers = [threading.Thread(target=search_on, args=(each,)) for each in range(SEARCHERS)]
    for each in searchers:
        each.start()
    for each in searchers:
        each.join()
    livesearch.stop()
    checks.expect(len(answers) > SEARCHERS and all(answers),
                  f"{len(answers)} searches are answered")
    checks.expect(not stalls(livesearch), f"nobody is named: {stalls(livesearch)}")


def main(program):
    checks = Checks()
    with tempfile.TemporaryDirectory() as folder:
        check_busy(checks, program, folder)
        check_hanging(checks, program, folder)
    return checks.finish()


sys.exit(main(sys.argv[1]))
