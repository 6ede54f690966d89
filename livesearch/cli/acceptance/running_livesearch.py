"""A livesearch that a test starts, asks and stops, and what it is set beside. Standard library
only."""

import contextlib
import http.server
import json
import os
import re
import select
import signal
import socket
import subprocess
import threading
import time
import urllib.parse
import urllib.request

HANGING_SITE = """
name: The site that hangs
network: loopback
request:
  url: "http://127.0.0.1:{port}/?q={{query}}"
limits: {{time: 60s, rate: 1000, {limits}}}
answer:
  format: json
  results: {{path: "$.hits[*]"}}
  title: {{path: "$.title"}}
  url: {{path: "$.url"}}
"""
READY = re.compile(rb"livesearch: ready on (http://\S+)")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def hanging_site(folder, connections, name="hung", limits="concurrency: 2"):
    """A site that takes so many connections and never answers, defined in the folder."""
    with socket.create_server(("127.0.0.1", 0), backlog=connections) as hanging:
        with open(os.path.join(folder, name + ".yaml"), "w", encoding="utf-8") as file:
            file.write(HANGING_SITE.format(port=hanging.getsockname()[1], limits=limits))
        yield


@contextlib.contextmanager
def collector():
    """An OpenTelemetry collector: its URL, and the path and body of each request it was sent."""
    taken = []

    class Collector(http.server.BaseHTTPRequestHandler):
        def do_POST(self):  # The name that BaseHTTPRequestHandler calls.
            body = self.rfile.read(int(self.headers["Content-Length"]))
            taken.append((self.path, json.loads(body)))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_):
            pass

    listening = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listening.server_port}", taken
    finally:
        listening.shutdown()


class RunningLivesearch:
    """Starts `livesearch serve` off-line on a free port and waits until it is ready."""

    def __init__(self, program, *arguments, state, environment=None):
        self.process = subprocess.Popen(
            [program, "serve", "--offline", "--port", "0", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,  # What has been read ahead would not wake select.
            env={**os.environ, "LIVESEARCH_STATE": state, **(environment or {})},
        )
        self.errors = bytearray()
        self.is_told_to_stop = False
        self._reader = threading.Thread(target=self._collect_errors, daemon=True)
        self._reader.start()
        self.url = self._wait_until_ready(limit=60)

    def _collect_errors(self):
        for line in self.process.stderr:
            self.errors += line

    def _wait_until_ready(self, limit):
        deadline = time.monotonic() + limit
        while time.monotonic() < deadline:
            if select.select([self.process.stdout], [], [], 1)[0]:
                line = self.process.stdout.readline()
                found = READY.match(line)
                if found:
                    return found.group(1).decode()
                if not line:
                    break
        self.process.kill()
        raise SystemExit(f"livesearch did not get ready: {self.errors.decode(errors='replace')}")

    def search(self, query, *sites, limit=60):
        """The answer of GET /api/search."""
        asked = urllib.parse.urlencode([("q", query), *(("site", site) for site in sites)])
        with urllib.request.urlopen(f"{self.url}/api/search?{asked}", timeout=limit) as answer:
            return json.load(answer)

    def stream(self, query, limit=60):
        """An open event stream."""
        asked = urllib.parse.urlencode({"q": query})
        return urllib.request.urlopen(f"{self.url}/api/search/stream?{asked}", timeout=limit)

    def tell_to_stop(self):
        """Sends SIGTERM, once: a second one would end the program at once."""
        self.is_told_to_stop = True
        self.process.send_signal(signal.SIGTERM)

    def stop(self, limit=60):
        """Tells it to stop, if it has not been told yet, and waits; the exit status."""
        if not self.is_told_to_stop:
            self.tell_to_stop()
        status = self.process.wait(limit)
        self._reader.join(limit)
        return status

    def refused_attempts(self):
        """How many attempts to leave this machine the guard refused, as told at the end."""
        found = re.search(rb"off-line, (\d+) attempts", self.errors)
        return int(found.group(1)) if found else None


class Checks:
    """Prints one line a check; `finish` is the exit status."""

    def __init__(self):
        self.failed = 0

    def expect(self, holds, what):
        print(("ok    " if holds else "FAILED ") + what, flush=True)
        self.failed += not holds

    def finish(self):
        return 1 if self.failed else 0
