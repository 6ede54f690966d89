"""Runs the comparison and a soak in a fraction of the time, so that they stay alive: every row has
its figures, and what was measured is what it says."""

import json
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROGRAMS = sys.argv.pop()


class Comparison(unittest.TestCase):
    def test_every_row_has_its_figure_and_that_of_the_loop(self):
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "figures.json"

            run = subprocess.run(
                [sys.executable, HERE / "compare.py", "--quick", "--programs", PROGRAMS,
                 "--json", out], capture_output=True, text=True)

            self.assertEqual(run.returncode, 0, run.stderr + run.stdout)
            rows = {row["figure"]: row for row in json.loads(out.read_text())["rows"]}
            self.assertEqual(len(rows), 22 if shutil.which("wrk") else 20)
            for figure, row in rows.items():
                self.assertIsNotNone(row["ours"], figure)
                if "latency" in figure or "processor" in figure or "a second" in figure:
                    self.assertIsNotNone(row["bare_loop"], figure)
            slow = next(row for figure, row in rows.items() if "first result, p99" in figure)
            self.assertGreaterEqual(slow["ours"], 200, "the sites took as long")

    def test_a_soak_writes_a_sample_a_second_and_its_verdict(self):
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "soak.csv"

            run = subprocess.run(
                [sys.executable, HERE / "soak.py", "--seconds", "3", "--sample-s", "1",
                 "--programs", PROGRAMS, "--csv", out], capture_output=True, text=True)

            self.assertEqual(run.returncode, 0, run.stderr + run.stdout)
            lines = out.read_text().splitlines()
            self.assertEqual(lines[0], "seconds,rss_mib,descriptors,threads,processors,searches")
            self.assertGreaterEqual(len(lines), 3)
            self.assertIn("searches went well", run.stdout)


if __name__ == "__main__":
    unittest.main()
