#!/usr/bin/env python3
"""The main job on a real node: the collector in a virtual machine, the API server on this machine,
every figure asserted through REST.

e2e_test.py --driver cgroupfs|systemd [--bin DIR] [--interval SECONDS]

Each check prints one line, "ok" or "FAIL", with what was measured; the exit code says whether all
passed. Where QEMU cannot be had it says SKIPPED and ends with 0.
"""

import argparse
import os
import shutil
import sys
import tempfile

import build_node
import node_vm
from checks import Report, TICKS, pod_path, qos_class, usage
from figure_checks import FigureChecks
from kubernetes_checks import KubernetesChecks, KubernetesSide
from lifecycle_checks import LifecycleChecks
from programs import ApiServer, Collector, RestError


class NodeTest(FigureChecks, KubernetesChecks, LifecycleChecks):
    """The steps, in the order of STEPS. Each may rely on the ones before it."""

    def __init__(self, *shared, bin_dir, kubernetes):
        super().__init__(*shared)
        self.bin_dir = bin_dir
        self.kubernetes = kubernetes

    def start(self):
        self.running = self.node.pods()
        beside = ("--api-server", f"{node_vm.HOST}:{self.kubernetes.sighted.grpc_port()}")
        self.collector.start(self.server.grpc_port(), self.name, (*self.arguments, *beside))
        self.wait_until(
            "the node and all its pods appear",
            lambda: len(self.get(f"/nodes/{self.name}/pods")["items"]) >= len(self.specs),
            8 * self.interval + 30,
        )
        node = self.get(f"/nodes/{self.name}")
        self.report.check(
            "the node is not stale", node.get("stale") is False, node.get("sampledAt")
        )

    def names(self):
        items = {item["name"]: item for item in self.get("/pods", node=self.name)["items"]}
        wanted = {pod["name"] for pod in self.specs}
        self.report.check(
            "exactly the node's pods are listed",
            set(items) == wanted,
            (
                f"{len(items)} pods"
                if set(items) == wanted
                else f"missing {wanted - set(items)}, too many {set(items) - wanted}"
            ),
        )
        for spec in self.specs:
            item = self.get(pod_path(spec))
            wrong = [
                f"{key} is {item.get(key)!r}"
                for key, value in (
                    ("name", spec["name"]),
                    ("namespace", spec["namespace"]),
                    ("uid", spec["uid"]),
                    ("node", self.name),
                    ("hostNetwork", spec.get("hostNetwork", False)),
                )
                if (item.get(key) or False) != value
            ]
            by_name = {c.get("name"): c for c in item.get("containers") or []}
            apps = {c["name"] for c in spec["containers"]}
            inits = {c["name"] for c in spec.get("initContainers", [])}
            if not apps <= set(by_name) or set(by_name) - apps - inits:
                wrong.append(f"containers are {sorted(map(str, by_name))}")
            for container in self.running:
                if container["pod"] != spec["name"] or container["container"] not in apps:
                    continue
                shown = by_name.get(container["container"], {})
                if shown.get("containerId") != container["id"]:
                    wrong.append(f"{container['container']} has id {shown.get('containerId')!r}")
                if shown.get("type") != "app":
                    wrong.append(f"{container['container']} has type {shown.get('type')!r}")
            labels = item.get("labels") or {}
            if any(labels.get(key) != value for key, value in spec["labels"].items()):
                wrong.append(f"labels are {labels}")
            if item.get("qosClass") != qos_class(spec):
                wrong.append(f"qosClass is {item.get('qosClass')!r}")
            self.report.check(f"identity of {spec['name']}", not wrong, "; ".join(wrong))

    def owners(self):
        replicas = {pod["name"] for pod in self.specs if "pod-template-hash" in pod["labels"]}
        deployments = self.get("/namespaces/shop/deployments")["items"]
        self.report.check(
            "namespace shop has the one deployment",
            [d["name"] for d in deployments] == ["web-frontend"],
            [(d["name"], d.get("podCount")) for d in deployments],
        )
        deployment = self.get("/namespaces/shop/deployments/web-frontend")
        self.report.check(
            "deployment web-frontend has two pods",
            deployment.get("podCount") == 2,
            deployment.get("podCount"),
        )
        self.report.check(
            "deployment web-frontend is marked as inferred", deployment.get("inferred") is True
        )
        pods = self.get("/namespaces/shop/deployments/web-frontend/pods")["items"]
        self.report.check("they are the two replicas", {p["name"] for p in pods} == replicas)
        owner = self.get(pod_path(self.spec(min(replicas)))).get("owner") or {}
        self.report.check(
            "a replica's owner is the deployment",
            owner == {"kind": "Deployment", "name": "web-frontend", "inferred": True},
            owner,
        )
        total = sum(usage(p, "memoryBytes") or 0 for p in pods)
        self.report.within(
            "the deployment's memory is its pods'",
            usage(deployment, "memoryBytes"),
            total * 0.9,
            total * 1.1,
            "bytes",
        )


