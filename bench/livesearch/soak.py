#!/usr/bin/env python3
"""Searches at saturation for long, and watches what livesearch holds.

usage: bench/livesearch/soak.py [--seconds N] [--sample-s N] [--csv FILE] [--programs FOLDER]

64 searchers by streams, one of whose searches in seven is left after 20 ms, and 16 who come
anew every ten seconds for whole documents. Now and then a site hangs, fails or sends garbage for
a while. Writes a sample each ten seconds, and at the end whether memory, descriptors or threads
grew after the first fifth, in which caches and pools fill.

  --seconds N        how long; 1200 unless given
  --sample-s N       between two samples; 10 unless given
  --csv FILE         the samples; soak.csv unless given
  --programs FOLDER  a folder that is built already, instead of building build/bench
"""

import argparse
import itertools
import statistics
import sys
import time
from pathlib import Path

from programs import Bench, build_programs

FIELDS = ("seconds", "rss_mib", "descriptors", "threads", "processors", "searches")
TROUBLES = ("hang", "error", "garbage", "reset", "dribble")


def searched(server):
    """What came of the first site's parts, as the lanes count it."""
    return sum(int(float(line.rsplit(" ", 1)[1])) for line in server.get("/metrics").splitlines()
               if line.startswith("livesearch_") and "outcome=" in line and 'site="json0"' in line)


def sample(server, started, before):
    now = time.monotonic()
    taken = {"seconds": round(now - started, 1), "rss_mib": round(server.rss_mib(), 1),
             "descriptors": server.descriptors(), "threads": server.threads(),
             "at": now, "cpu_s": server.cpu_s(), "searches": searched(server)}
    lasted = now - before["at"] if before else 0
    taken["processors"] = round((taken["cpu_s"] - before["cpu_s"]) / lasted, 2) if before else 0
    return taken


def middle(samples, field):
    return statistics.median(each[field] for each in samples)


def growth(samples):
    """The median of the last fifth beside that of the second one."""
    fifth = max(1, len(samples) // 5)
    early, late = samples[fifth:2 * fifth] or samples[:1], samples[-fifth:]
    return {field: (middle(early, field), middle(late, field))
            for field in ("rss_mib", "descriptors", "threads")}


def soak(bench, seconds, sample_s, csv):
    bench.set(delay_ms=50)
    server = bench.livesearch("json", limit="3s", concurrency=128)
    streams = bench.searchers(server, clients=64, seconds=seconds, leave_every=7,
                              leave_after_ms=20)
    started = time.monotonic()
    samples = []
    guests = None
    troubles = itertools.cycle(TROUBLES)
    with open(csv, "w") as out:
        out.write(",".join(FIELDS) + "\n")
        next_sample, turn = started + sample_s, 0
        while time.monotonic() < started + seconds - 0.5:
            if guests is None or guests.process.poll() is not None:
                guests = bench.searchers(server, clients=16, document=True,
                                         seconds=min(10, max(1, seconds / 3)))
            time.sleep(max(0, min(next_sample, started + seconds) - time.monotonic()))
            samples.append(sample(server, started, samples[-1] if samples else None))
            out.write(",".join(str(samples[-1][field]) for field in FIELDS) + "\n")
            out.flush()
            next_sample += sample_s
            turn += 1
            # Of three times, one is troubled.
            if turn % 3 == 1:
                bench.set("json3", mode=next(troubles), delay_ms=50)
            elif turn % 3 == 2:
                bench.set("json3", mode="answer", delay_ms=50)
    told = streams.result()
    guests.process.wait()
    status = server.stop()
    return samples, told, status


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1].removeprefix("usage: "))
    parser.add_argument("--seconds", type=float, default=1200)
    parser.add_argument("--sample-s", type=float, default=10)
    parser.add_argument("--csv", default="soak.csv")
    parser.add_argument("--programs")
    options = parser.parse_args()
    if options.programs is None:
        build_programs()
    with Bench(options.programs) as bench:
        samples, told, status = soak(bench, options.seconds, options.sample_s, Path(options.csv))
    print(f"{told['searches']} searches went well, {told['left']} were left, "
          f"{told['broken']} broke, {told['refused']} were refused; it ended with status {status}")
    print("| what | second fifth | last fifth | growth |\n|---|--:|--:|--:|")
    grew = False
    for field, (early, late) in growth(samples).items():
        change = 100 * (late / early - 1) if early else 0
        grew = grew or change > 10
        print(f"| {field} | {early:g} | {late:g} | {change:+.1f} % |")
    return 1 if told["broken"] or status != 0 or (grew and options.seconds >= 600) else 0


if __name__ == "__main__":
    sys.exit(main())
