"""A recorded search over sites that answer, are slow, fail, or are not there is had again ten times
out of ten, without the sites: the same words, in the same order, to the millisecond.

usage: record_test.py PROGRAM
"""

import http.server
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading

from running_livesearch import Checks, free_port

REPLAYS = 10
PATIENCE_S = 60

DEFINITION = """
name: {name}
network: loopback
request:
  url: "http://127.0.0.1:{port}/{name}?q={{query}}"
limits: {{time: {time}, rate: 1000, retries: 2, cache: {cache}}}
answer:
  format: json
  results: {{path: "$.hits[*]"}}
  title: {{path: "$.title"}}
  url: {{path: "$.url"}}
"""


class Moody(http.server.BaseHTTPRequestHandler):
    """Answers now with one thing, now with another, and as "kept" always with something."""

    asked = 0
    asked_as_kept = 0

    def do_GET(self):  # The name that BaseHTTPRequestHandler calls.
        Moody.asked += 1
        is_kept = self.path.startswith("/kept")
        Moody.asked_as_kept += is_kept
        is_well = is_kept or random.random() < 0.5
        word = random.randrange(10**9)
        body = f'{{"hits":[{{"title":"Found {word}","url":"https://a.example/{word}"}}]}}'.encode()
        self.send_response(200 if is_well else 503)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def define(folder, site, port, cache="0s", time="2s"):
    with open(os.path.join(folder, f"{site}.yaml"), "w", encoding="utf-8") as file:
        file.write(DEFINITION.format(name=site, port=port, cache=cache, time=time))


def run(program, folder, *arguments):
    done = subprocess.run([program, *arguments], capture_output=True, timeout=PATIENCE_S,
                          check=False, env={**os.environ, "LIVESEARCH_STATE": folder})
    return done.returncode, done.stdout, done.stderr


def check_signals(checks, program, folder):
    """A search that is ended while it waits leaves what was recorded until then."""
    for number in (signal.SIGINT, signal.SIGTERM):
        file = os.path.join(folder, f"{number.name}.gsched")
        with socket.create_server(("127.0.0.1", 0)) as silent:
            define(folder, "silent", silent.getsockname()[1], time="60s")
            searching = subprocess.Popen(
                [program, "search", "stage", "--site", "silent", "--offline", "--no-public",
                 "--sites-folder", folder, "--record", file],
                env={**os.environ, "LIVESEARCH_STATE": folder})
            with silent.accept()[0] as asked:
                asked.recv(1000)
                searching.send_signal(number)
                status = searching.wait(PATIENCE_S)
        checks.expect(status == -number, f"{number.name}: ended by it (status {status})")
        status, _, noted = run(program, folder, "replay", file)
        checks.expect(status == 2 and b"the recording ends before the search does" in noted,
                      f"its replay says that it ends early: {noted.decode(errors='replace')}")


def main(program):
    checks = Checks()
    with tempfile.TemporaryDirectory() as folder:
        check_signals(checks, program, folder)
    moody = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Moody)
    threading.Thread(target=moody.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        sites = os.path.join(folder, "sites")
        os.mkdir(sites)
        define(sites, "moody", moody.server_port)
        define(sites, "kept", moody.server_port, cache="60s")
        define(sites, "gone", free_port())
        # Now there is something to remember.
        run(program, folder, "search", "stage", "--site", "kept", "--offline", "--no-public",
            "--sites-folder", sites)
        recorded = {}
        for form in ("--follow", "--json"):
            file = os.path.join(folder, f"{form[2:]}.gsched")
            status, said, noted = run(program, folder, "search", "stage", form, "--offline",
                                      "--no-public", "--sites-folder", sites, "--record", file)
            checks.expect(status == 0 and said, f"{form}: status {status}, must be 0\n"
                          f"{noted.decode(errors='replace') if status else ''}")
            recorded[file] = said
        moody.shutdown()
        for each in os.listdir(sites):
            os.remove(os.path.join(sites, each))
        asked = Moody.asked
        checks.expect(Moody.asked_as_kept == 1, "a recorded search takes what is remembered: "
                      f"asked {Moody.asked_as_kept} times")
        elsewhere = os.path.join(folder, "elsewhere")
        for file, said in recorded.items():
            again = [run(program, elsewhere, "replay", file) for _ in range(REPLAYS)]
            same = sum(status == 0 and output == said for status, output, _ in again)
            checks.expect(same == REPLAYS, f"{os.path.basename(file)}: {same} of {REPLAYS} replays "
                          "said the same")
        checks.expect(Moody.asked == asked, "no site was asked again")

        half = os.path.join(folder, "half.gsched")
        with open(half, "wb") as to, open(next(iter(recorded)), "rb") as whole:
            to.write(whole.read()[:1000])
        status, _, noted = run(program, folder, "replay", half)
        checks.expect(status == 2 and noted, f"half a recording is refused: {noted.decode()}")
    return checks.finish()


sys.exit(main(sys.argv[1]))
