#!/usr/bin/env python3
"""The collector from its image, as a pod of the real node, with the mounts and rights that deployments/ gives it: once as
daemonset.yaml has it (privileged), once as hardened/daemonset.yaml has it, beside a collector on the node itself. All
three sample the same node at the same ticks; what REST shows of them must be the same.

image_e2e.py [--driver cgroupfs|systemd] [--bin DIR] [--archive FILE] [--interval SECONDS]

The archive is what scripts/build-images.sh leaves in out/images. Ends like e2e_test.py.
"""

import argparse
import glob
import json
import os
import shutil
import sys
import tempfile
import time

import build_node
import manifest_pod
import node_vm
from checks import Report, usage
from programs import ApiServer, Collector, Rest, RestError, parse_time
from service_names import ServiceNames

SERVICE_ADDRESSES = ("10.96.0.50", "10.96.0.51")
ON_NODE = "vm-on-node"
MANIFESTS = {"vm-privileged": "daemonset.yaml", "vm-hardened": "hardened/daemonset.yaml"}
TICKS = 6
# Statistics of the same ticks: (key, allowed part of the value, allowed difference).
FIGURES = (
    ("cpuMillicores", 0.15, 15),
    ("memoryBytes", 0.1, 4 << 20),
    ("memoryWorkingSetBytes", 0.1, 4 << 20),
    ("diskWriteBytesPerSecond", 0.15, 65536),
    ("networkRxBytesPerSecond", 0.15, 20000),
    ("networkTxBytesPerSecond", 0.15, 20000),
    ("processCount", 0, 3),
)
# What a process, the pod or the node is, whoever looks.
POD_FACTS = ("namespace", "labels", "owner", "qosClass", "hostNetwork")
CONTAINER_FACTS = ("containerId", "type", "startedAt", "limits")
PROCESS_FACTS = ("name", "executable", "user", "unit")
PROCESS_READS = ("diskReadBytesPerSecond", "diskWriteBytesPerSecond", "memoryRssBytes", "threads")
OWN = "kubemonitor"
# Not compared: the collectors themselves, and what the kernel calls by the work in hand.
CHANGING = (OWN, "kworker/")
HOST_FOLDERS = "find /run /var/log /sys/fs -maxdepth 1 -mindepth 1"


def differences(pods, other, facts):
    """Named objects of both whose facts differ."""
    return [
        f"{name} {key}: {pods[name].get(key)!r} and {other[name].get(key)!r}"
        for name in sorted(set(pods) & set(other))
        for key in facts
        if pods[name].get(key) != other[name].get(key)
    ]


def by_name(items):
    return {item["name"]: item for item in items}


