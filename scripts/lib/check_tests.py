#!/usr/bin/env python3
"""A test that is in no target fails: every *_test.cc must be named in a CMake file beside or above it."""
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
lists = [p for folder in ("pkg", "cmd", "tests", "bench") for pattern in ("CMakeLists.txt", "*.cmake")
         for p in (ROOT / folder).rglob(pattern)]
texts = {p: p.read_text(encoding="utf-8") for p in lists}
missing = [str(test.relative_to(ROOT)) for folder in ("pkg", "cmd", "tests", "bench") for test in sorted((ROOT / folder).rglob("*_test.cc"))
           if not any(test.name in text for p, text in texts.items() if p.parent in test.parents)]
for name in missing:
    print(f"{name}: in no CMake target, so it never runs")
sys.exit(1 if missing else 0)
