#!/usr/bin/env python3
"""A simulated day in less: both programs at an interval of one second and a retention of six minutes, so that an hour
of ticks passes every six minutes. Pods come and go, the server is killed every so often, lists and windows are asked
for all the time. In the end memory, descriptors and threads of both are what they were, and the logs are short.

  soak.py COLLECTOR APISERVER SIMULATOR [--minutes N]   (144: a day of ticks; less than 20 say little)"""

import argparse
import json
import os
import pathlib
import random
import shutil
import statistics
import sys
import tempfile
import time
import urllib.error

from programs import Node, Program, Server

RETENTION = 360
# Recorded on a real node: the processes of this machine would come and go, and be counted as growth.
PROC = pathlib.Path(__file__).parents[1] / "data/real-node/cgroupfs/t0/proc"
KILL_EVERY = 120  # seconds
SAMPLE_EVERY = 5
QUESTIONS = ["/nodes?window=300", "/pods?sort=-cpu&limit=50", "/pods?window=300&step=10&sort=-cpu.avg&limit=20",
             "/namespaces?window=300&step=10", "/namespaces/ns-001/deployments?window=60", "/status"]
# What may differ between the first and the last third after the start.
MORE_RSS, MORE_COUNT = 1.10, 3
LOG_LINES_A_MINUTE = 20


class Churn:
    """Containers of the collector's node that come and go."""

    def __init__(self, node):
        self._kubepods = node.root / "cgroup" / "kubepods" / "besteffort"
        self._template = next(self._kubepods.glob("pod*"))
        self._made = []

    def step(self):
        uid = "".join(random.choice("0123456789abcdef") for _ in range(32))
        uid = "-".join([uid[:8], uid[8:12], uid[12:16], uid[16:20], uid[20:]])
        pod = self._kubepods / f"pod{uid}"
        shutil.copytree(self._template, pod, ignore=shutil.ignore_patterns("new"))
        self._made.append(pod)
        if len(self._made) > 20:
            shutil.rmtree(self._made.pop(0))


class Costs:
    """Of one program over the run."""

    def __init__(self, name):
        self.name = name
        self._samples = []

    def add(self, minute, costs):
        self._samples.append((minute, costs))

    def findings(self, from_minute):
        """Prints the figures; what grew."""
        settled = [costs for minute, costs in self._samples if minute >= from_minute]
        third = len(settled) // 3
        if third == 0:
            return [f"{self.name}: too short a run"]
        grown = []
        for what in ("rss", "threads", "descriptors"):
            first = statistics.median(costs[what] for costs in settled[:third])
            last = statistics.median(costs[what] for costs in settled[-third:])
            print(f"{self.name}: {what} {first:,.0f} in the first third, {last:,.0f} in the last")
            most = first * MORE_RSS + (2 << 20) if what == "rss" else first + MORE_COUNT
            if last > most:
                grown.append(f"{self.name}: {what} grew from {first:,.0f} to {last:,.0f}")
        return grown


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("collector")
    parser.add_argument("apiserver")
    parser.add_argument("simulator")
    parser.add_argument("--minutes", type=float, default=30)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kubemonitor-soak.") as directory:
        sys.exit(1 if run(options, directory) else 0)


def run(options, directory):
    """What was wrong."""
    node = Node(directory)
    churn = Churn(node)
    logs = {name: open(os.path.join(directory, name + ".log"), "w+") for name in ("apiserver", "collector", "simulator")}
    flags = ("--interval", "1s", "--retention", f"{RETENTION}s")
    server = Server(options.apiserver, logs["apiserver"], flags=flags)
    collector = Program(logs["collector"], options.collector, "--api-server", server.grpc, "--node-name", "node-real",
                        "--interval", "1s", "--cgroup-root", str(node.root / "cgroup"), "--cri-endpoint", "none",
                        "--pod-log-root", str(node.root / "logs"), "--history", f"{RETENTION}s", "--proc-root", str(PROC))
    simulator = Program(logs["simulator"], options.simulator, "--api-server", server.grpc, "--interval", "1s", "--nodes", "50",
                        "--pods-per-node", "10", "--churn", "600", "--backfill", f"{RETENTION}s")
    costs = {name: Costs(name) for name in logs}
    failed, asked = [], 0
    started, killed = time.monotonic(), time.monotonic()
    try:
        while (minute := (time.monotonic() - started) / 60) < options.minutes:
            churn.step()
            for question in QUESTIONS:
                try:
                    json.loads(server.read("/api/v1" + question))
                    asked += 1
                except urllib.error.HTTPError as error:
                    if error.code not in (404, 503):  # it has just started, and is told nothing yet
                        failed.append(f"{question}: {error.code}")
            if time.monotonic() - killed > KILL_EVERY:
                server.kill()
                server = Server(options.apiserver, logs["apiserver"], server.grpc, flags=flags)
                killed = time.monotonic()
            elif time.monotonic() - killed > KILL_EVERY / 2:  # filled again
                costs["apiserver"].add(minute, server.costs())
            costs["collector"].add(minute, collector.costs())
            costs["simulator"].add(minute, simulator.costs())
            time.sleep(SAMPLE_EVERY)
    finally:
        for program in (simulator, collector, server):
            program.kill()
        node.close()
    print(f"{options.minutes:g} minutes, {asked} questions answered")
    found = failed[:10]
    for name in ("apiserver", "collector"):
        # The first hour of ticks fills both.
        found += costs[name].findings(min(RETENTION / 60 + 1, options.minutes / 4))
        logs[name].seek(0)
        lines = len(logs[name].readlines())
        print(f"{name}: {lines} log lines")
        if lines > 50 + LOG_LINES_A_MINUTE * options.minutes:
            found.append(f"{name}: {lines} log lines")
    for line in found:
        print("WRONG: " + line)
    return found


if __name__ == "__main__":
    main()
