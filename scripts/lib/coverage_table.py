#!/usr/bin/env python3
"""Sums a gcovr text report by folder: coverage_table.py REPORT"""
import collections
import re
import sys

folders = collections.defaultdict(lambda: [0, 0])
name = ""
for line in open(sys.argv[1], encoding="utf-8"):
    # A long file name stands alone on a line; its figures follow on the next one.
    match = re.match(r"^(pkg/\S+)?\s*(?:(\d+)\s+(\d+)\s+(\d+)%.*)?$", line)
    if not match:
        continue
    name = match.group(1) or name
    if match.group(2) and name:
        folder = name.rsplit("/", 1)[0]
        folders[folder][0] += int(match.group(2))
        folders[folder][1] += int(match.group(3))
        name = ""
total = [sum(v[0] for v in folders.values()), sum(v[1] for v in folders.values())]
for folder, (lines, hit) in sorted(folders.items()) + [("all of pkg/", total)]:
    print(f"  {folder:<32} {100 * hit / lines if lines else 0:5.1f} % of {lines} lines")