STEPS = (
    "start",
    "names",
    "owners",
    "ticks",
    "cpu",
    "memory",
    "disk",
    "network",
    "host_network",
    "oom",
    "ledger",
    "series",
    "tell_kubernetes",
    "kubernetes_status",
    "kubernetes_pods",
    "kubernetes_figures",
    "kubernetes_workloads",
    "kubernetes_unmeasured",
    "kubernetes_selectors",
    "kubernetes_node",
    "kubernetes_names_alone",
    "kubernetes_deleted_pod",
    "restarted_container",
    "deleted_pod",
    "killed_collector",
    "killed_server",
    "clean_end",
)


def run_steps(test, report):
    for step in STEPS:
        print(f"-- {step.replace('_', ' ')}", flush=True)
        try:
            if step == "ticks":
                # Statistics and series are asserted over whole windows.
                test.ticks_after(TICKS + 1)
            else:
                getattr(test, step)()
        except (
            RestError,
            node_vm.VmError,
            KeyError,
            IndexError,
            StopIteration,
            ValueError,
        ) as error:
            report.check(f"step {step}", False, repr(error))
            if not test.node.alive():
                return


def run(options, logs):
    report = Report()
    arguments = [] if options.interval == 10 else ["--interval", f"{options.interval}s"]
    server = ApiServer(options.bin, os.path.join(logs, "apiserver.log"), arguments)
    try:
        server.start()
        with (
            KubernetesSide(options.bin, logs, arguments) as kubernetes,
            node_vm.NodeVm(options.driver, options.bin) as node,
        ):
            collector = Collector(node, options.bin)
            test = NodeTest(
                node,
                server,
                collector,
                options.interval,
                arguments,
                report,
                bin_dir=options.bin,
                kubernetes=kubernetes,
            )
            run_steps(test, report)
            if report.failed:
                print("-- collector's log\n" + collector.log())
    finally:
        server.close()
    if report.failed:
        print("-- API server's log\n" + server.log())
        print("failed: " + "; ".join(report.failed))
    print(f"{options.driver}: {report.passed} passed, {len(report.failed)} failed", flush=True)
    return 0 if not report.failed else 1


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--driver", choices=node_vm.DRIVERS, required=True)
    parser.add_argument(
        "--bin",
        default=os.path.join(build_node.ROOT, "out", "bin"),
        help="folder of the programs (default: out/bin)",
    )
    parser.add_argument("--interval", type=int, default=10, help="seconds (default: 10)")
    options = parser.parse_args()
    reason = node_vm.unavailable()
    if reason:
        print(f"SKIPPED: the real node is NOT tested: {reason}", flush=True)
        return 0
    logs = tempfile.mkdtemp(prefix="kubemonitor-e2e.")
    try:
        return run(options, logs)
    finally:
        shutil.rmtree(logs, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
