#!/usr/bin/env python3
"""A large simulated cluster, back-filled and fed live: REST answers are compared with the simulator's own arithmetic
(expected_values), and ingest must neither err nor stall. Prints what was checked; exit code 1: something was wrong.
"""

import argparse
import json
import os
import subprocess
import sys
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "bench"))
from processes import ApiServer, Cluster, Rest, Simulator, raise_descriptor_limit  # noqa: E402

METRICS = ("cpuMillicores", "memoryBytes", "networkRxBytesPerSecond")
QUERY = "metrics=" + ",".join(METRICS)
# Answers have three decimals. A sum is made of rounded or unrounded parts; a part is off by 0.0005 at most.
ROUNDING = 0.0006
RELATIVE = 1e-9


class Findings:
    """What was compared, and what was wrong. Thread-safe: appending to lists."""

    def __init__(self):
        self.wrong = []
        self.compared = 0

    def add(self, text):
        self.wrong.append(text)
        if len(self.wrong) <= 20:
            print("WRONG: " + text, file=sys.stderr, flush=True)


def expect(options, cluster, kind, end, window, step, **more):
    numbers = {"end": end, "window": window, "step": step, "interval": cluster.interval, **cluster.flags(), **more}
    output = subprocess.run(
        [options.expected_values, kind, *(f"{name}={value}" for name, value in numbers.items())],
        check=True, stdout=subprocess.PIPE).stdout
    return json.loads(output)


def close(value, wanted, parts):
    """A sum is one of `parts` values rounded to thousandths."""
    return value is not None and abs(value - wanted) <= ROUNDING + 0.0005 * parts + RELATIVE * abs(wanted)


def compare(findings, where, answered, wanted, parts=1):
    findings.compared += len(wanted)
    if len(answered) != len(wanted):
        findings.add(f"{where}: {len(answered)} points instead of {len(wanted)}")
        return
    for place, (value, right) in enumerate(zip(answered, wanted)):
        if not close(value, right, parts):
            findings.add(f"{where}, point {place}: {value} instead of {right:.3f}")
            return


def check_series(options, cluster, rest, findings, kind, key_of, path, end, window, step, **more):
    """Every point of every item of a list; says how long the answer took."""
    separator = "&" if "?" in path else "?"
    started = time.monotonic()
    answer = rest.get(f"{path}{separator}{QUERY}&end={end}&window={window}&step={step}")
    seconds = time.monotonic() - started
    expected = expect(options, cluster, kind, end, window, step, **more)
    where = f"{path} window={window} step={step}"
    if answer["window"]["timestamps"] != expected["timestamps"]:
        findings.add(f"{where}: timestamps {answer['window']['timestamps'][:2]}… instead of {expected['timestamps'][:2]}…")
        return
    items = {key_of(item): item for item in answer["items"]}
    if items.keys() != expected["items"].keys():
        findings.add(f"{where}: {len(items)} items instead of {len(expected['items'])}")
    for key in items.keys() & expected["items"].keys():
        for metric in METRICS:
            compare(findings, f"{where} {key} {metric}", items[key]["series"][metric], expected["items"][key][metric],
                    items[key].get("podCount", 1))
    print(f"  {where}: {len(items):,} items, answered in {seconds:.2f} s", flush=True)


def check_newest(options, cluster, rest, findings, end):
    """`usage` of all pods at an instant, the whole list."""
    started = time.monotonic()
    answer = rest.get(f"/pods?{QUERY}&end={end}")
    seconds = time.monotonic() - started
    expected = expect(options, cluster, "pods", end, cluster.interval, cluster.interval)["items"]
    if len(answer["items"]) != len(expected) or answer["total"] != len(expected):
        findings.add(f"/pods: {len(answer['items'])} items, total {answer['total']}, instead of {len(expected)}")
    for item in answer["items"]:
        key = f"{item['namespace']}/{item['name']}"
        for metric in METRICS:
            wanted = expected.get(key, {}).get(metric)
            if wanted is None:
                findings.add(f"/pods: there should be no {key}")
                break
            compare(findings, f"/pods {key} {metric}", [item["usage"][metric]], wanted)
    print(f"  /pods at {end}: {len(answer['items']):,} items, answered in {seconds:.2f} s", flush=True)


