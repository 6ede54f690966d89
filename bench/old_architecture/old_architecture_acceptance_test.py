"""Redis, the web server, the workers and a site, each a process or thread of this test.

usage: old_architecture_acceptance_test.py PROGRAM
"""

import http.server
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

DEFINITION = """\
name: {id}
homepage: "{url}/"
network: loopback
request: {{url: "{url}/{id}?q={{query}}"}}
limits: {{time: 3s, concurrency: 4, rate: 100}}
answer: {{format: json, results: "hits[*]", title: title, url: url, snippet: text}}
"""


class Site(http.server.ThreadingHTTPServer):
    """Answers each path after the delay and with the status that `habits` tells for it."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answer)
        self.habits = {}
        self.asked = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    def behave(self, site, delay=0.0, status=200):
        self.habits[site] = (delay, status)

    def handle_error(self, request, client_address):
        pass  # A worker that was killed has left its connection.


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        site = self.path.partition("?")[0].strip("/")
        self.server.asked.append(site)
        delay, status = self.server.habits.get(site, (0.0, 200))
        time.sleep(delay)
        hit = {"title": f"Stage of {site}", "url": "http://example.org/", "text": "x"}
        body = json.dumps({"hits": [hit]}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class System:
    """The programs of the old architecture, over a Redis of their own."""

    def __init__(self, program, folder, site_url, workers):
        self.program = program
        self.folder = folder
        self.sites = folder / "sites"
        self.sites.mkdir()
        for name in ("fast", "slow"):
            text = DEFINITION.format(id=name, url=site_url)
            (self.sites / f"{name}.yaml").write_text(text)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.redis_port = str(probe.getsockname()[1])
        self.redis = self.start_redis()
        self.web, ready = self.start("web")
        self.url = ready.removeprefix("ready on ")
        self.master, self.ready = self.start("workers", "--count", str(workers))

    def start_redis(self):
        arguments = f"--port {self.redis_port} --bind 127.0.0.1 --appendonly yes".split()
        redis = subprocess.Popen(
            ["redis-server", *arguments, "--dir", self.folder], stdout=subprocess.DEVNULL
        )
        if not wait_until(self.redis_answers):
            raise SystemExit("redis-server did not get ready")
        return redis

    def redis_answers(self):
        """Whether Redis listens and has read its log of commands: until then it refuses them."""
        with socket.socket() as asked:
            if asked.connect_ex(("127.0.0.1", int(self.redis_port))) != 0:
                return False
            asked.sendall(b"PING\r\n")
            return asked.recv(100).startswith(b"+PONG")

    def start(self, command, *more):
        options = ["--redis-port", self.redis_port, "--sites", self.sites, *more]
        begun = subprocess.Popen(
            [self.program, command, *options], stdout=subprocess.PIPE, text=True
        )
        return begun, begun.stdout.readline().strip()

    def get(self, target):
        """The status and the JSON of an answer."""
        try:
            with urllib.request.urlopen(self.url + target, timeout=10) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refused:
            return refused.code, json.load(refused)

    def begin(self, query):
        return self.get("/api/search/start?q=" + urllib.parse.quote(query))[1]["id"]

    def wait_for(self, search, count, limit=30):
        """Polls as a page does, each time for what is new, until there are so many answers."""
        answers = []
        deadline = time.monotonic() + limit
        while len(answers) < count and time.monotonic() < deadline:
            polled = self.get(f"/api/search/poll?id={search}&after={len(answers)}")[1]
            answers += polled["answers"]
            time.sleep(0.02)
        return {each["id"]: each for each in answers}, polled["is_complete"]

    def state(self):
        return self.get("/bench/state")[1]

    def workers(self):
        master = self.master.pid
        listed = pathlib.Path(f"/proc/{master}/task/{master}/children").read_text()
        return [int(pid) for pid in listed.split()]

    def stop(self):
        """Ends everything; the statuses of the master and the web server, and how long it took."""
        before = time.monotonic()
        statuses = []
        for process in (self.master, self.web):
            process.terminate()
            statuses.append(process.wait(30))
        took = time.monotonic() - before
        self.redis.kill()
        self.redis.wait()
        return statuses, took


def wait_until(holds, limit=20):
    deadline = time.monotonic() + limit
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.01)
    return holds()


class Checks:
    def __init__(self):
        self.failed = 0

    def expect(self, holds, what):
        print(("ok    " if holds else "FAILED ") + what, flush=True)
        self.failed += not holds


def searches(system, checks):
    checks.expect(system.ready == "ready workers 2", "the master tells that its workers run")
    answers, is_complete = system.wait_for(system.begin("back pressure"), 2)
    checks.expect(is_complete and sorted(answers) == ["fast", "slow"], "both sites answered")
    results = answers["fast"]["results"]
    expected = [{"title": "Stage of fast", "url": "http://example.org/", "snippet": "x"}]
    checks.expect(results == expected, f"the results are those of the site ({results})")
    idle = {"waiting": 0, "oldest_ms": 0, "running": 0, "retrying": 0}
    checks.expect(system.state() == idle, "nothing is left to do")


def refuses(system, checks):
    for target, status, message in (
        ("/api/search/start?q=", 400, "query: it is empty"),
        ("/api/search/poll?id=x", 404, 'id: there is no search "x"'),
        ("/api/search/poll?id=1&after=y", 400, 'after: "y" was given'),
        ("/nothing", 404, 'path: there is nothing at "/nothing"'),
    ):
        seen, body = system.get(target)
        told = body["error"]["message"]
        checks.expect(seen == status and told.startswith(message), f"{target}: {seen}, {told}")


def survives_killed_workers(system, site, checks):
    site.behave("slow", delay=1.0)
    site.asked.clear()
    search = system.begin("kill")
    system.wait_for(search, 1)
    wait_until(lambda: "slow" in site.asked)
    before = system.workers()
    # At once, so that none lives on to take over what the other had in its hands.
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    answers, _ = system.wait_for(search, 2)
    again = site.asked.count("slow")
    checks.expect(answers["slow"]["outcome"] == "results", "the killed worker's answer came")
    checks.expect(again == 2, f"it was fetched again ({again} fetches)")
    after = system.workers()
    checks.expect(
        len(after) == 2 and not set(before) & set(after), "two new workers are there"
    )


def tries_again(system, site, checks):
    site.behave("slow", status=503)
    site.asked.clear()
    search = system.begin("retry")
    system.wait_for(search, 1)
    checks.expect(
        wait_until(lambda: system.state()["retrying"] == 1), "a failed attempt waits for its retry"
    )
    answers, _ = system.wait_for(search, 2)
    count = site.asked.count("slow")
    told = answers["slow"]["message"]
    checks.expect(count == 3, f"three attempts were made ({count})")
    checks.expect(told == "The site answered status 503.", f"the last one's outcome came: {told}")
    site.behave("slow")


def outlives_redis(system, checks):
    system.redis.terminate()  # Redis writes its log of commands out and ends.
    system.redis.wait()
    status, body = system.get("/api/search/start?q=x")
    checks.expect(status == 503, f"without Redis: {status}, {body['error']['message']}")
    system.redis = system.start_redis()
    _, is_complete = system.wait_for(system.begin("back again"), 2)
    checks.expect(is_complete, "web server and workers found Redis again")


def main(program):
    checks = Checks()
    with tempfile.TemporaryDirectory() as folder:
        site = Site()
        system = System(program, pathlib.Path(folder), site.url(), workers=2)
        try:
            searches(system, checks)
            refuses(system, checks)
            survives_killed_workers(system, site, checks)
            tries_again(system, site, checks)
            outlives_redis(system, checks)
            site.behave("slow", delay=10.0)
            system.begin("stop")
            wait_until(lambda: system.state()["running"] == 1)
        finally:
            statuses, took = system.stop()
        checks.expect(statuses == [0, 0], f"master and web server ended well ({statuses})")
        checks.expect(took < 10, f"in the midst of a fetch they stopped in {took:.1f} s")
    return 1 if checks.failed else 0


sys.exit(main(sys.argv[1]))
