"""Starts and stops the programs of the measurements, and reads what they cost."""

import json
import os
import re
import resource
import shutil
import signal
import subprocess
import tempfile
import threading
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

ANSWERS = {
    "json": """  format: json
  results: "data[*]"
  title: "title"
  url: "links.html"
  snippet: "summary"
""",
    "html": """  format: html
  results: {css: "ol.hits > li.hit"}
  title: {css: "a.title"}
  url: {css: "a.title", attribute: href}
  snippet: {css: "p.excerpt"}
""",
}

DEFINITION = """name: {id}
homepage: "{url}/"
network: loopback
request:
  url: "{url}/search?q={{query}}"
limits: {{time: {limit}, concurrency: {concurrency}, rate: 1000, retries: 0}}
answer:
{answer}"""


def allow_many_files(count=65536):
    """Two descriptors for each open stream. Returns how many the machine allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for wanted in (max(count, hard), hard):
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, wanted))
            return wanted
        except (ValueError, OSError):
            continue
    return soft


class Server:
    """A program that says where it is ready, and runs until it is stopped."""

    def __init__(self, command, environment=None):
        self.said = []
        self.process = subprocess.Popen(
            [str(each) for each in command],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=os.environ | (environment or {}),
        )
        self.url = None
        for line in self.process.stdout:
            self.said.append(line)
            found = re.search(r"ready on (http://\S+)", line)
            if found:
                self.url = found[1]
                break
        if self.url is None:
            raise RuntimeError(f"{command[0]}: not started; it said: {''.join(self.said)}")
        threading.Thread(target=lambda: self.said.extend(self.process.stdout), daemon=True).start()

    @property
    def port(self):
        return int(self.url.rsplit(":", 1)[1])

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return answer.read().decode()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        return self.process.returncode

    # What it costs.

    def cpu_s(self):
        """Processor time of the threads that it has now, to the microsecond."""
        tasks = Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        return sum(int(each.read_text().split()[0]) for each in tasks) / 1e9

    def status(self):
        return Path(f"/proc/{self.process.pid}/status").read_text()

    def rss_mib(self):
        return int(re.search(r"VmRSS:\s+(\d+)", self.status())[1]) / 1024

    def threads(self):
        return int(re.search(r"Threads:\s+(\d+)", self.status())[1])

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))


class Running(Server):
    """A program that ends by itself with one JSON document, while something is read from it."""

    def __init__(self, command):
        self.process = subprocess.Popen(
            [str(each) for each in command], stdout=subprocess.PIPE, text=True
        )

    def result(self):
        text, _ = self.process.communicate()
        if self.process.returncode != 0:
            raise RuntimeError(f"{self.process.args[0]}: ended with {self.process.returncode}")
        return json.loads(text.splitlines()[-1])


class Bench:
    """The sites, and livesearch in front of them, as the preset bench or a folder has them."""

    def __init__(self, programs=None):
        self.files_allowed = allow_many_files()
        self.build = Path(programs).resolve() if programs else ROOT / "build" / "bench"
        self.folder = Path(tempfile.mkdtemp(prefix="livesearch_bench_"))
        self.sites = Server([self.build / "bench/livesearch/load_sites"])
        self.addresses = json.loads(self.sites.get("/sites"))
        self.started = [self.sites]

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        for each in reversed(self.started):
            if each.process.poll() is None:
                each.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def set(self, site="all", mode="answer", delay_ms=0):
        self.sites.get(f"/set?site={site}&mode={mode}&delay_ms={delay_ms}")

    def ids(self, form):
        return sorted(each for each in self.addresses if each.startswith(form))

    def livesearch(self, form, limit="10s", concurrency=512, own_sites=True, but=None):
        """livesearch with the sites of one format; without `own_sites`, as it is installed. `but`
        names sites that may be asked by another number of requests at once."""
        state = Path(tempfile.mkdtemp(dir=self.folder))
        command = [self.build / "livesearch/cli/livesearch", "serve", "--port", 0, "--offline"]
        if own_sites:
            for each in self.ids(form):
                (state / f"{each}.yaml").write_text(
                    DEFINITION.format(
                        id=each,
                        url=self.addresses[each],
                        limit=limit,
                        concurrency=(but or {}).get(each, concurrency),
                        answer=ANSWERS[form],
                    )
                )
            command += ["--sites-folder", state, "--no-demo", "--no-public"]
        made = Server(command, {"LIVESEARCH_STATE": str(state)})
        self.started.append(made)
        return made

    def searchers(self, livesearch, **options):
        return Running([self.build / "bench/livesearch/load_searchers", "--port", livesearch.port]
                       + words_of(options))

    def wrk(self, livesearch, clients, seconds):
        """Documents asked for in a closed loop by Debian's wrk: searches a second that went well,
        or None where wrk is not installed."""
        if shutil.which("wrk") is None:
            return None
        script = ROOT / "bench/livesearch/unique.lua"
        command = ["wrk", "-t1", f"-c{clients}", f"-d{max(1, round(seconds))}s", "--timeout", "20s",
                   "-s", str(script), f"http://127.0.0.1:{livesearch.port}"]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        for wrong in ("Non-2xx", "Socket errors"):
            if wrong in told:
                raise RuntimeError(f"wrk: searches went wrong; it said: {told}")
        return float(re.search(r"Requests/sec:\s+([\d.]+)", told)[1])

    def bare_loop(self, form, **options):
        command = [self.build / "bench/livesearch/load_bare_loop"]
        if options.get("except_site"):
            options["except_site"] = self.addresses[options["except_site"]]
        for each in self.ids(form):
            command += ["--site", self.addresses[each]]
        return Running(command + words_of(options))


def words_of(options):
    """Options as a command line has them: leave_every=7 is --leave-every 7."""
    words = []
    for name, value in options.items():
        if value is None or value is False:
            continue
        words.append("--" + name.removesuffix("_site").replace("_", "-"))
        if value is not True:
            words.append(str(value))
    return words


def build_programs():
    """Installs what is missing and builds the preset bench, as bench/story.sh does."""
    script = (
        "source tools/setup/setup.sh && "
        'ensure_packages "$setup_packages/build.txt" "$setup_packages/bench.txt" && ensure_node && '
        "build_preset bench load_programs"
    )
    subprocess.run(["bash", "-c", script], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
