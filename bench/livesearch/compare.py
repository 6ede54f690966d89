#!/usr/bin/env python3
"""Measures what livesearch costs, beside a loop over curl's multi handle in the same run.

usage: bench/livesearch/compare.py [--quick] [--json FILE] [--only ROW] [--programs FOLDER]

Builds the preset bench, starts five sites of each format on loopback, livesearch in front of them,
and those who search; prints a table. Cache and shared requests play no part: no site keeps answers,
and no two queries are the same. Takes about 6 minutes; leave the machine alone meanwhile.

  --quick            all of it in seconds, to see that it works; its figures say nothing
  --json FILE        the figures as JSON as well
  --only ROW         one of: latency cpu saturation slow raise hang idle streams
  --programs FOLDER  a folder that is built already, instead of building build/bench
"""

import argparse
import json
import os
import platform
import resource
import sys
import time
from pathlib import Path
from statistics import median

from programs import Bench, build_programs

FORMATS = ("json", "html")
DELAY_MS = 50
CLIENTS = 16  # of the rows that want several
MOST_CLIENTS = 64  # A lane takes as many requests at once, but where a row says otherwise.
WARM_UP_S = 0.5


class Table:
    """Rows of figures; each with what SearXNG was measured with, the bound, ours and the loop's."""

    def __init__(self):
        self.rows = []

    def add(self, figure, unit, ours, bare=None, bound=None, most_ratio=None, searxng=None,
            more=None, ratio=None):
        least = bound is not None and bound < 0  # A negative bound is one from below.
        if ratio is None and ours is not None and bare:
            ratio = ours / bare
        met = ours is not None
        if bound is not None and met:
            met = ours >= -bound if least else ours <= bound
        if most_ratio is not None and met:
            met = ratio is not None and ratio <= most_ratio
        self.rows.append({
            "figure": figure, "unit": unit, "searxng": searxng, "ours": ours, "bare_loop": bare,
            "ratio": ratio, "bound": abs(bound) if bound is not None else None,
            "bound_is": None if bound is None else "at least" if least else "at most",
            "most_ratio": most_ratio,
            "met": met if bound is not None or most_ratio is not None else None,
            "more": more,
        })
        print(self.line(self.rows[-1]), flush=True)

    @staticmethod
    def line(row):
        def number(value):
            if value is None:
                return "–"
            return f"{value:.0f}" if abs(value) >= 100 else f"{value:.2f}"

        bound = "–" if row["bound"] is None else f"{row['bound_is']} {row['bound']:g}"
        if row["most_ratio"] is not None:
            bound += f", {row['most_ratio']:g} × loop"
        met = {None: "", True: "met", False: "MISSED"}[row["met"]]
        return (f"| {row['figure']} | {row['unit']} | {row['searxng'] or '–'} | {bound} | "
                f"{number(row['ours'])} | {number(row['bare_loop'])} | {number(row['ratio'])} | "
                f"{met} |")

    HEAD = ("| figure | unit | SearXNG | bound | livesearch | loop | ratio | |\n"
            "|---|---|--:|---|--:|--:|--:|---|")


def check(told, what):
    """A measurement whose searches went wrong is none."""
    if told["broken"] or told["refused"] or not told["searches"]:
        raise RuntimeError(f"{what}: {told['searches']} searches went well, {told['broken']} broke "
                           f"and {told['refused']} were refused")
    if told["sites_with_results"] < 4:
        raise RuntimeError(f"{what}: {told['sites_with_results']:.2f} sites had results")
    return told


def latency(bench, table, quick):
    """One client: what is added to the sites' 50 ms until the last result."""
    seconds = 0.3 if quick else 8
    for form, bound, searxng in (("json", 2, "17.5"), ("html", 4, "32.5")):
        bench.set(delay_ms=DELAY_MS)
        server = bench.livesearch(form, concurrency=MOST_CLIENTS)
        bench.searchers(server, seconds=WARM_UP_S).result()  # Connections and caches.
        ours = check(bench.searchers(server, seconds=seconds).result(), "latency")
        whole = check(bench.searchers(server, seconds=seconds, document=True).result(), "latency")
        server.stop()
        bare = check(bench.bare_loop(form, seconds=seconds).result(), "latency")
        for how, told in (("stream", ours), ("document", whole)):
            table.add(f"added latency, one client, p50, {form.upper()} sites, {how}", "ms",
                      told["all_ms"]["p50"] - DELAY_MS, bare["all_ms"]["p50"] - DELAY_MS, bound,
                      searxng=searxng, more=told)


def cost_of(server, load):
    """Milliseconds of processor for each search of a load."""
    before = server.cpu_s()
    told = check(load(), "cpu")
    return 1000 * (server.cpu_s() - before) / told["searches"]