class ImageTest:
    def __init__(self, node, servers, options, report):
        self.node = node
        self.servers = servers
        self.options = options
        self.report = report
        self.names = ServiceNames(node)
        self.collector = Collector(node, options.bin)
        self.pods = []

    def get(self, path, **parameters):
        return self.servers[0].rest.get(path, **parameters)

    def wait_until(self, what, condition, limit):
        started = time.monotonic()
        value = None
        while time.monotonic() - started < limit:
            try:
                value = condition()
            except RestError:
                value = None
            if value:
                self.report.check(what, True, f"after {time.monotonic() - started:.0f} s")
                return value
            time.sleep(1)
        self.report.check(what, False, f"not in {limit} s")
        return None

    def import_image(self):
        started = time.monotonic()
        self.node.put(self.options.archive, "/var/tmp/collector.tar", mode="644")
        self.node.run(
            "ctr -n k8s.io images import --snapshotter overlayfs /var/tmp/collector.tar"
            " && rm /var/tmp/collector.tar",
            limit=300,
        )
        listed = self.node.run("ctr -n k8s.io images ls -q").output
        wanted = manifest_pod.load("daemonset.yaml")["spec"]["template"]["spec"]["containers"][0]
        self.report.check(
            "the archive brings the image that the manifest names",
            "docker.io/" + wanted["image"] in listed.split(),
            f"imported in {time.monotonic() - started:.0f} s",
        )

    def start(self):
        for address, server in zip(SERVICE_ADDRESSES, self.servers):
            self.names.add_address(address, 50051, server.grpc_port())
        self.names.name("monitor-apiserver", "kubemonitor", SERVICE_ADDRESSES[:1])
        before = self.node.run(HOST_FOLDERS).output
        for node_name, manifest in MANIFESTS.items():
            daemonset = manifest_pod.load(manifest)
            dns = self.names.pod_dns(daemonset["metadata"]["namespace"])
            name = "resource-collector-" + node_name.partition("-")[2]
            self.pods.append(manifest_pod.pod_of(daemonset, name, node_name, dns))
        with tempfile.NamedTemporaryFile("w", prefix="kubemonitor-pods.") as file:
            json.dump({"pods": self.pods}, file)
            file.flush()
            self.node.put(file.name, "/run/collectors.json", mode="644")
        self.collector.start(self.servers[0].grpc_port(), ON_NODE)
        output = self.node.run(
            f"e2e_cri_driver run /run/collectors.json {self.node.driver}", limit=300
        ).output
        self.report.check(
            "both pods start, with the mounts and rights of their manifests",
            output.count("running") == 2,
            " ".join(output.split()),
        )
        made = set(self.node.run(HOST_FOLDERS).output.split()) - set(before.split())
        made -= {"/run/collectors.json", "/var/log/kubemonitor-collector.log"}
        self.report.check("their mounts make nothing on the node", not made, sorted(made))

    def reporting(self):
        wanted = {ON_NODE, *MANIFESTS}

        def all_report():
            nodes = by_name(self.get("/nodes")["items"])
            return wanted <= set(nodes) and not any(nodes[name]["stale"] for name in wanted)

        if not self.wait_until(
            "all three collectors report, the pods by the Service's name", all_report, 120
        ):
            raise RestError("not all report")
        self.report.check(
            "it was asked for as ClusterFirst says",
            "monitor-apiserver.kubemonitor.svc.cluster.local" in self.names.asked,
            self.names.asked[:3],
        )
        time.sleep((TICKS + 1) * self.options.interval)

    def log(self, pod, lines=20):
        folder = f"/var/log/pods/{pod['namespace']}_{pod['name']}_{pod['uid']}/collector"
        return self.node.run(f"tail -n {lines} {folder}/*.log", check=False).output

    def rights(self):
        running = {entry["pod"]: entry for entry in self.node.pods() if entry["container"] != "POD"}
        for pod in self.pods:
            pid = running[pod["name"]]["pid"]
            status = dict(
                line.split(":\t", 1)
                for line in self.node.run(f"cat /proc/{pid}/status").output.splitlines()
                if ":\t" in line
            )
            root = self.node.run(f"awk '$5 == \"/\" {{ print $6 }}' /proc/{pid}/mountinfo").output
            self.report.check(
                f"{pod['name']}: its root is read-only", root.startswith("ro"), root.strip()
            )
            hardened = pod["name"].endswith("hardened")
            # Bits 2 (DAC_READ_SEARCH) and 19 (SYS_PTRACE).
            capabilities = int(status["CapEff"], 16)
            self.report.check(
                f"{pod['name']}: has the rights of its manifest and no others",
                (capabilities == (1 << 2 | 1 << 19) and status["NoNewPrivs"].strip() == "1"
                 and status["Seccomp"].strip() == "2")
                if hardened
                else capabilities.bit_count() > 30,
                {key: status[key].strip() for key in ("CapEff", "NoNewPrivs", "Seccomp")},
            )
            memory = self.node.run(f"grep VmRSS /proc/{pid}/status").output.split()[1]
            self.report.within(f"{pod['name']}: RSS", int(memory) / 1024, 1, 20, "MiB")

    def items(self, node_name, end):
        window = TICKS * self.options.interval
        items = self.get(f"/nodes/{node_name}/pods", window=window, end=end)["items"]
        return {i["name"]: i for i in items if not i["name"].startswith("resource-collector")}

    def newest_common_tick(self):
        return int(
            min(
                parse_time(self.get(f"/nodes/{name}")["sampledAt"])
                for name in (ON_NODE, *MANIFESTS)
            )
        )

    def details_of_one_tick(self):
        """The three nodes with what only the newest tick has: units and processes come and go."""
        for _ in range(5 * self.options.interval):
            details = {name: self.get(f"/nodes/{name}") for name in (ON_NODE, *MANIFESTS)}
            if len({item["sampledAt"] for item in details.values()}) == 1:
                return details
            time.sleep(1)
        raise RestError("the collectors never have the same newest tick")

    def compare(self):
        end = self.newest_common_tick()
        window = TICKS * self.options.interval
        nodes = {
            name: self.get(f"/nodes/{name}", window=window, end=end)
            for name in (ON_NODE, *MANIFESTS)
        }
        pods = {name: self.items(name, end) for name in nodes}
        for name, manifest in MANIFESTS.items():
            self.compare_figures(manifest, {"node": nodes[ON_NODE]}, {"node": nodes[name]})
            self.compare_figures(manifest, pods[ON_NODE], pods[name])
            self.compare_pods(manifest, ON_NODE, name)
            # What lived for an instant only is in one sample and not in the other: then look again.
            wrong = self.node_differences(name)
            if wrong:
                time.sleep(self.options.interval)
                wrong = self.node_differences(name)
            self.report.check(
                f"{manifest}: units, disks, interfaces, processes with users, programs and I/O are the same",
                not wrong,
                "; ".join(wrong[:6]),
            )
        self.compare_figures("privileged and hardened", pods["vm-privileged"], pods["vm-hardened"])

    def compare_figures(self, manifest, reference, other):
        what = "the node" if "node" in reference else f"{len(reference)} pods"
        self.report.check(
            f"{manifest}: shows {what}", set(reference) == set(other), sorted(set(other))[:3]
        )
        wrong, compared = [], 0
        for name in sorted(set(reference) & set(other)):
            for key, part, slack in FIGURES:
                values = [
                    (item.get("statistics") or {}).get(key, {}).get("avg")
                    for item in (reference[name], other[name])
                ]
                if values == [None, None]:
                    continue
                compared += 1
                if None in values or abs(values[0] - values[1]) > slack + part * abs(values[0]):
                    wrong.append(f"{name} {key}: {values[0]} and {values[1]}")
        self.report.check(
            f"{manifest}: the figures of {what} are the same", not wrong and compared > 5,
            "; ".join(wrong) or f"{compared} means of {TICKS} ticks",
        )

    def compare_pods(self, manifest, reference, other):
        """Names, owners, containers of the newest tick, and which values there are."""
        pairs = [
            by_name(self.get(f"/nodes/{name}/pods")["items"]) for name in (reference, other)
        ]
        wrong = differences(*pairs, POD_FACTS)
        for name in sorted(set(pairs[0]) & set(pairs[1])):
            measured = [
                {key for key, value in (item.get("usage") or {}).items() if value is not None}
                for item in (pairs[0][name], pairs[1][name])
            ]
            if measured[0] != measured[1]:
                wrong.append(f"{name}: {measured[0] ^ measured[1]} on one side alone")
            containers = [by_name(item.get("containers") or []) for item in (pairs[0][name], pairs[1][name])]
            wrong += differences(*containers, CONTAINER_FACTS)
        self.report.check(
            f"{manifest}: names, labels, owners, containers and measured values are the same",
            not wrong,
            "; ".join(wrong[:5]) or f"{len(pairs[1])} pods",
        )

    def node_differences(self, name):
        details = self.details_of_one_tick()
        reference, other = details[ON_NODE], details[name]
        wrong = []
        if reference["capacity"] != other["capacity"]:
            wrong.append(f"capacity: {other['capacity']}")
        for key in ("disks", "interfaces", "units"):
            names = [{item["name"] for item in node.get(key) or []} for node in (reference, other)]
            if names[0] != names[1] or not names[0]:
                wrong.append(f"{key}: {sorted(names[0] ^ names[1])} on one side alone")
        return wrong + self.process_differences(reference["processes"], other["processes"])

    def process_differences(self, reference, other):
        """Of the host's processes that both saw."""
        pairs = [
            {str(p["pid"]): p for p in processes if not p["name"].startswith(CHANGING)}
            for processes in (reference, other)
        ]
        common = set(pairs[0]) & set(pairs[1])
        wrong = differences(*pairs, PROCESS_FACTS)
        for pid in sorted(common):
            for key in PROCESS_READS:
                if (pairs[0][pid].get(key) is None) != (pairs[1][pid].get(key) is None):
                    wrong.append(f"{pairs[0][pid]['name']}: {key} on one side alone")
        if sum(1 for pid in common if pairs[1][pid].get("executable")) < 3:
            wrong.append(f"{len(common)} processes, and hardly one with a program")
        return wrong

    def cost(self):
        for node_name, pod in zip(MANIFESTS, self.pods):
            item = self.get(
                f"/nodes/{ON_NODE}/pods", window=TICKS * self.options.interval
            )["items"]
            shown = by_name(item)[pod["name"]]
            self.report.check(
                f"{node_name}: the pod's own cost is shown",
                (usage(shown, "memoryBytes") or 0) > 0,
                f"{usage(shown, 'memoryBytes') / 1e6:.1f} MB, working set "
                f"{usage(shown, 'memoryWorkingSetBytes') / 1e6:.1f} MB, "
                f"{shown['statistics']['cpuMillicores']['avg']:.1f} millicores (emulated)",
            )

    def two_servers(self):
        """As deployments/ha: the name resolves to two servers, and each is told everything."""
        before = {name: int(parse_time(self.get(f"/nodes/{name}")["sampledAt"])) for name in MANIFESTS}
        self.names.name("monitor-apiserver", "kubemonitor", SERVICE_ADDRESSES)
        second = Rest(self.servers[1].http)

        def told():
            nodes = by_name(second.get("/nodes")["items"])
            return set(MANIFESTS) <= set(nodes)

        self.wait_until("a second address of the name is told as well", told, 120)
        window = TICKS * self.options.interval
        for name, end in before.items():

            def filled(name=name, end=end):
                series = [
                    rest.get(f"/nodes/{name}", window=window, end=end, metrics="memoryBytes")["series"]["memoryBytes"]
                    for rest in (self.servers[0].rest, second)
                ]
                return series[0] == series[1] and None not in series[0]

            self.wait_until(f"{name}: it has what was before, too", filled, 120)

    def end(self):
        for pod in self.pods:
            self.node.run(
                f"e2e_cri_driver stop /run/collectors.json {self.node.driver} {pod['name']}",
                limit=300,
            )
        self.report.check("both pods end", not [p for p in self.node.pods() if p["namespace"] == OWN])

    def close(self):
        self.names.close()


