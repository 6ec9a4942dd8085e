#!/usr/bin/env python3
"""Runs kubemonitor-micro and prints its figures as Markdown: speed beside a memcpy of the same samples, size beside
xz and zstd of the same columns."""

import argparse
import json
import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SAMPLES = 689  # a tick of the node: 30 pods × 2 containers, and its own 29 series
# Name in the program → what it is.
ROWS = {
    "BM_Memcpy": "memcpy of the same samples, 8 bytes each",
    "BM_BlockEncode": "block: encode",
    "BM_BlockDecode": "block: decode",
    "BM_BlockCheck": "block: check hostile bytes",
    "BM_BlockReadOneColumn": "block: find and decode one column",
    "BM_OpenBlockAppend": "open block: append 30 ticks",
    "BM_OpenBlockDecode": "open block: decode",
    "BM_OpenBlockSeal": "open block: seal (decode, encode)",
    "BM_StoreAppendHour/ticks:1": "store: append an hour, 1 tick a report",
    "BM_StoreAppendHour/ticks:30": "store: append an hour, 30 ticks a report",
    "BM_SummedStoreAppendHour/ticks:1": "store with namespace sums: append an hour, 1 tick a report",
    "BM_SummedStoreAppendHour/ticks:30": "store with namespace sums: append an hour, 30 ticks a report",
    "BM_StoreReadContainer/minutes:5": "store: one container, 5 min, all series",
    "BM_StoreReadContainer/minutes:60": "store: one container, 1 h, all series",
    "BM_StoreReadNodeHour": "store: all objects of a node, 1 h, all series",
    "BM_StoreReadNodeHourCpu": "store: all objects of a node, 1 h, CPU alone",
}
COMPRESSORS = [("xz -9", ["xz", "-9", "-T1", "-c"]), ("zstd -3", ["zstd", "-3", "-q", "-c"]),
               ("zstd -19", ["zstd", "-19", "-q", "-c"])]
UNITS = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}


def run_benchmarks(program, seconds, repetitions):
    """Best CPU nanoseconds and samples a second of each."""
    output = subprocess.run(
        [program, f"--benchmark_min_time={seconds}", f"--benchmark_repetitions={repetitions}",
         "--benchmark_format=json"], check=True, stdout=subprocess.PIPE).stdout
    best = {}
    for run in json.loads(output)["benchmarks"]:
        if run.get("run_type") != "iteration":
            continue
        name = run["run_name"]
        nanoseconds = run["cpu_time"] * UNITS[run["time_unit"]]
        if name not in best or nanoseconds < best[name][0]:
            best[name] = (nanoseconds, run["items_per_second"])
    return best


def print_speed(best, repetitions):
    yardstick = best["BM_Memcpy"][1]
    print(f"\n### In process\n\nOne node of 30 pods × 2 containers at 10 s ({SAMPLES} samples a tick); CPU time, best of "
          f"{repetitions}. A block has 30 ticks.\n")
    print("| what | time | million samples per second | memcpy is faster by |\n|---|---|---|---|")
    for name, (nanoseconds, rate) in best.items():
        print(f"| {ROWS.get(name, name)} | {nanoseconds / 1e3:,.1f} µs | {rate / 1e6:,.1f} | {yardstick / rate:,.0f} × |")


def compressed_size(command, path):
    with open(path, "rb") as file:
        process = subprocess.Popen(command, stdin=file, stdout=subprocess.PIPE)
        size = 0
        while chunk := process.stdout.read(1 << 20):
            size += len(chunk)
    if process.wait() != 0:
        raise RuntimeError(f"{command[0]} failed")
    return size


def print_sizes(program):
    with tempfile.TemporaryDirectory(prefix="kubemonitor-bench.") as folder:
        dumped = json.loads(subprocess.run([program, "--columns=" + folder], check=True, stdout=subprocess.PIPE).stdout)
        block, hour = dumped["block"], dumped["hour"]
        rows = [("series blocks", block["blockBytes"], hour["blockBytes"])]
        for name, command in COMPRESSORS:
            rows.append((name + " of the columns' 64-bit differences",
                         *(compressed_size(command, os.path.join(folder, file))
                           for file in ("block.columns", "hour.columns"))))
    print(f"\n### Bytes a sample\n\nBlocks carry the axis, the directory and everything else they need; the files of differences "
          f"are bare columns, of the hour of {hour['nodes']} nodes in one piece.\n")
    print(f"| what | one block (30 ticks of a node) | an hour of {hour['nodes']} nodes |\n|---|---|---|")
    for name, of_block, of_hour in rows:
        print(f"| {name} | {of_block / block['samples']:.3f} | {of_hour / hour['samples']:.3f} |")
    print("\n| a report on the wire, without identities | bytes a sample | goal | reached |\n|---|---|---|---|")
    for ticks, size in dumped["requestBytes"].items():
        value = size / (int(ticks) * SAMPLES)
        what = "1 tick, with what only the newest has" if ticks == "1" else f"{ticks} ticks"
        print(f"| {what} | {value:.2f} | ≤ 4 | {'yes' if value <= 4 else '**no**'} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=os.path.join(ROOT, "out", "build", "bench", "bin", "kubemonitor-micro"))
    parser.add_argument("--seconds", type=float, default=0.2, help="for each repetition; default: 0.2")
    parser.add_argument("--repetitions", type=int, default=5, help="the best counts; default: 5")
    options = parser.parse_args()
    print_speed(run_benchmarks(options.program, options.seconds, options.repetitions), options.repetitions)
    print_sizes(options.program)
    sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
