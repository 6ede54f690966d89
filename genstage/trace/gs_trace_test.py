#!/usr/bin/env python3
"""Plays gs-trace on a file that is made here, from the documented format alone."""
import json
import os
import struct
import subprocess
import sys
import tempfile
import unittest

PROGRAM = sys.argv.pop(1)
NUMBERS, PRINTED = (3, 1), (4, 2)


def word(pid):
    return pid[1] << 32 | pid[0]


def text(words):
    encoded = words.encode()
    return struct.pack("<I", len(encoded)) + encoded


def record(order, kind, about, count):
    return struct.pack("<QQQIBBH", order, about, count, NUMBERS[0], kind, 0, NUMBERS[1])


def trace(records, missing=0):
    names = ["", "int"]
    processes = [(NUMBERS, "numbers"), (PRINTED, "printed")]
    return b"".join([
        b"gstrace2", struct.pack("<Q", 0),
        struct.pack("<I", len(names)), *map(text, names),
        struct.pack("<I", len(processes)),
        *(struct.pack("<II", *pid) + text(name) for pid, name in processes),
        struct.pack("<I", 1), struct.pack("<QQQI", 17, word(NUMBERS), word(PRINTED), 1),
        struct.pack("<I", 1), struct.pack("<BQQ", 0, len(records) + missing, 0),
        struct.pack("<Q", len(records)), *records])


ASK, DELIVERY = 0, 1
TALK = trace([record(1_000_000, ASK, 17, 100), record(1_000_500, DELIVERY, 17, 60),
              record(99_000_000, DELIVERY, 17, 40)])


class GsTraceTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = os.path.join(folder.name, "a.gstrace")

    def run_on(self, content, *arguments):
        with open(self.file, "wb") as file:
            file.write(content)
        done = subprocess.run([PROGRAM, arguments[0], self.file, *arguments[1:]],
                              capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr

    def test_says_how_many_records_are_missing(self):
        _, out, _ = self.run_on(trace([record(1, ASK, 17, 1)], missing=9), "print")
        self.assertTrue(out.endswith("9 records are missing, as only the last ones of each thread "
                                     "are kept\n"), out)

    def test_prints_a_line_for_each_record(self):
        status, out, _ = self.run_on(TALK, "print")
        self.assertEqual(status, 0)
        self.assertEqual(out.splitlines()[1].strip(),
                         "0.000500 ms  numbers sends printed 60 events (s17)")

    def test_tells_a_subscription_as_the_slides_do(self):
        status, out, _ = self.run_on(TALK, "conversation", "--subscription", "17")
        self.assertEqual(status, 0)
        self.assertEqual(out, 'numbers -> printed (int)\n\n'
                              'Consumer: "I can process 100 events"\n'
                              'Producer: "For now, take all the 60 events I have"\n'
                              '[later]\n'
                              'Producer: "Here are the other 40 events"\n')

    def test_lists_the_subscriptions_that_speak(self):
        status, out, _ = self.run_on(TALK, "conversation")
        self.assertEqual(status, 0)
        self.assertIn("s17  numbers -> printed (int): 3 lines\n", out)

    def test_exports_json_that_trace_viewers_read(self):
        into = self.file + ".json"
        status, out, _ = self.run_on(TALK, "chrome", "-o", into)
        self.assertEqual((status, out), (0, ""))
        with open(into, encoding="utf-8") as file:
            events = json.load(file)["traceEvents"]
        self.assertEqual([each["args"]["outstanding"] for each in events if each["ph"] == "C"],
                         [100, 40, 0])

    def test_names_the_file_and_what_is_wrong_with_it(self):
        status, out, said = self.run_on(TALK[:-5], "print")
        self.assertEqual((status, out), (1, ""))
        self.assertIn(f"gs-trace: trace {self.file}: at byte", said)
        status, _, said = self.run_on(TALK, "conversation", "--subscription", "18")
        self.assertEqual(status, 1)
        self.assertIn("s18: nothing is said in that subscription", said)


if __name__ == "__main__":
    unittest.main()
