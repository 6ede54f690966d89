"""The command line as a user meets it.

usage: command_line_test.py PROGRAM
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

from running_livesearch import Checks


def check_ways_to_search(run, checks, found):
    """Who sees what where, and what can be asked for; `found` is a plain search."""
    status = [line for line in found.stderr.splitlines() if "10 results (" in line]
    checks.expect(len(status) == 3, f"how each site does is said on stderr: {status}")
    followed = run("search", "stage", "--follow")
    checks.expect(
        "10 results (" in followed.stdout and "    - " in followed.stdout,
        "--follow prints each site's results below its name",
    )
    second = json.loads(run("search", "stage", "--page", "2", "--json").stdout)
    checks.expect(second["sites"] == [], "--page 2 asks sites that have further pages, here none")
    docs = json.loads(run("search", "stage", "--category", "docs", "--json").stdout)
    checks.expect(
        [each["id"] for each in docs["sites"]] == ["handbook"], "--category chooses sites"
    )
    beyond = run("search", "stage", "--page", "51")
    checks.expect(beyond.returncode == 2 and "page: 51" in beyond.stderr, "page 51 is refused")


def main(program):
    checks = Checks()
    with tempfile.TemporaryDirectory() as folder:
        state = os.path.join(folder, "state")
        sites = pathlib.Path(folder, "sites")
        sites.mkdir()

        def run(*arguments):
            return subprocess.run(
                [program, *arguments],
                capture_output=True,
                text=True,
                timeout=60,
                env={**os.environ, "LIVESEARCH_OFFLINE": "1", "LIVESEARCH_STATE": state},
            )

        found = run("search", "stage")
        checks.expect(found.returncode == 0, "a search that finds something ends with 0")
        named = [name for name in ("Handbook", "Tracker", "Journal") if name in found.stdout]
        checks.expect(len(named) >= 2, f"results of several sites are printed: {named}")

        document = json.loads(run("search", "stage", "--site", "handbook", "--json").stdout)
        checks.expect(document["sites"][0]["outcome"] == "results", "--json prints the document")

        check_ways_to_search(run, checks, found)

        nothing = run("search", "xyzzyplugh", "--site", "handbook")
        checks.expect(nothing.returncode == 1, "a search that finds nothing ends with 1")

        wrong = run("search", "stage", "--site", "nowhere")
        checks.expect(
            wrong.returncode == 2 and 'site: "nowhere" is not known' in wrong.stderr,
            "an unknown site is refused: " + wrong.stderr,
        )
        empty = run("search", "  ")
        checks.expect(
            empty.returncode == 2 and "query: it is empty" in empty.stderr, "an empty query too"
        )
        port = run("serve", "--port", "70000")
        checks.expect(port.returncode == 2, "a port that does not exist is refused: " + port.stderr)

        (sites / "wrong.yaml").write_text("name: Wrong\nlimits: {rate: 5000}\n")
        (sites / "good.yaml").write_text(
            "name: Good\nrequest: {url: 'https://example.org/?q={query}'}\nanswer: {format: feed}\n"
        )
        listed = run("sites", "--sites-folder", str(sites))
        checks.expect("good" in listed.stdout, "good site files are loaded beside wrong ones")
        checks.expect(
            "wrong.yaml:2: limits.rate: value is too large (5000), at most 1000 is allowed"
            in listed.stderr,
            "a wrong site file is named with line and key: " + listed.stderr,
        )
        still = run("search", "stage", "--sites-folder", str(sites))
        checks.expect(still.returncode == 0, "the other sites go on")

        run("sites", "off", "journal")
        checks.expect("Journal" not in run("search", "stage").stdout, "a site can be turned off")
        run("sites", "on", "journal")
        checks.expect("Journal" in run("search", "stage").stdout, "and on again")
        checked = run("sites", "check", "handbook", "--query", "stage")
        checks.expect(
            checked.returncode == 0 and "marked as checked" in checked.stdout,
            "a site can be checked: " + checked.stdout,
        )
        checks.expect(run("--help").returncode == 0, "--help explains itself")
    return checks.finish()


sys.exit(main(sys.argv[1]))
