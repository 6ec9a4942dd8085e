#!/usr/bin/env python3
"""A simulated cluster reports to the API server: what taking an hour, living and answering cost, beside the goals.

The server runs as it is released; the simulator sends an hour as fast as the server takes it, then one tick
an interval. First the server's CPU time of quiet ticks is taken, then questions are asked while ticks go on
coming. Prints a Markdown table a size.
"""

import argparse
import math
import os
import sys
import time

from processes import ApiServer, Cluster, Rest, Simulator, raise_descriptor_limit

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MEGA = 1e6
LEAST_REQUESTS = 3

# name, nodes, namespaces, deployments; 30 pods of 2 containers a node
CLUSTERS = {nodes: Cluster(nodes, 30, 2, *groups) for nodes, groups in
            {10: (10, 60), 100: (50, 600), 1000: (200, 6000), 5000: (1000, 30000)}.items()}
SIZES = {"small": [10, 100], "medium": [10, 100, 1000], "large": [10, 100, 1000, 5000]}

# The questions: key, what, path. {pod} is a pod's path.
HOUR = "window=3600"
QUERIES = [
    ("namespaces", "all namespaces, CPU, 1 h at 10 s", f"/namespaces?{HOUR}&metrics=cpuMillicores"),
    ("namespaces60", "all namespaces, CPU, 1 h, step=60", f"/namespaces?{HOUR}&step=60&metrics=cpuMillicores"),
    ("newest", "newest CPU of all pods", "/pods?metrics=cpuMillicores"),
    ("pod5", "one pod, 5 min", "{pod}?window=300"),
    ("pod60", "one pod, 1 h", "{pod}?" + HOUR),
    ("nodes60", "all nodes, CPU, 1 h, step=60", f"/nodes?{HOUR}&step=60&metrics=cpuMillicores"),
    ("top", "top 100 pods by mean CPU of 1 h", f"/pods?{HOUR}&step=3600&metrics=cpuMillicores&sort=-cpu.avg&limit=100"),
    ("list", "whole pod list, everything", "/pods"),
]

# By nodes: key of the row → (comparison, limit in the row's unit). Of latencies the median is compared, where
# the key ends with .p99 that.
GOALS = {
    10: {"rss": ("≤", 30)},
    100: {
        "backfill_rate": ("≥", 6),
        "live_rate": ("≥", 3),
        "wire": ("≤", 4),
        "rss": ("≤", 45),
        "namespaces": ("≤", 5),
        "newest": ("≤", 7),
        "pod5": ("≤", 0.5),
    },
    5000: {
        "live_cores": ("≤", 1),
        "rss": ("≤", 1500),
        "namespaces60": ("≤", 50),
        "nodes60": ("≤", 100),
        "pod60.p99": ("≤", 20),
        "top": ("≤", 500),
        "list": ("≤", 2000),
    },
}


class Figure:
    def __init__(self, what, unit, value, smaller_is_better=True, digits=2):
        self.what, self.unit, self.value, self.digits = what, unit, value, digits
        self.smaller_is_better = smaller_is_better

    def better_than(self, other):
        return self.value < other.value if self.smaller_is_better else self.value > other.value

    def text(self):
        return f"{self.value:.{self.digits}f} {self.unit}"


