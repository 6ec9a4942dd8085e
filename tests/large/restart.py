#!/usr/bin/env python3
"""The API server of a large simulated cluster is killed with -9 and started again: how soon live data and the whole hour are back, and
at what cost. Answers of the time before are then what they were, and those of all time the simulator's own arithmetic.
"""

import argparse
import sys
import time

from verify import Findings, QUERY, add_cluster_options, check_answers, cluster_of
from processes import ApiServer, Rest, Simulator

# The rest is what only the newest tick has, and who answered.
OF_THE_WINDOW = ("namespace", "name", "podCount", "usage", "series", "summary")
TICKS = 360  # of an hour
LIMIT = 900  # seconds, for the hour to be there
DOWN = 5  # seconds between kill and start


def told(answer):
    return [{key: item[key] for key in OF_THE_WINDOW if key in item} for item in answer.get("items", [answer])]


def answers(server, cluster, end):
    """{path: what it says of the window} over all kinds of resources."""
    rest = Rest(server.http, limit=600)
    window = f"end={end}&window=3000"
    paths = [f"/nodes?{QUERY}&{window}&step=60", f"/namespaces?{QUERY}&{window}&step=60",
             f"/pods?{window}&sort=-cpu.avg&limit=200", f"/namespaces/ns-001/deployments?{window}&step=60"]
    for node in sorted({1, cluster.nodes // 2 + 1, cluster.nodes}):
        paths += [f"/nodes/node-{node:04d}?{window}&step=10", f"/nodes/node-{node:04d}/pods?{window}&step=10"]
    try:
        return {path: told(rest.get(path)) for path in paths}
    finally:
        rest.close()


def follow(server, cluster, series=0):
    """Waits until the hour of all pods is there, and no more comes than live ticks: (seconds to live data of so many series, seconds to the
    hour, status)."""
    rest = Rest(server.http)
    began = time.monotonic()
    live, held = None, []  # (seconds, samples) of the last interval
    try:
        while time.monotonic() < began + LIMIT:
            status = rest.get("/status")
            seconds, samples, known = time.monotonic() - began, status["samples"]["held"], status["series"]
            if live is None and known >= series:
                live = seconds
            held.append((seconds, samples))
            while len(held) > 1 and held[1][0] <= seconds - cluster.interval:
                held.pop(0)
            quiet = held[0][0] <= seconds - cluster.interval and samples - held[0][1] <= 1.5 * known
            if quiet and status["pods"] == cluster.nodes * cluster.pods and samples >= TICKS * known:
                return live, held[0][0], status
            time.sleep(1)  # to look costs the server, too
        raise RuntimeError(f"the hour is not there after {LIMIT} s: {status['samples']}")
    finally:
        rest.close()


def run(options, cluster, findings):
    server = ApiServer(options.bin, cluster.interval)
    simulator = Simulator(options.bin, server, cluster, 3600, 2 * LIMIT)
    try:
        _, seconds, _ = follow(server, cluster)
        print(f"filled: {seconds:.1f} s, {server.cpu_seconds():.1f} CPU s of the server, {simulator.cpu_seconds():.1f} of the simulator", flush=True)
        time.sleep(options.settle)
        rest = Rest(server.http)
        end = int(rest.get("/nodes?window=60&limit=1&metrics=cpuMillicores")["window"]["end"]) // 60 * 60
        status = rest.get("/status")
        rest.close()
        before = answers(server, cluster, end)
        steady = server.memory("VmRSS")
        server.kill()
        time.sleep(DOWN)
        simulated = simulator.cpu_seconds()
        restarted = ApiServer(options.bin, cluster.interval, server.grpc)
        server.close()
        server = restarted
        live, whole, _ = follow(server, cluster, status["series"])
        peak = server.memory("VmHWM")
        print(f"restarted: live data of all nodes after {live:.1f} s, the hour after {whole:.1f} s, {server.cpu_seconds():.1f} CPU s and "
              f"{simulator.cpu_seconds() - simulated:.1f} of the simulator; RSS "
              f"{steady / 1e6:,.0f} MB before, {peak / 1e6:,.0f} MB at most until then ({100 * peak / steady - 100:+.0f} %)", flush=True)
        for path, items in answers(server, cluster, end).items():
            findings.compared += len(items)
            wrong = [item for item, wanted in zip(items, before[path]) if item != wanted]
            if wrong or len(items) != len(before[path]):
                findings.add(f"{path}: {len(wrong)} of {len(items)} are not what they were, of {len(before[path])}: {str(wrong[:1])[:300]}")
        check_answers(options, cluster, server, findings)
        if errors := server.log():
            findings.add("the server warned:\n" + errors[:2000])
    finally:
        simulator.close()
        server.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_cluster_options(parser)
    parser.add_argument("--settle", type=float, default=60, help="seconds of live ticks before the kill; default: 60")
    options, _ = parser.parse_known_args()  # those of verify.py
    cluster = cluster_of(options)
    findings = Findings()
    run(options, cluster, findings)
    print(f"{findings.compared:,} values compared, {len(findings.wrong)} findings")
    return 1 if findings.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
