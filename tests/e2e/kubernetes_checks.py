"""The node's pods beside a Kubernetes API that knows them, and some more: an API server that asks it
shows names, owners, limits and sums as Kubernetes has them, and the figures that it shows without.

Two API servers ask it. The collector of the other steps tells one of them the names that it has of
the runtime; the collector that tells the other one asks no runtime, so that all names there are
Kubernetes' own, found by uid, by container id, or by a static pod's hash.
"""

import contextlib
import json
import os
import urllib.parse

import kubernetes_objects as objects
import node_vm
from checks import MIB, NodeFixture, TICKS, qos_class, usage
from kubernetes_api import KubernetesApi, VERSION
from programs import ApiServer, Collector, RestError, parse_time

BLIND_UNIT = "kubemonitor-blind"
BLIND = ("--cri-endpoint", "none", "--pod-log-root", "/nothing")
KEPT = "web-frontend-7d9c5b8f6d-x2k4b"
DELETED = "web-frontend-7d9c5b8f6d-q9wfz"
# What the pods of guest/pods.json ask for, counted by hand: (requests, limits).
AMOUNTS = {
    "cpu-burner": ({"cpuMillicores": 110}, {}),
    "mem-holder": (
        {"cpuMillicores": 300, "memoryBytes": 192 * MIB},
        {"cpuMillicores": 300, "memoryBytes": 192 * MIB},
    ),
    "net-server": ({"cpuMillicores": 50, "memoryBytes": 64 * MIB}, {"memoryBytes": 64 * MIB}),
    "oom-looper": ({"memoryBytes": 32 * MIB}, {"memoryBytes": 32 * MIB}),
    "node-proxy": ({"cpuMillicores": 100}, {}),
    KEPT: ({"cpuMillicores": 20}, {}),
    "static-agent-vm": ({"cpuMillicores": 10}, {}),
    "disk-writer": ({}, {}),
}
REQUESTED_MILLICORES = 660  # by all pods of the node that Kubernetes knows
UTILIZATION = (
    ("cpuOfRequestPercent", "requests", "cpuMillicores", "cpuMillicores"),
    ("cpuOfLimitPercent", "limits", "cpuMillicores", "cpuMillicores"),
    ("memoryOfRequestPercent", "requests", "memoryBytes", "memoryWorkingSetBytes"),
    ("memoryOfLimitPercent", "limits", "memoryBytes", "memoryWorkingSetBytes"),
)
SUMMED = ("cpuMillicores", "memoryBytes", "processCount")
WORKLOADS = (
    ("shop", "Deployment", "load", {"cpu-burner", "mem-holder"}),
    ("shop", "Deployment", "web-frontend", {KEPT, DELETED}),
    ("kube-system", "DaemonSet", "proxies", {"node-proxy"}),
    ("batch", "CronJob", "hungry", {"oom-looper"}),
    ("batch", "Job", "hungry-29400000", {"oom-looper"}),
    ("batch", "StatefulSet", "files", {"disk-writer"}),
)
SELECTORS = (
    ("app=web-frontend,pod-template-hash", {KEPT, DELETED}),
    (
        "app=web-frontend,!pod-template-hash",
        {objects.PENDING["name"], objects.ELSEWHERE["name"]},
    ),
    ("app in (mem-holder, disk-writer),told-by=kubernetes", {"mem-holder", "disk-writer"}),
    ("tier=node,component!=other", {objects.STATIC}),
    ("app=short-lived", {"short-lived"}),
)


def equal(value, wanted, slack=0.003):
    """But for what rounding to the third decimal makes of it."""
    return value is not None and abs(value - wanted) <= slack + 1e-6 * abs(wanted)


def by_name(items):
    return {item["name"]: item for item in items}


class KubernetesSide(contextlib.ExitStack):
    """The Kubernetes API and the two servers that ask it."""

    def __init__(self, bin_dir, logs, arguments):
        super().__init__()
        self.api = self.enter_context(KubernetesApi())
        config = os.path.join(logs, "kubeconfig")
        self.api.write_kubeconfig(config)
        self.sighted, self.blind = (
            ApiServer(bin_dir, os.path.join(logs, f"{name}.log"), arguments, config)
            for name in ("sighted", "blind")
        )
        for server in (self.sighted, self.blind):
            server.start()
            self.callback(server.close)


