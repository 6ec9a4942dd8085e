#!/usr/bin/env python3
"""Ten minutes of a real node whose pods start and end, and in the midst of them the API server is killed with -9 and
started again: afterwards the window is whole, and adds up to what the guest's own files say.

restart_e2e.py --driver cgroupfs|systemd [--bin DIR] [--minutes N]
"""

import argparse
import json
import os
import random
import shutil
import sys
import tempfile
import time

import build_node
import node_vm
from checks import NodeFixture, Report, pod_path
from programs import ApiServer, Collector, RestError, parse_time

INTERVAL = 10
POD_SECONDS = 70  # how long a pod of the churn lives
PAUSE_SECONDS = 25  # between two starts
# Guest files are read some hundred milliseconds beside the tick.
TOLERANCE = 0.03


class RestartTest(NodeFixture):
    def run(self, minutes):
        self.collector.start(self.server.grpc_port(), self.name, self.arguments)
        self.wait_until(
            "the node and all its pods appear",
            lambda: len(self.get(f"/nodes/{self.name}/pods")["items"]) >= len(self.specs),
            8 * INTERVAL + 60,
        )
        self.running = self.node.pods()
        self.ticks_after(2)
        began = self.measured()
        ended = self.churn(minutes)
        finished = self.measured()
        self.ticks_after(1)
        self.compare(began, finished)
        self.ended_pods(ended)
        self.real_columns()

    def measured(self):
        """Just after a tick: (its Unix time, CPU microseconds of the burner as the guest has them)."""
        item = self.sampled_after(time.time(), f"/nodes/{self.name}")
        cgroup = self.container_cgroup("cpu-burner", "burner")
        text = self.node.run(f"cat {cgroup}/cpu.stat").output
        usec = next(int(line.split()[1]) for line in text.splitlines() if line.startswith("usage_usec"))
        return parse_time(item["sampledAt"]), usec

    def churn(self, minutes):
        """Starts and ends pods, and kills the server once; {name: (up, down)} of the pods, Unix seconds."""
        end = time.monotonic() + minutes * 60
        kill_at = time.monotonic() + random.uniform(0.3, 0.7) * minutes * 60
        living, ended, number = {}, {}, 0
        while time.monotonic() < end:
            number += 1
            name = f"churn-{number}"
            self.start_pod(name)
            living[name] = time.time()
            time.sleep(PAUSE_SECONDS)
            for each in [n for n, up in living.items() if time.time() - up > POD_SECONDS]:
                down = time.time()
                self.node.run(f"e2e_cri_driver stop /tmp/{each}.json {self.node.driver} {each}", limit=300)
                ended[each] = (living.pop(each), down)
            if kill_at and time.monotonic() > kill_at:
                kill_at = None
                self.kill_server()
        return ended

    def start_pod(self, name):
        spec = json.loads(json.dumps(self.spec("short-lived")))
        spec["name"] = name
        spec["uid"] = "-".join("%0*x" % (n, random.getrandbits(4 * n)) for n in (8, 4, 4, 4, 12))
        with tempfile.NamedTemporaryFile("w", prefix="kubemonitor-e2e.") as file:
            json.dump({"pods": [spec]}, file)
            file.flush()
            self.node.put(file.name, f"/tmp/{name}.json", mode="644")
        self.node.run(f"e2e_cri_driver run /tmp/{name}.json {self.node.driver}", limit=300)

    def kill_server(self):
        self.server.kill()
        time.sleep(random.uniform(3, 20))
        self.server.start()
        started = time.monotonic()
        self.sampled_after(time.time() - INTERVAL, f"/nodes/{self.name}")
        self.report.check("the newest tick is there after the restart", True, f"{time.monotonic() - started:.1f} s")

    def compare(self, began, finished):
        window = int(finished[0] - began[0])
        query = {"window": window, "end": int(finished[0])}
        node = self.get(f"/nodes/{self.name}", **query)
        keys = ["cpuMillicores", "memoryBytes", "memoryWorkingSetBytes"]
        self.report.check("the node's window is whole", not self.holes(node, keys), f"{window} s")
        for name in ("cpu-burner", "net-client", "disk-writer", "mem-holder"):
            item = self.get(pod_path(self.spec(name)), **query)
            self.report.check(f"the window of {name} is whole", not self.holes(item, keys), self.holes(item, keys))
        pod = self.get(pod_path(self.spec("cpu-burner")), **query)
        rates = self.container(pod, "burner")["series"]["cpuMillicores"]
        used = sum(rate for rate in rates if rate is not None) / 1000 * INTERVAL
        wanted = (finished[1] - began[1]) / 1e6
        self.report.within("CPU of the burner over the window", used, wanted * (1 - TOLERANCE), wanted * (1 + TOLERANCE), "s")

    def ended_pods(self, ended):
        """Those from before the kill too: named, and measured at every tick between start and end."""
        for name, (up, down) in ended.items():
            try:
                item = self.get(f"/namespaces/batch/pods/{name}", window=3600)
            except RestError as error:
                self.report.check(f"{name} is known after its end", False, error)
                continue
            points = zip(item["window"]["timestamps"], item["series"]["memoryBytes"])
            missing = [t for t, value in points if up + INTERVAL < t < down - 1 and value is None]
            self.report.check(f"{name} has every tick of its life", not missing, missing or f"{down - up:.0f} s")

    def real_columns(self):
        """What all of the collector's own columns cost, open block included."""
        status = self.get("/status")
        held, memory = status["samples"]["held"], status["memory"]
        size = memory["blockBytes"] + memory["openBlockBytes"]
        self.report.check("the series are held compressed", size < 4 * held, f"{held} samples, {size / held:.2f} bytes each")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--driver", choices=node_vm.DRIVERS, required=True)
    parser.add_argument("--bin", default=os.path.join(build_node.ROOT, "out", "bin"))
    parser.add_argument("--minutes", type=float, default=10)
    options = parser.parse_args()
    reason = node_vm.unavailable()
    if reason:
        print(f"SKIPPED: the real node is NOT tested: {reason}", flush=True)
        return 0
    logs = tempfile.mkdtemp(prefix="kubemonitor-e2e.")
    report = Report()
    server = ApiServer(options.bin, os.path.join(logs, "apiserver.log"))
    try:
        server.start()
        with node_vm.NodeVm(options.driver, options.bin) as node:
            collector = Collector(node, options.bin)
            RestartTest(node, server, collector, INTERVAL, [], report).run(options.minutes)
            if report.failed:
                print("-- collector's log\n" + collector.log())
    finally:
        server.close()
        if report.failed:
            print("-- API server's log\n" + server.log())
        shutil.rmtree(logs, ignore_errors=True)
    print(f"{options.driver}: {report.passed} passed, {len(report.failed)} failed", flush=True)
    return 0 if not report.failed else 1


if __name__ == "__main__":
    sys.exit(main())
