#!/usr/bin/env python3
"""A large simulated cluster with its Kubernetes API: how soon the server knows all objects, what they cost in memory, and what following
their changes costs, first without ticks, then beside a whole hour of them and live ingest. Every pod must then be known on both sides.
"""

import argparse
import json
import os
import sys
import tempfile
import threading
import time
import urllib.request

from verify import Findings, Watch, add_cluster_options, cluster_of
from processes import ApiServer, Rest, Simulator, raise_descriptor_limit

LIMIT = 600  # seconds, for what is waited for
WATCHED = 60  # seconds of changes that are measured


class Changes(threading.Thread):
    """Counts what a watch of pods tells."""

    def __init__(self, api):
        super().__init__(daemon=True)
        self.seen, self.bytes = 0, 0
        version = json.load(urllib.request.urlopen(f"http://{api}/api/v1/pods?limit=1", timeout=60))["metadata"]["resourceVersion"]
        self._events = urllib.request.urlopen(f"http://{api}/api/v1/pods?watch=true&resourceVersion={version}", timeout=LIMIT)
        self.start()

    def run(self):
        for line in self._events:
            self.seen += 1
            self.bytes += len(line)


class Followed:
    """A server that follows the Kubernetes API at an address."""

    def __init__(self, options, cluster, api):
        with tempfile.NamedTemporaryFile("w", suffix=".kubeconfig") as config:
            json.dump({"apiVersion": "v1", "kind": "Config", "current-context": "c",
                       "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
                       "clusters": [{"name": "c", "cluster": {"server": f"http://{api}"}}], "users": [{"name": "u", "user": {}}]}, config)
            config.flush()
            self.started = time.monotonic()
            self.server = ApiServer(options.bin, cluster.interval, kubernetes=config.name)

    def until(self, what, condition):
        """Seconds since the start until condition(status)."""
        rest = Rest(self.server.http)
        try:
            while time.monotonic() < self.started + LIMIT:
                status = rest.get("/status")
                if condition(status):
                    return time.monotonic() - self.started
                time.sleep(0.2)
            raise RuntimeError(f"{what}: not in {LIMIT} s: {status['kubernetes']}")
        finally:
            rest.close()

    def close(self):
        self.server.close()


def synced(status):
    return status["kubernetes"]["state"] == "synced"


class Nobody:
    """Where simulated collectors send to when only the Kubernetes API is wanted."""

    grpc = "127.0.0.1:1"


def address_of(simulator):
    return dict(word.split("=", 1) for word in simulator.read_line().split()[1:])["kubernetes"]


def objects_alone(options, cluster):
    simulator = Simulator(options.bin, Nobody, cluster, 0, 2 * LIMIT, kubernetes_listen="127.0.0.1:0", churn=options.churn)
    try:
        api = address_of(simulator)
        followed = Followed(options, cluster, api)
        try:
            seconds = followed.until("all objects", synced)
            server = followed.server
            print(f"objects alone: known {seconds:.1f} s after the start, {server.cpu_seconds():.1f} CPU s, RSS {server.memory('VmRSS') / 1e6:,.0f} MB, "
                  f"at most {server.memory('VmHWM') / 1e6:,.0f} MB", flush=True)
            changes = Changes(api)
            before, cpu, began = changes.seen, server.cpu_seconds(), time.monotonic()
            time.sleep(WATCHED)
            took = time.monotonic() - began
            print(f"changes of pods: {(changes.seen - before) / took:.0f} a second, {(server.cpu_seconds() - cpu) / took:.3f} cores; "
                  f"RSS {server.memory('VmRSS') / 1e6:,.0f} MB", flush=True)
        finally:
            followed.close()
    finally:
        simulator.kill()


def beside_an_hour(options, cluster, findings):
    objects = Simulator(options.bin, Nobody, cluster, 0, 4 * LIMIT, kubernetes_listen="127.0.0.1:0")
    try:
        followed = Followed(options, cluster, address_of(objects))
        server = followed.server
        collectors = Simulator(options.bin, server, cluster, 3600, 4 * LIMIT)
        try:
            followed.until("the hour", lambda status: synced(status) and status["pods"] == cluster.nodes * cluster.pods
                           and status["samples"]["held"] >= 359 * status["series"]
                           and status["nodes"]["owing"] == status["nodes"]["stale"] == 0)
            watch = Watch(server, cluster)
            watch.start()
            cpu, began = server.cpu_seconds(), time.monotonic()
            time.sleep(2 * WATCHED)
            took = time.monotonic() - began
            rest = Rest(server.http, limit=LIMIT)
            asked = time.monotonic()
            answer = rest.get("/pods?metrics=cpuMillicores")
            asked = time.monotonic() - asked
            unowned = [item["name"] for item in answer["items"] if not item.get("phase") or (item["usage"] or {}).get("cpuMillicores") is None]
            findings.compared += len(answer["items"])
            if len(answer["items"]) < cluster.nodes * cluster.pods:
                findings.add(f"/pods: {len(answer['items'])} items")
            if len(unowned) > len(answer["items"]) // 100:  # what Kubernetes alone knows: on nodes that are not ready
                findings.add(f"/pods: {len(unowned)} without phase or usage, such as {unowned[:3]}")
            status = rest.get("/status")
            rest.close()
            watch.stop()
            print(f"beside an hour: {(server.cpu_seconds() - cpu) / took:.2f} cores live, RSS {server.memory('VmRSS') / 1e6:,.0f} MB, at most "
                  f"{server.memory('VmHWM') / 1e6:,.0f} MB; {status['samples']['held'] / 1e9:.2f} billion samples; all pods, joined: {asked:.1f} s; "
                  f"newest tick at most {watch.worst_age:.0f} s old, arrival at most {watch.worst_lag:.1f} s late, {watch.stale} stale", flush=True)
        finally:
            collectors.kill()
            followed.close()
    finally:
        objects.kill()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_cluster_options(parser)
    parser.add_argument("--churn", type=int, default=1500, help="pods replaced a minute while changes are measured; default: 1500")
    options, _ = parser.parse_known_args()  # those of verify.py
    raise_descriptor_limit()
    cluster = cluster_of(options)
    findings = Findings()
    objects_alone(options, cluster)
    beside_an_hour(options, cluster, findings)
    print(f"{findings.compared:,} pods compared, {len(findings.wrong)} findings")
    return 1 if findings.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