def children_s():
    """Processor time of the programs that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def bare_cost(bench, form, **options):
    """The loop searches by itself: its own processor time, of which the start is a part."""
    before = children_s()
    told = check(bench.bare_loop(form, **options).result(), "cpu")
    return 1000 * (children_s() - before) / told["searches"]


def cpu(bench, table, quick):
    """16 clients, so that neither is idle nor saturated. In turn and several times, as the machine
    is not as fast at all times: the medians, and the median of the rounds' ratios."""
    rounds = 1 if quick else 7
    load = dict(clients=CLIENTS, seconds=0.3 if quick else 3)
    for form, bound, searxng in (("json", 1.2, "22"), ("html", 2.5, "43")):
        bench.set(delay_ms=DELAY_MS)
        server = bench.livesearch(form, concurrency=MOST_CLIENTS)
        bench.searchers(server, clients=CLIENTS, seconds=WARM_UP_S).result()
        costs = {"stream": [], "document": [], "loop": []}
        for _ in range(rounds):
            costs["stream"].append(cost_of(server, bench.searchers(server, **load).result))
            costs["loop"].append(bare_cost(bench, form, **load))
            costs["document"].append(
                cost_of(server, bench.searchers(server, document=True, **load).result))
        server.stop()
        for how in ("stream", "document"):
            ratios = [ours / bare for ours, bare in zip(costs[how], costs["loop"])]
            table.add(f"processor time of a 5-site search, {form.upper()} sites, {how}", "ms",
                      median(costs[how]), median(costs["loop"]), bound, 2.5, searxng=searxng,
                      ratio=median(ratios),
                      more={"rounds": rounds, "ours": costs[how], "loop": costs["loop"],
                            "ratios": ratios})


def saturation(bench, table, quick):
    """As many searches as go through, with 64 clients that wait for each other's turns."""
    seconds = 0.5 if quick else 8
    for form, bound, searxng in (("json", -500, "45"), ("html", None, None)):
        bench.set(delay_ms=DELAY_MS)
        server = bench.livesearch(form, concurrency=MOST_CLIENTS)
        load = dict(clients=MOST_CLIENTS, seconds=seconds)
        bench.searchers(server, clients=MOST_CLIENTS, seconds=WARM_UP_S).result()
        before = server.cpu_s()
        streams = check(bench.searchers(server, **load).result(), "saturation")
        busy = (server.cpu_s() - before) / seconds
        documents = check(bench.searchers(server, document=True, **load).result(), "saturation")
        by_wrk = bench.wrk(server, clients=load["clients"], seconds=seconds)
        server.stop()
        bare = check(bench.bare_loop(form, **load).result(), "saturation")
        for how, told in (("stream", streams), ("document", documents)):
            table.add(f"searches a second at saturation, {form.upper()} sites, {how}", "1/s",
                      told["per_second"], bare["per_second"], bound, searxng=searxng,
                      more=told | {"processors": busy})
        if by_wrk is not None:
            table.add(f"searches a second at saturation, {form.upper()} sites, document, by wrk",
                      "1/s", by_wrk, bare["per_second"], bound, searxng=searxng)


def slow_ms(quick):
    return 200 if quick else 1000


def slow_sites(bench, server, clients):
    return bench.searchers(server, clients=clients, spread=1, searches=1, seconds=1)


def slow(bench, table, quick):
    """300 clients come in one second; each site takes one."""
    clients = 20 if quick else 300
    bench.set(delay_ms=slow_ms(quick))
    server = bench.livesearch("json", concurrency=2048)
    bench.searchers(server, clients=4, searches=1).result()
    ours = check(slow_sites(bench, server, clients).result(), "slow")
    server.stop()
    bare = check(bench.bare_loop("json", clients=clients, spread=1, searches=1, seconds=1).result(),
                 "slow")
    for which, name, bound in (("first_ms", "first result", 1100), ("all_ms", "all results", 1500)):
        table.add(f"sites take 1 s, {clients} clients in 1 s: {name}, p99", "ms",
                  ours[which]["p99"], bare[which]["p99"], bound,
                  searxng="3.2 to 16.8 searches/s", more=ours)


def raise_clients(bench, table, quick):
    """Clients are doubled until answers are late, refused or missing."""
    bench.set(delay_ms=slow_ms(quick))
    server = bench.livesearch("json", concurrency=4096)
    bench.searchers(server, clients=4, searches=1).result()
    clients = 40 if quick else 300
    kept = 0
    while clients <= (40 if quick else 9600):
        told = slow_sites(bench, server, clients).result()
        lost = told["broken"] + told["refused"]
        late = not told["searches"] or told["all_ms"]["p99"] > 1500
        few = told["sites_with_results"] < 4.999
        if lost or late or few:
            reasons = [f"{told['refused']} refused"] * bool(told["refused"])
            reasons += [f"{told['broken']} broken"] * bool(told["broken"])
            if told["searches"]:
                reasons += [f"all results p99 {told['all_ms']['p99']:.0f} ms"] * late
            reasons += [f"{told['sites_with_results']:.2f} sites with results"] * few
            print(f"  {clients} clients in 1 s fail: {', '.join(reasons)}")
            break
        kept = clients
        clients *= 2
        time.sleep(0 if quick else 1)
    table.add("sites take 1 s: most clients in 1 s whose results' p99 is within 1.5 s", "clients",
              kept, more=told)
    server.stop()