class KubernetesChecks(NodeFixture):
    """Steps of e2e_test.py, in its order."""

    def known(self, path, **parameters):
        """Of the server that has names from both."""
        return self.kubernetes.sighted.rest.get(path, **parameters)

    def told(self):
        """Pods of the node that Kubernetes knows."""
        return [pod for pod in self.specs if pod["name"] not in objects.UNKNOWN]

    def owner_of(self, spec):
        """(kind, name) of what is at the top, or None."""
        if spec.get("static"):
            return "Node", self.name
        chain = objects.OWNERS.get(spec["name"])
        return chain[-1] if chain else None

    def live_ids(self, spec):
        """container → id, of the runtime itself."""
        return {
            entry["container"]: entry["id"]
            for entry in self.running
            if entry["pod"] == spec["name"] and entry["state"] != "CONTAINER_EXITED"
        }

    def tell_kubernetes(self):
        capacity = self.get(f"/nodes/{self.name}")["capacity"]
        capacity = {key: int(capacity[key]) for key in ("cpuMillicores", "memoryBytes")}
        self.allocatable = {
            "cpuMillicores": capacity["cpuMillicores"] - 100,
            "memoryBytes": capacity["memoryBytes"] // MIB * MIB - 64 * MIB,
        }
        objects.tell(
            self.kubernetes.api, self.specs, self.name, self.running, capacity, self.allocatable
        )
        self.blind_collector = Collector(self.node, self.bin_dir, BLIND_UNIT)
        self.blind_collector.start(
            self.kubernetes.blind.grpc_port(), self.name, (*self.arguments, *BLIND)
        )
        self.wait_until(
            "an API server takes in what Kubernetes knows",
            lambda: objects.PENDING["name"] in by_name(self.known("/pods")["items"]),
            30,
        )

    def kubernetes_status(self):
        status = self.known("/status")["kubernetes"]
        self.report.check(
            "the status says that Kubernetes is followed",
            (status["state"], status.get("version")) == ("synced", VERSION)
            and status["ageSeconds"] < 60,
            {key: status.get(key) for key in ("state", "version", "ageSeconds")},
        )
        counts = {kind["kind"]: kind["objects"] for kind in status["kinds"]}
        wanted = {"Pod": len(self.told()) + 2, "Node": 2, "Deployment": 2, "ReplicaSet": 2}
        self.report.check(
            "it counts the objects of each kind",
            all(counts.get(kind) == count for kind, count in wanted.items()),
            counts,
        )

    def kubernetes_pods(self):
        pods = by_name(self.known("/pods", node=self.name)["items"])
        self.report.check(
            "the node's pods are those of before, none twice, and none more",
            sorted(pods) == sorted(pod["name"] for pod in self.specs),
            sorted(pods),
        )
        for spec in self.told():
            wrong = self.pod_mistakes(spec, pods[spec["name"]])
            self.report.check(
                f"Kubernetes' word of {spec['name']}", not wrong, "; ".join(wrong)
            )
        for name, (requests, limits) in AMOUNTS.items():
            item = pods[name]
            wrong = [
                f"{key} are {item.get(key, {})}"
                for key, wanted in (("requests", requests), ("limits", limits))
                if item.get(key, {}) != wanted
            ]
            for key, of, amount, used in UTILIZATION:
                value = item.get("utilization", {}).get(key)
                whole = item.get(of, {}).get(amount)
                part = usage(item, used)
                if whole is None:
                    right = value is None
                else:
                    right = equal(value, 100 * part / whole, 0.001 + 0.1 / whole)
                if not right:
                    wrong.append(f"{key} is {value}, of {part} and {whole}")
            self.report.check(
                f"requests, limits and their use by {name}",
                not wrong,
                "; ".join(wrong) or item.get("utilization", ""),
            )

    def pod_mistakes(self, spec, item):
        owner = self.owner_of(spec)
        wanted = {
            "namespace": spec["namespace"],
            "uid": spec["uid"],
            "labels": {**spec["labels"], "told-by": "kubernetes"},
            "owner": owner and {"kind": owner[0], "name": owner[1], "inferred": False},
            "phase": "Running",
            "ready": True,
            "qosClass": qos_class(spec),
            "priorityClass": objects.PRIORITY_CLASS,
        }
        wrong = [
            f"{key} is {item.get(key)!r}, not {value!r}"
            for key, value in wanted.items()
            if item.get(key) != value
        ]
        path = f"/namespaces/{spec['namespace']}/pods/{spec['name']}"
        detailed = self.known(path, uid=objects.kubernetes_uid(spec))
        shown = {c["name"]: c for c in detailed["containers"]}
        for container in spec["containers"]:
            found = shown.get(container["name"], {})
            limits = container.get("limits", {})
            if (
                found.get("containerId") != self.live_ids(spec)[container["name"]]
                or found.get("state") != "running"
                or not found.get("ready")
                or found.get("limits", {}) != limits
            ):
                wrong.append(f"container {container['name']} is {found}")
        return wrong

    def kubernetes_figures(self):
        """The same with and without Kubernetes, of the same ticks."""
        self.window = {
            "window": TICKS * self.interval,
            "end": int(
                min(
                    parse_time(rest.get(f"/nodes/{self.name}")["sampledAt"])
                    for rest in (self.server.rest, self.kubernetes.sighted.rest)
                )
            ),
            "metrics": ",".join(SUMMED),
        }
        without = by_name(self.get("/pods", node=self.name, **self.window)["items"])
        self.pods = by_name(self.known("/pods", node=self.name, **self.window)["items"])
        different = [
            name for name in without if without[name]["series"] != self.pods[name]["series"]
        ]
        self.report.check(
            "Kubernetes changes no figure",
            not different,
            f"{len(self.pods)} pods, {TICKS} ticks" if not different else different,
        )

    def kubernetes_workloads(self):
        listed = {
            (item["namespace"], item["kind"], item["name"])
            for item in self.known("/workloads")["items"]
        }
        # Jobs of a CronJob are part of it, and beside the list.
        wanted = {workload[:3] for workload in WORKLOADS if workload[1] != "Job"}
        self.report.check("the workloads are Kubernetes'", wanted <= listed, sorted(listed))
        for namespace, kind, name, members in WORKLOADS:
            path = f"/namespaces/{namespace}/{objects.RESOURCES[kind]}/{name}"
            item = self.known(path, **self.window)
            wrong = []
            if item["inferred"] or item["podCount"] != len(members):
                wrong.append(f"inferred {item['inferred']}, {item['podCount']} pods")
            if item.get("labels") != {"of": name}:
                wrong.append(f"labels are {item.get('labels')}")
            pods = {pod["name"] for pod in self.known(path + "/pods")["items"]}
            if pods != members:
                wrong.append(f"its pods are {sorted(pods)}")
            for key in SUMMED:
                sums = [
                    sum(tick)
                    for tick in zip(*(self.pods[member]["series"][key] for member in members))
                ]
                values = item["series"][key]
                if not sums or not all(map(equal, values, sums)):
                    wrong.append(f"{key} is {values}, not {sums}")
            self.report.check(
                f"{kind} {name} is the sum of its pods, tick by tick",
                not wrong,
                "; ".join(wrong) or [round(value) for value in item["series"]["memoryBytes"]],
            )

    def kubernetes_unmeasured(self):
        for place, reason, phase in (
            (objects.PENDING, "notScheduled", "Pending"),
            (objects.ELSEWHERE, "noCollector", "Running"),
        ):
            item = self.known(f"/namespaces/{place['namespace']}/pods/{place['name']}")
            self.report.check(
                f"{place['name']} has no usage, and a reason",
                (item["usage"], item.get("usageMissingReason"), item["phase"])
                == (None, reason, phase)
                and item["requests"] == {"cpuMillicores": 3000},
                {key: item.get(key) for key in ("usage", "usageMissingReason", "phase")},
            )
        for name in objects.UNKNOWN:
            spec = self.spec(name)
            item = self.known(f"/namespaces/{spec['namespace']}/pods/{name}")
            self.report.check(
                f"{name}, which Kubernetes does not know, is shown as the runtime has it",
                [c["name"] for c in item["containers"]] == [c["name"] for c in spec["containers"]]
                and (usage(item, "memoryBytes") or 0) > 0
                and "phase" not in item
                and "owner" not in item,
                {key: item.get(key) for key in ("uid", "owner", "phase")},
            )

    def kubernetes_selectors(self):
        for selector, wanted in SELECTORS:
            items = self.known("/pods", labelSelector=selector)["items"]
            names = {item["name"] for item in items}
            self.report.check(f"labelSelector {selector}", names == wanted, sorted(names))
        try:
            self.known("/pods", labelSelector="app in (")
            refused = None
        except RestError as error:
            refused = str(error)
        self.report.check(
            "a labelSelector that is none is refused", refused and " 400 " in refused, refused
        )

    def kubernetes_node(self):
        node = self.known(f"/nodes/{self.name}")
        share = 100 * usage(node, "cpuMillicores") / self.allocatable["cpuMillicores"]
        wanted = {
            "ready": True,
            "roles": ["worker"],
            "zone": "here",
            "podCapacity": objects.ALLOCATABLE_PODS,
            "allocatable": self.allocatable,
        }
        wrong = [f"{key} is {node.get(key)}" for key in wanted if node.get(key) != wanted[key]]
        if not equal(node["utilization"].get("cpuOfAllocatablePercent"), share):
            wrong.append(f"utilization is {node['utilization']}, not {share}")
        if node["requests"]["cpuMillicores"] != REQUESTED_MILLICORES:
            wrong.append(f"requests are {node['requests']}")
        self.report.check("the node as Kubernetes has it", not wrong, "; ".join(wrong))
        other = self.known(f"/nodes/{objects.OTHER_NODE}")
        self.report.check(
            "the node without collector is there, without usage",
            (other["usage"], other.get("usageMissingReason"), other["collector"])
            == (None, "noCollector", "missing"),
            {key: other.get(key) for key in ("usage", "usageMissingReason", "collector")},
        )

    def kubernetes_names_alone(self):
        """The collector told uids and container ids."""
        blind = self.kubernetes.blind.rest
        wanted = {pod["name"] for pod in self.told()}

        def named():
            items = blind.get("/pods", node=self.name)["items"]
            return wanted <= {item["name"] for item in items if item["usage"]} and items

        items = self.wait_until(
            "pods of a collector that knows no names are found in Kubernetes",
            named,
            4 * self.interval + 15,
        )
        if not items:
            return
        named_by = {"uid": 0, "container id": 0, "static pod's hash": 0}
        for spec in self.told():
            wrong = self.blind_mistakes(spec)
            if wrong:
                self.report.check(f"{spec['name']} by Kubernetes' names", False, "; ".join(wrong))
            elif spec.get("static"):
                named_by["static pod's hash"] += 1
            elif spec["name"] == objects.BY_CONTAINER_ID:
                named_by["container id"] += 1
            else:
                named_by["uid"] += 1
        self.report.check(
            "names, owners, amounts and containers by uid, container id and static pod's hash",
            named_by == {"uid": len(wanted) - 2, "container id": 1, "static pod's hash": 1},
            named_by,
        )
        unknown = {self.spec(name)["uid"] for name in objects.UNKNOWN}
        left = [item for item in items if item["uid"] in unknown]
        self.report.check(
            "what neither has a name for is shown by its uid",
            {item["uid"] for item in left} == unknown
            and all(usage(item, "memoryBytes") for item in left),
            [{key: item.get(key) for key in ("name", "namespace", "uid")} for item in left],
        )
        self.blind_collector.terminate()

    def blind_mistakes(self, spec):
        path = f"/namespaces/{spec['namespace']}/pods/{spec['name']}"
        item = self.kubernetes.blind.rest.get(path)
        containers = {c["name"]: c for c in item["containers"]}
        wrong = [
            f"container {name} is {containers.get(name)}"
            for name, wanted in self.live_ids(spec).items()
            if name != "POD"
            and (
                containers.get(name, {}).get("containerId") != wanted
                or not usage(containers[name], "memoryBytes")
            )
        ]
        owner = item.get("owner") and (item["owner"]["kind"], item["owner"]["name"])
        if item["uid"] != spec["uid"] or owner != self.owner_of(spec):
            wrong.append(f"uid {item['uid']}, owner {owner}")
        shown = item.get("requests", {}), item.get("limits", {})
        if shown != AMOUNTS.get(spec["name"], shown):
            wrong.append(f"requests and limits are {shown}")
        return wrong

    def kubernetes_deleted_pod(self):
        path = "/namespaces/shop/deployments/web-frontend"
        window = {**self.window, "metrics": self.window["metrics"] + ",podCount"}
        before = self.known(path, **window)["series"]
        self.node.stop_pod(DELETED)
        self.kubernetes.api.delete("pods", "shop", DELETED)
        self.wait_until(
            "a pod deleted in Kubernetes and on the node leaves its deployment",
            lambda: self.known(path)["podCount"] == 1
            and [pod["name"] for pod in self.known(path + "/pods")["items"]] == [KEPT],
            4 * self.interval + 15,
        )
        after = self.known(path, **window)["series"]
        self.report.check(
            "it stays in the deployment's history",
            after == before and after["podCount"] == [2] * TICKS,
            after.get("podCount"),
        )
        ended = by_name(self.known(path + "/pods", includeTerminated="true")["items"])
        self.report.check(
            "and is its pod with includeTerminated=true",
            (ended.get(DELETED, {}).get("owner") or {}).get("name") == "web-frontend",
            sorted(ended),
        )
