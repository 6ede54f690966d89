"""Figures for a collector of OpenTelemetry: what is there goes out when the program ends.

usage: otlp_test.py PROGRAM
"""

import http.server
import json
import sys
import tempfile
import threading

from running_livesearch import Checks, RunningLivesearch


class Collector(http.server.BaseHTTPRequestHandler):
    taken = []

    def do_POST(self):  # The name that BaseHTTPRequestHandler calls.
        body = self.rfile.read(int(self.headers["Content-Length"]))
        Collector.taken.append((self.path, json.loads(body)))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


def main(program):
    checks = Checks()
    collector = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=collector.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as state:
        app = RunningLivesearch(
            program, "--otlp", f"http://127.0.0.1:{collector.server_port}", state=state
        )
        status = app.stop()
    collector.shutdown()
    checks.expect(status == 0, f"exit status 0 (was {status})")
    checks.expect(Collector.taken, "something was sent")
    for path, body in Collector.taken:
        checks.expect(path == "/v1/metrics", f"to /v1/metrics (was {path})")
        sent = body["resourceMetrics"][0]
        service = sent["resource"]["attributes"][0]["value"]["stringValue"]
        checks.expect(service == "livesearch", f"as livesearch (was {service})")
        names = [each["name"] for each in sent["scopeMetrics"][0]["metrics"]]
        checks.expect("genstage_processes" in names, f"with its processes (were {names})")
    return checks.finish()


sys.exit(main(sys.argv[1]))
