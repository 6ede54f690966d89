#!/usr/bin/env python3
"""Is the collector that the program is told, and wants the spans it made, one beneath the other.

    traced_test.py PROGRAM
"""
import http.server
import json
import re
import subprocess
import sys
import threading

TRACE = "0af7651916cd43dd8448eb211c80319c"
REQUEST = "b7ad6b7169203331"


class Collector(http.server.BaseHTTPRequestHandler):
    spans = {}

    def do_POST(self):  # The name that BaseHTTPRequestHandler calls.
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        for resource in body.get("resourceSpans", []):
            for each in resource["scopeSpans"][0]["spans"]:
                Collector.spans[each["name"]] = each
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


def main():
    collector = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=collector.serve_forever, daemon=True).start()
    done = subprocess.run([sys.argv[1], f"http://127.0.0.1:{collector.server_port}"],
                          capture_output=True, text=True, timeout=50, check=False)
    collector.shutdown()
    said = re.fullmatch(rf"packing 3 orders, traceparent: 00-{TRACE}-([0-9a-f]{{16}})-01\n",
                        done.stdout)
    if done.returncode != 0 or not said:
        sys.exit(f"it ended with {done.returncode} and said {done.stdout!r}\n{done.stderr}")
    read = Collector.spans.get("read orders")
    packed = [each for each in Collector.spans.values() if each["spanId"] == said[1]]
    if read is None or len(packed) != 1:
        sys.exit(f"the collector was told {Collector.spans}")
    if read["attributes"] != [{"key": "orders", "value": {"intValue": "3"}}]:
        sys.exit(f"it read {read['attributes']}")
    for each in (read, packed[0]):
        if each["traceId"] != TRACE or each["traceState"] != "rojo=00f067aa0ba902b7":
            sys.exit(f"is not of the request's trace: {each}")
    if read["parentSpanId"] != REQUEST or packed[0]["parentSpanId"] != read["spanId"]:
        sys.exit(f"are not one beneath the other: {Collector.spans}")
    print(f"read orders, and beneath it {packed[0]['name']}")


if __name__ == "__main__":
    main()
