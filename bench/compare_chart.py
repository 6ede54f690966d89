#!/usr/bin/env python3
"""Draws what bench/compare.sh --json has measured.

    python3 bench/compare_chart.py compare.json docs/performance.svg ['max (1|1000)$']

The pattern chooses workloads. One group of bars for each workload, on a logarithmic scale; the thin
line is from the slowest to the fastest round.
"""

import json
import math
import re
import sys
from xml.sax.saxutils import escape

WIDTH, LEFT, RIGHT = 760, 190, 70
BAR, GAP, GROUP_GAP = 13, 3, 30
COLOURS = {"ours": "#1f6f4a", "peer": "#8a8f98", "limit": "#c9a24b"}


def text(x, y, words, **style):
    given = "".join(f' {key.replace("_", "-")}="{value}"' for key, value in style.items())
    return f'<text x="{x:.1f}" y="{y:.1f}"{given}>{escape(words)}</text>'


def scale(rows):
    """From a rate to a place on the axis, and the powers of ten that it shows."""
    low = math.floor(math.log10(min(row["least"] for row in rows)))
    high = math.ceil(math.log10(max(row["most"] for row in rows)))
    width = WIDTH - LEFT - RIGHT

    def place(rate):
        return LEFT + (math.log10(rate) - low) / (high - low) * width

    return place, range(low, high + 1)


def bars(name, rows, top, place):
    drawn = [text(0, top - 8, name, font_weight="bold")]
    for index, row in enumerate(sorted(rows, key=lambda row: -row["median"])):
        y = top + index * (BAR + GAP)
        end, middle = place(row["median"]), y + BAR / 2
        drawn += [
            text(LEFT - 8, y + BAR - 3, row["system"], text_anchor="end"),
            f'<rect x="{LEFT}" y="{y}" width="{end - LEFT:.1f}" height="{BAR}" '
            f'fill="{COLOURS[row["kind"]]}"/>',
            f'<line x1="{place(row["least"]):.1f}" x2="{place(row["most"]):.1f}" y1="{middle}" '
            f'y2="{middle}" stroke="#222"/>',
            text(max(end, place(row["most"])) + 6, y + BAR - 3, f"{row['median'] / 1e6:,.3g}"),
        ]
    return drawn, top + len(rows) * (BAR + GAP) + GROUP_GAP


def chart(rows):
    place, powers = scale(rows)
    drawn, top = [], 46
    for name in dict.fromkeys(row["workload"] for row in rows):
        added, top = bars(name, [row for row in rows if row["workload"] == name], top, place)
        drawn += added
    axis = []
    for power in powers:
        x = place(10 ** power)
        axis += [f'<line x1="{x:.1f}" x2="{x:.1f}" y1="22" y2="{top - GROUP_GAP}" stroke="#ddd"/>',
                 text(x, 16, f"{10 ** (power - 6):,.3g} M/s", text_anchor="middle")]
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top}" '
        'font-family="sans-serif" font-size="11" fill="#222">',
        f'<rect width="{WIDTH}" height="{top}" fill="#fff"/>', *axis, *drawn, "</svg>"]) + "\n"


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="utf-8") as file:
        rows = json.load(file)["rows"]
    if len(sys.argv) == 4:
        rows = [row for row in rows if re.search(sys.argv[3], row["workload"])]
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        file.write(chart(rows))


if __name__ == "__main__":
    main()
