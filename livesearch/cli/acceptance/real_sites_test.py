"""livesearch over a real MediaWiki and a real DokuWiki, in the API and in a real browser.

usage: real_sites_test.py PROGRAM WIKIS SERVE DEFINITIONS [BROWSER_SCRIPT ARTEFACTS]

WIKIS is the folder that tools/real_sites/setup.sh made. With a browser script, node runs it against
the page.
"""

import pathlib
import re
import subprocess
import sys
import tempfile

from running_livesearch import Checks, RunningLivesearch

QUERY = "demand"
SITES = ("mediawiki_html", "mediawiki_api", "dokuwiki")


def ports_of(wikis):
    line = wikis.stdout.readline().decode()
    found = re.match(r"mediawiki=(\d+) dokuwiki=(\d+)", line)
    if not found:
        raise SystemExit(f"the wikis did not start: {line!r}")
    return {"mediawiki": found.group(1), "dokuwiki": found.group(2)}


def write_definitions(templates, folder, ports):
    for template in pathlib.Path(templates).glob("*.yaml"):
        text = template.read_text()
        for name, port in ports.items():
            text = text.replace("{" + name + "}", f"http://127.0.0.1:{port}")
        (folder / template.name).write_text(text)


def search_by_api(app, checks):
    found = app.search(QUERY, *SITES)
    for part in found["sites"]:
        checks.expect(
            part["outcome"] == "results",
            f"{part['id']}: {part['outcome']} {part['message']} "
            f"({part['results']} results in {part['elapsed_ms']} ms)",
        )
    hits = found["results"]
    checks.expect(
        all(hit["title"] and hit["url"].startswith("http://127.0.0.1:") for hit in hits),
        "each result has a title and an address of its wiki",
    )


def search_in_browser(app, script, artefacts, checks):
    command = ["node", script, "--url", app.url, "--query", QUERY, "--artefacts", artefacts]
    for site in (*SITES, "handbook", "journal"):
        command += ["--expect-site", site]
    # The wikis answer at once, the journal takes a second and a half on purpose.
    command += ["--last", "journal"]
    checks.expect(subprocess.run(command).returncode == 0, "the browser's checks")


def main(program, folder, serve, templates, script=None, artefacts=None):
    checks = Checks()
    wikis = subprocess.Popen([serve, folder], stdout=subprocess.PIPE)
    try:
        with tempfile.TemporaryDirectory() as temporary:
            sites = pathlib.Path(temporary, "sites")
            sites.mkdir()
            write_definitions(templates, sites, ports_of(wikis))
            app = RunningLivesearch(
                program, "--sites-folder", str(sites), state=str(pathlib.Path(temporary, "state"))
            )
            if script:
                search_in_browser(app, script, artefacts, checks)
            else:
                search_by_api(app, checks)
            checks.expect(app.stop() == 0, "stopped with status 0")
            checks.expect(app.refused_attempts() == 0, "nothing tried to leave this machine")
    finally:
        wikis.terminate()
        wikis.wait()
    return checks.finish()


sys.exit(main(*sys.argv[1:]))