class Latency(Figure):
    """Of many requests, milliseconds; `cpu` is the server's CPU time for each, ticks that came meanwhile included."""

    def __init__(self, what, seconds, cpu_seconds, size):
        ordered = sorted(1000 * value for value in seconds)
        super().__init__(what, "ms", ordered[len(ordered) // 2])
        self.least = ordered[0]
        self.p99 = ordered[math.ceil(0.99 * len(ordered)) - 1]
        self.count, self.size = len(ordered), size
        self.cpu = 1000 * cpu_seconds / len(ordered)

    def text(self):
        return (f"{self.value:.2f} ms (min {self.least:.2f}, p99 {self.p99:.2f}, n={self.count}; "
                f"CPU {self.cpu:.2f} ms, {self.size / 1024:,.0f} KiB)")


def wait_for(condition, limit, what):
    deadline = time.monotonic() + limit
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError("waited in vain for " + what)
        time.sleep(0.05)


def backfill(options, server, cluster, figures):
    before = server.cpu_seconds()
    simulator = Simulator(options.bin, server, cluster, 3600, 0)
    try:
        summary = simulator.summary(3600)
    finally:
        simulator.close()
    if summary["errors"] or summary["refused"]:
        raise RuntimeError(f"the back-fill had errors: {summary}")
    cpu = server.cpu_seconds() - before
    samples = summary["samples"]
    figures["backfill_samples"] = Figure("samples back-filled", "million", samples / MEGA, False)
    figures["backfill_rate"] = Figure(
        "back-fill, samples per CPU second", "million", samples / cpu / MEGA, False)
    figures["backfill_seconds"] = Figure("back-fill, wall time", "s", summary["wallSeconds"])
    figures["wire"] = Figure("wire, bytes a sample (many ticks a request)", "B", summary["bytes"] / samples)


def live(options, server, rest, cluster, figures):
    """The server's CPU time over whole intervals in which nothing else happens."""
    stored = rest.get("/status")["samples"]["storedTotal"]
    per_tick = cluster.nodes * cluster.pods * (2 + 10 * cluster.containers)
    # The first tick of the new connections brings all identities: not what is to be measured.
    wait_for(lambda: rest.get("/status")["samples"]["storedTotal"] >= stored + per_tick,
             3 * cluster.interval + 10, "the first live tick")
    time.sleep(cluster.interval * 0.3)
    stored = rest.get("/status")["samples"]["storedTotal"]
    before, started = server.cpu_seconds(), time.monotonic()
    time.sleep(options.live_ticks * cluster.interval)
    cpu, wall = server.cpu_seconds() - before, time.monotonic() - started
    samples = rest.get("/status")["samples"]["storedTotal"] - stored
    figures["live_rate"] = Figure("live, samples per CPU second", "million", samples / cpu / MEGA, False)
    figures["live_cores"] = Figure("live, CPU of the server", "cores", cpu / wall, digits=4)
    figures["rss"] = Figure("RSS with the hour in it, steady", "MB", server.memory("VmRSS") / MEGA, digits=1)


def questions(options, server, rest, figures):
    item = rest.get("/pods?limit=1&metrics=cpuMillicores")["items"][0]
    pod = f"/namespaces/{item['namespace']}/pods/{item['name']}"
    for key, what, path in QUERIES:
        path = path.format(pod=pod)
        _, size = rest.read(path)  # warms up
        seconds = []
        before, deadline = server.cpu_seconds(), time.monotonic() + options.query_seconds
        while len(seconds) < options.requests and (len(seconds) < LEAST_REQUESTS or time.monotonic() < deadline):
            seconds.append(rest.read(path)[0])
        figures[key] = Latency(what, seconds, server.cpu_seconds() - before, size)


def measure(options, cluster):
    """Figures by key, in the order of the table."""
    figures = {}
    server = ApiServer(options.bin, cluster.interval)
    try:
        empty = server.memory("VmRSS")
        backfill(options, server, cluster, figures)
        figures["rss_filled"] = Figure("RSS right after the back-fill", "MB", server.memory("VmRSS") / MEGA, digits=1)
        rest = Rest(server.http)
        simulator = Simulator(options.bin, server, cluster, 0, 86400)
        try:
            live(options, server, rest, cluster, figures)
            questions(options, server, rest, figures)
            refused = rest.get("/status")["refusals"]["total"]
        finally:
            simulator.close()
            rest.close()
        figures["rss_peak"] = Figure("RSS, peak of all", "MB", server.memory("VmHWM") / MEGA, digits=1)
        figures["rss_empty"] = Figure("RSS of the empty server", "MB", empty / MEGA, digits=1)
        figures["bytes_a_sample"] = Figure(
            "RSS less the empty server's, bytes a sample", "B",
            (figures["rss"].value * MEGA - empty) / (figures["backfill_samples"].value * MEGA), digits=3)
        if refused:
            raise RuntimeError(f"the server refused {refused} of what it was sent")
    finally:
        server.close()
    return figures


def judge(goals, key, figure):
    """The goal's two columns."""
    for name, (comparison, limit) in goals.items():
        if name.partition(".")[0] != key:
            continue
        value = figure.p99 if name.endswith(".p99") else figure.value
        reached = value <= limit if comparison == "≤" else value >= limit
        which = "p99 " if name.endswith(".p99") else ""
        return f"{which}{comparison} {limit:,} {figure.unit}", "yes" if reached else "**no**"
    return "", ""


def print_table(cluster, figures, runs):
    print(f"\n### {cluster}\n\n{'Best of ' + str(runs) + ' runs. ' if runs > 1 else ''}Latencies: median; CPU is the server's, a request.\n")
    print("| what | measured | goal | reached |\n|---|---|---|---|")
    goals = GOALS.get(cluster.nodes, {})
    for key, figure in figures.items():
        goal, reached = judge(goals, key, figure)
        print(f"| {figure.what} | {figure.text()} | {goal} | {reached} |")
    sys.stdout.flush()


def print_growth(results):
    """What one node costs, at each size."""
    rows = [("RSS a node, MB", lambda f, n: (f["rss"].value - f["rss_empty"].value) / n, 3),
            ("live CPU a node, millionths of a core", lambda f, n: f["live_cores"].value / n * 1e6, 1),
            ("back-fill, million samples per CPU second", lambda f, n: f["backfill_rate"].value, 2),
            ("newest CPU of all pods, CPU µs a node", lambda f, n: f["newest"].cpu / n * 1e3, 1),
            ("all namespaces at step=60, CPU µs a node", lambda f, n: f["namespaces60"].cpu / n * 1e3, 1)]
    print("\n### Cost by size\n")
    print("| nodes | " + " | ".join(f"{nodes:,}" for nodes in results) + " |")
    print("|---|" + "---|" * len(results))
    for what, value, digits in rows:
        cells = " | ".join(f"{value(figures, nodes):.{digits}f}" for nodes, figures in results.items())
        print(f"| {what} | {cells} |")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default=os.path.join(ROOT, "out", "bin"), help="where the programs are")
    parser.add_argument("--size", choices=SIZES, default="small", help="default: small")
    parser.add_argument("--nodes", type=int, help="one cluster of so many nodes instead of --size")
    parser.add_argument("--pods", type=int, help="a node; default: 30")
    parser.add_argument("--containers", type=int, help="a pod; default: 2")
    parser.add_argument("--namespaces", type=int, help="default: by nodes")
    parser.add_argument("--deployments", type=int, help="default: six a node")
    parser.add_argument("--live-ticks", type=int, default=2, help="quiet ticks measured; default: 2")
    parser.add_argument("--requests", type=int, default=200, help="of each question, at most; default: 200")
    parser.add_argument("--query-seconds", type=float, default=1.5,
                        help="for each question, but three requests at least; default: 1.5")
    parser.add_argument("--runs", type=int, default=1, help="the best figure of so many; default: 1")
    return parser.parse_args()


def clusters_of(options):
    if options.nodes is None:
        return [CLUSTERS[nodes] for nodes in SIZES[options.size]]
    nodes = options.nodes
    usual = CLUSTERS.get(nodes, Cluster(nodes, 30, 2, max(10, nodes // 5), 6 * nodes))
    return [Cluster(nodes, options.pods or usual.pods, options.containers or usual.containers,
                    options.namespaces or usual.namespaces, options.deployments or usual.deployments)]


def main():
    options = parse_arguments()
    raise_descriptor_limit()
    results = {}
    for cluster in clusters_of(options):
        best = {}
        for run in range(options.runs):
            print(f"{cluster}: run {run + 1} of {options.runs}", file=sys.stderr)
            for key, figure in measure(options, cluster).items():
                if key not in best or figure.better_than(best[key]):
                    best[key] = figure
        results[cluster.nodes] = best
        print_table(cluster, best, options.runs)
    if len(results) > 1:
        print_growth(results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
