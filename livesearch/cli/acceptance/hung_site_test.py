#!/usr/bin/env python3
"""Searches with a site that accepts connections and never answers, and wants the inspector's page,
in a browser, to name that site's lane; the page of the lanes to lead there.

    hung_site_test.py LIVESEARCH NODE SCRIPT ARTEFACTS
"""
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

from running_livesearch import RunningLivesearch, free_port, hanging_site

SEARCHES = 20
# What is promised is 3 s; a machine that does other things too gets more.
PROMISED_S = 3
PATIENCE_S = 30


def search(livesearch, words):
    try:
        livesearch.search(words, limit=PATIENCE_S)
    except (OSError, ValueError):
        pass  # It waits for the site that hangs until livesearch is stopped.


def check_way_to_inspector(livesearch, address):
    with urllib.request.urlopen(livesearch.url + "/lanes", timeout=PATIENCE_S) as answer:
        page = answer.read().decode()
    if f'href="{address}"' not in page:
        sys.exit(f"FAILED  the page of the lanes does not lead to {address}: {page}")


def main():
    program, node, script, artefacts = sys.argv[1:]
    with tempfile.TemporaryDirectory() as sites, hanging_site(sites, SEARCHES):
        inspector = free_port()
        livesearch = RunningLivesearch(program, "--no-public", "--sites-folder", sites,
                                       "--inspect", str(inspector), state=sites)
        try:
            page = subprocess.Popen([node, script, "--url", f"http://127.0.0.1:{inspector}",
                                     "--label", "lane/hung/", "--artefacts", artefacts,
                                     "--shot", "hung_site"], stdout=subprocess.PIPE, text=True)
            if page.stdout.readline() != "open\n":
                sys.exit("FAILED  the inspector's page did not open")
            begun = time.monotonic()
            for number in range(SEARCHES):
                threading.Thread(target=search, args=(livesearch, f"word{number}"),
                                 daemon=True).start()
            named = page.stdout.readline()
            after = time.monotonic() - begun
            if page.wait(PATIENCE_S) != 0 or not named.startswith("named lane/hung/"):
                sys.exit(f"FAILED  the page says {named!r}")
            print(f"{named.split()[1]} is named {after:.2f} s after the searches began "
                  f"({PROMISED_S} s are promised)")
            check_way_to_inspector(livesearch, f"http://127.0.0.1:{inspector}")
            if after > PATIENCE_S:
                sys.exit("FAILED  that is far too late")
        finally:
            livesearch.stop()


if __name__ == "__main__":
    main()