STEPS = (
    "import_image",
    "start",
    "reporting",
    "rights",
    "compare",
    "cost",
    "two_servers",
    "end",
)


# Without these there is nothing to look at.
NEEDED = ("import_image", "start", "reporting")


def run(options, logs):
    report = Report()
    arguments = [] if options.interval == 10 else ["--interval", f"{options.interval}s"]
    servers = [
        ApiServer(options.bin, os.path.join(logs, f"apiserver-{number}.log"), arguments)
        for number in (1, 2)
    ]
    try:
        for server in servers:
            server.start()
        with node_vm.NodeVm(options.driver, options.bin) as node:
            test = ImageTest(node, servers, options, report)
            try:
                for step in STEPS:
                    print(f"-- {step.replace('_', ' ')}", flush=True)
                    try:
                        getattr(test, step)()
                    except (RestError, node_vm.VmError, KeyError, IndexError, ValueError) as error:
                        report.check(f"step {step}", False, repr(error))
                        if not node.alive() or step in NEEDED:
                            break
                if report.failed:
                    for pod in test.pods:
                        print(f"-- log of {pod['name']}\n{test.log(pod)}")
            finally:
                test.close()
    finally:
        for server in servers:
            server.close()
    if report.failed:
        print("failed: " + "; ".join(report.failed))
    print(f"image, {options.driver}: {report.passed} passed, {len(report.failed)} failed", flush=True)
    return 0 if not report.failed else 1


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--driver", choices=node_vm.DRIVERS, default="systemd")
    parser.add_argument("--bin", default=os.path.join(build_node.ROOT, "out", "bin"))
    parser.add_argument("--archive", help="default: out/images/collector-*-amd64.tar")
    parser.add_argument("--interval", type=int, default=10, help="seconds (default: 10)")
    options = parser.parse_args()
    reason = node_vm.unavailable()
    archives = glob.glob(os.path.join(build_node.ROOT, "out/images/collector-*-amd64.tar"))
    if not reason and not (options.archive or archives):
        reason = "there is no image in out/images (scripts/build-images.sh)"
    if reason:
        print(f"SKIPPED: the collector's image is NOT tested on the real node: {reason}", flush=True)
        return 0
    options.archive = options.archive or max(archives, key=os.path.getmtime)
    logs = tempfile.mkdtemp(prefix="kubemonitor-e2e.")
    try:
        return run(options, logs)
    finally:
        shutil.rmtree(logs, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