def check_answers(options, cluster, server, findings):
    """One round, at a minute that all nodes have reported."""
    rest = Rest(server.http, limit=600)
    try:
        answer = rest.get("/nodes?window=60&limit=1&metrics=cpuMillicores")
        end = answer["window"]["end"] // 60 * 60
        named = lambda item: item["name"]  # noqa: E731
        whole = lambda item: f"{item['namespace']}/{item['name']}"  # noqa: E731
        check_newest(options, cluster, rest, findings, end)
        check_series(options, cluster, rest, findings, "namespaces", named, "/namespaces", end, options.window, 60)
        check_series(options, cluster, rest, findings, "namespaces", named, "/namespaces", end, 300, cluster.interval)
        check_series(options, cluster, rest, findings, "nodes", named, "/nodes", end, options.window, 60)
        for node in sorted({1, cluster.nodes // 2 + 1, cluster.nodes}):
            name = f"node-{node:04d}"
            check_series(options, cluster, rest, findings, "pods", whole, f"/nodes/{name}/pods", end, options.window,
                         cluster.interval, node=node)
    finally:
        rest.close()


class Watch(threading.Thread):
    """Looks every second how old the newest ticks are and how long the server takes to say so."""

    def __init__(self, server, cluster):
        super().__init__(daemon=True)
        self._rest = Rest(server.http)
        self._server = server
        self._ended = threading.Event()
        self.worst_age, self.worst_lag, self.worst_seconds, self.peak, self.stale = 0, 0, 0, 0, 0
        self.failure = None

    def run(self):
        try:
            while not self._ended.wait(1):
                started = time.monotonic()
                status = self._rest.get("/status")
                self.worst_seconds = max(self.worst_seconds, time.monotonic() - started)
                self.worst_age = max(self.worst_age, status["ingest"].get("newestTickAgeSeconds", 0))
                self.worst_lag = max(self.worst_lag, status["ingest"].get("arrivalLagMaxSeconds", 0))
                self.stale = max(self.stale, status["nodes"]["stale"])
                self.peak = max(self.peak, self._server.memory("VmRSS"))
        except Exception as error:  # told by the main thread
            self.failure = error

    def stop(self):
        self._ended.set()
        self.join()


def check_status(server, cluster, findings):
    rest = Rest(server.http)
    status = rest.get("/status")
    rest.close()
    wanted = {"pods": cluster.nodes * cluster.pods, "containers": cluster.nodes * cluster.pods * cluster.containers}
    for key, count in wanted.items():
        if status[key] != count:
            findings.add(f"/status: {status[key]} {key} instead of {count}")
    if status["nodes"]["known"] != cluster.nodes or status["refusals"]["total"]:
        findings.add(f"/status: nodes {status['nodes']}, refusals {status['refusals']}")


def check_summary(summary, what, findings):
    print(f"{what}: {json.dumps(summary)}", flush=True)
    if summary["errors"] or summary["refused"]:
        findings.add(f"{what} had {summary['errors']} errors, {summary['refused']} items refused")


def check_watch(watch, cluster, findings):
    print(f"worst while live: newest tick {watch.worst_age:.1f} s old, a node's arrival {watch.worst_lag:.1f} s after its "
          f"tick, /status in {watch.worst_seconds:.2f} s, RSS {watch.peak / 1e6:,.0f} MB")
    if watch.failure:
        findings.add(f"watching failed: {watch.failure!r}")
    # A stall: a tick that arrives when the next one is already due.
    if watch.worst_age > 2 * cluster.interval or watch.worst_lag > cluster.interval or watch.stale:
        findings.add(f"ingest stalled: see the worst figures; {watch.stale} nodes stale")


def run(options, cluster, findings):
    server = ApiServer(options.bin, cluster.interval)
    simulator = watch = None
    try:
        filler = Simulator(options.bin, server, cluster, 3600, 0)
        try:
            check_summary(filler.summary(3600), "back-fill", findings)
        finally:
            filler.close()
        simulator = Simulator(options.bin, server, cluster, 0, round(options.minutes * 60))
        time.sleep(2 * cluster.interval)  # connections and identities
        watch = Watch(server, cluster)
        watch.start()
        before, started = server.cpu_seconds(), time.monotonic()
        finish = started + options.minutes * 60 - 3 * cluster.interval
        rounds = 0
        while rounds == 0 or (time.monotonic() < finish and simulator.running()):
            rounds += 1
            print(f"round {rounds}:", flush=True)
            check_answers(options, cluster, server, findings)
            time.sleep(max(0.0, min(options.pause, finish - time.monotonic())))
        cpu = (server.cpu_seconds() - before) / (time.monotonic() - started)
        watch.stop()
        check_status(server, cluster, findings)
        check_watch(watch, cluster, findings)
        print(f"server: {cpu:.3f} cores with the checks, {server.memory('VmHWM') / 1e6:,.0f} MB at most")
        check_summary(simulator.summary(options.minutes * 60 + 120), "live", findings)
        if errors := server.log():
            findings.add("the server warned:\n" + errors[:2000])
    finally:
        for process in (simulator, server):
            if process is not None:
                process.close()


def add_cluster_options(parser):
    parser.add_argument("--bin", default=os.path.join(ROOT, "out", "bin"))
    parser.add_argument("--expected-values", default=os.path.join(ROOT, "out", "build", "bench", "bin", "expected_values"))
    parser.add_argument("--nodes", type=int, default=5000)
    parser.add_argument("--pods", type=int, default=30)
    parser.add_argument("--containers", type=int, default=2)
    parser.add_argument("--namespaces", type=int, default=1000)
    parser.add_argument("--deployments", type=int, default=30000)
    parser.add_argument("--window", type=int, default=3000,
                        help="seconds, a multiple of 60, of the long windows; default: 3000, which is held all the time")


def cluster_of(options):
    raise_descriptor_limit()
    cluster = Cluster(options.nodes, options.pods, options.containers, options.namespaces, options.deployments)
    print(cluster, flush=True)
    return cluster


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_cluster_options(parser)
    parser.add_argument("--minutes", type=float, default=15, help="live time; default: 15")
    parser.add_argument("--pause", type=float, default=30, help="seconds between two rounds of checks; default: 30")
    options = parser.parse_args()
    options.minutes = max(options.minutes, 1)
    cluster = cluster_of(options)
    findings = Findings()
    run(options, cluster, findings)
    print(f"{findings.compared:,} values compared, {len(findings.wrong)} findings")
    return 1 if findings.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
