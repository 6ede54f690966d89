"""Figures and spans for a collector of OpenTelemetry: what is there goes out when the program ends.

usage: otlp_test.py PROGRAM
"""

import json
import sys
import tempfile
import urllib.request

from running_livesearch import Checks, RunningLivesearch, collector

TRACE = "0af7651916cd43dd8448eb211c80319c"
SEARCHER = "b7ad6b7169203331"


def search(livesearch):
    asked = urllib.request.Request(
        f"{livesearch.url}/api/search?q=stage&site=handbook",
        headers={"traceparent": f"00-{TRACE}-{SEARCHER}-01", "tracestate": "rojo=1"})
    with urllib.request.urlopen(asked, timeout=60) as answer:
        json.load(answer)


def service_of(resource):
    return resource["resource"]["attributes"][0]["value"]["stringValue"]


def check_figures(checks, bodies):
    checks.expect(bodies, "figures were sent")
    for body in bodies:
        sent = body["resourceMetrics"][0]
        service = service_of(sent)
        checks.expect(service == "livesearch", f"as livesearch (was {service})")
        names = [each["name"] for each in sent["scopeMetrics"][0]["metrics"]]
        checks.expect("genstage_processes" in names, f"with its processes (were {names})")


def check_spans(checks, bodies):
    spans = {each["name"]: each for body in bodies
             for scope in body["resourceSpans"][0]["scopeSpans"] for each in scope["spans"]}
    checks.expect(set(spans) == {"search", "ask handbook"}, f"spans were sent: {set(spans)}")
    checks.expect(all(service_of(body["resourceSpans"][0]) == "livesearch" for body in bodies),
                  "as livesearch")
    checks.expect(all(each["traceId"] == TRACE and each["traceState"] == "rojo=1"
                      for each in spans.values()), "of the searcher's trace")
    checks.expect(spans["search"]["parentSpanId"] == SEARCHER, "the search is under the searcher")
    checks.expect(spans["ask handbook"]["parentSpanId"] == spans["search"]["spanId"],
                  "the site is under the search")
    facts = {each["key"]: each["value"]
             for each in spans["ask handbook"]["attributes"]}
    checks.expect(facts["livesearch.outcome"] == {"stringValue": "results"} and
                  facts["http.response.status_code"] == {"intValue": "200"},
                  f"and says how it went: {facts}")


def main(program):
    checks = Checks()
    with tempfile.TemporaryDirectory() as state, collector() as (url, taken):
        app = RunningLivesearch(program, "--otlp", url, state=state)
        search(app)
        status = app.stop()
    checks.expect(status == 0, f"exit status 0 (was {status})")
    check_figures(checks, [body for path, body in taken if path == "/v1/metrics"])
    check_spans(checks, [body for path, body in taken if path == "/v1/traces"])
    return checks.finish()


sys.exit(main(sys.argv[1]))