def hang(bench, table, quick):
    """One site of five hangs: the results of the other four, beside a run in which none does."""
    seconds = 0.5 if quick else 10
    load = dict(clients=CLIENTS, seconds=seconds, except_site="json4")
    limit_ms = 2000 if quick else 3000
    bench.set(delay_ms=DELAY_MS)

    def others(measure):
        bench.set("json4", mode="answer", delay_ms=DELAY_MS)
        without = measure()
        bench.set("json4", mode="hang")
        hanging = measure()
        return hanging["others_ms"]["p95"], without["others_ms"]["p95"], hanging

    server = bench.livesearch("json", limit=f"{limit_ms}ms", concurrency=MOST_CLIENTS)
    bench.searchers(server, clients=CLIENTS, seconds=WARM_UP_S).result()
    ours, before, told = others(lambda: bench.searchers(server, **load).result())
    server.stop()
    bare, bare_before, _ = others(
        lambda: bench.bare_loop("json", limit_ms=limit_ms, **load).result())
    table.add("one of five sites hangs, 16 clients: other sites' results, p95, later by", "ms",
              ours - before, bare - bare_before if bare - bare_before > 0.05 else None, 5,
              searxng="page after 3240 ms",
              more=told | {"p95_without": before, "p95_hanging": ours})
    bench.set(mode="answer", delay_ms=DELAY_MS)


def idle(bench, table, quick):
    """As it is installed, with its demonstration and public sites; and after searches."""
    server = bench.livesearch("json", own_sites=False)
    time.sleep(0.5 if quick else 3)
    table.add("memory idle, as installed", "MiB", server.rss_mib(), bound=30,
              searxng="100 a worker")
    server.stop()
    bench.set(delay_ms=DELAY_MS)
    server = bench.livesearch("json")
    table.add("memory idle, five sites, 512 requests at once each", "MiB", server.rss_mib())
    bench.searchers(server, clients=CLIENTS, seconds=0.3 if quick else 4).result()
    time.sleep(0.5 if quick else 3)
    table.add("the same after 16 clients have searched", "MiB", server.rss_mib())
    server.stop()


def streams(bench, table, quick):
    """Each stream has four sites' results and waits for the fifth, which hangs."""
    # Two descriptors each: fewer streams where the system allows fewer files.
    count = 50 if quick else min(10_000, (bench.files_allowed - 400) // 2)
    spread = 0.5 if quick else 30
    bench.set(delay_ms=DELAY_MS)
    bench.set("json4", mode="hang")
    server = bench.livesearch("json", limit="60s", but={"json4": count})
    empty = server.rss_mib()
    load = bench.searchers(server, clients=count, spread=spread, searches=1, seconds=1)
    time.sleep(spread + (0.5 if quick else 5))
    patience = time.monotonic() + 20
    while server.descriptors() < 2 * count and time.monotonic() < patience:
        time.sleep(0.5)
    full = server.rss_mib()
    held = server.descriptors()
    load.process.kill()
    load.process.wait()
    time.sleep(0.5 if quick else 3)
    after = server.rss_mib()
    server.stop()
    if held < 2 * count:
        raise RuntimeError(f"streams: {held} descriptors are open, {2 * count} were expected")
    loop = bench.bare_loop("json", clients=count, spread=spread / 2, searches=1, seconds=1,
                           limit_ms=60_000)
    time.sleep(spread / 2 + (0.2 if quick else 1))
    bare = loop.rss_mib()
    loop.process.kill()
    loop.process.wait()
    bench.set(mode="answer", delay_ms=DELAY_MS)
    table.add(f"memory with {count} open streams", "MiB", full, bare, 400,
              more={"before": empty, "after_all_left": after, "descriptors": held})


ROWS = {"latency": latency, "cpu": cpu, "saturation": saturation, "slow": slow,
        "raise": raise_clients, "hang": hang, "idle": idle, "streams": streams}


def machine():
    model = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").open()
                  if line.startswith("model name")), platform.machine())
    return f"{os.cpu_count()} × {model}, {platform.system()} {platform.release()}"


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1].removeprefix("usage: "))
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json")
    parser.add_argument("--only", choices=ROWS)
    parser.add_argument("--programs")
    options = parser.parse_args()
    if options.programs is None:
        build_programs()
    table = Table()
    print(f"{machine()}; sites answer after {DELAY_MS} ms\n\n{Table.HEAD}", flush=True)
    with Bench(options.programs) as bench:
        for name, measure in ROWS.items():
            if options.only in (None, name):
                measure(bench, table, options.quick)
    if options.json:
        document = {"machine": machine(), "quick": options.quick, "rows": table.rows}
        Path(options.json).write_text(json.dumps(document, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
