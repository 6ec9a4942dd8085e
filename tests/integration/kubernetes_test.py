#!/usr/bin/env python3
"""The API server beside the simulator's Kubernetes API: workloads show true sums while their pods are replaced and rolled over, requests
and limits are what Kubernetes says, and whatever the Kubernetes API does REST goes on and recovers by itself."""

import contextlib
import json
import math
import pathlib
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import unittest

from kubernetes_programs import Process, effective, eventually, flags, get, unix

APISERVER, SIMULATOR, EXPECTED = sys.argv[1:4]
CLUSTER = {"nodes": 3, "pods-per-node": 16, "namespaces": 3, "deployments": 6}
KINDS = ("Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job")


class Load(threading.Thread):
    """Asks one path after the other and remembers what was not answered."""

    PATHS = ("/api/v1/pods?limit=20&sort=-cpu", "/api/v1/workloads", "/api/v1/nodes", "/api/v1/namespaces", "/api/v1/status",
             "/api/v1/namespaces/ns-001/deployments?window=30", "/api/v1/namespaces/kube-system/daemonsets", "/api/v1/namespaces/kube-system/pods")

    def __init__(self, address):
        super().__init__(daemon=True)
        self.address, self.errors, self.asked, self.ended = address, [], 0, threading.Event()
        self.start()

    def run(self):
        while not self.ended.wait(0.02):
            path = self.PATHS[self.asked % len(self.PATHS)]
            self.asked += 1
            try:
                get(self.address, path)
            except (OSError, ValueError) as error:
                self.errors.append(str(error))

    def stop(self):
        self.ended.set()
        self.join()


class Programs(contextlib.ExitStack):
    """A Kubernetes API, an API server that asks it, and collectors that report to the latter."""

    def __init__(self, folder, numbers):
        super().__init__()
        self.folder, self.numbers = folder, numbers
        folder.mkdir(exist_ok=True)
        try:
            self.start_kubernetes()
            grpc = self.start_server()
            self.start(SIMULATOR, f"--api-server={grpc}", "--interval=1s", "--log-level=error", *flags(numbers))
            self.check(lambda: self.state() == "synced", "it is read")
        except BaseException:
            self.close()
            raise

    def start(self, *command):
        process = Process(*command)
        self.callback(process.kill)
        return process

    def start_kubernetes(self, listen="127.0.0.1:0"):
        """The fake API alone: its collectors find nobody to send to."""
        self.kubernetes = self.start(SIMULATOR, "--api-server=127.0.0.1:1", "--interval=1s", f"--kubernetes-listen={listen}",
                                     "--log-level=error", *flags(self.numbers))
        self.api = self.kubernetes.fields()["kubernetes"]

    def start_server(self):
        (self.folder / "token").write_text("first")
        config = self.folder / "config"
        config.write_text("apiVersion: v1\nkind: Config\ncurrent-context: c\n"
                          "contexts: [{name: c, context: {cluster: c, user: u}}]\n"
                          f"clusters: [{{name: c, cluster: {{server: 'http://{self.api}'}}}}]\n"
                          f"users: [{{name: u, user: {{tokenFile: '{self.folder}/token'}}}}]\n")
        server = self.start(APISERVER, "--grpc-listen=127.0.0.1:0", "--http-listen=127.0.0.1:0", "--interval=1s",
                            f"--kubernetes={config}", "--log-level=error")
        fields = server.fields()
        self.http = fields["http"]
        return fields["grpc"]

    def get(self, path):
        return get(self.http, path)

    def status(self):
        return self.get("/api/v1/status")["kubernetes"]

    def state(self):
        return self.status()["state"]

    def kind(self, name):
        return next(kind for kind in self.status()["kinds"] if kind["kind"] == name)

    def control(self, query):
        return get(self.api, f"/control?{query}")

    def check(self, condition, what, seconds=60):
        if not eventually(condition, seconds):
            raise AssertionError(f"not in {seconds} s: {what}; {json.dumps(self.status())}")


class Disturbance(Programs):
    """A load asks all the time, and never gets an error. After each disturbance everything recovers by itself."""

    # Of the kinds whose objects stay, whatever becomes of pods.
    STAYING = ("Node", "Namespace", "Deployment", "StatefulSet", "DaemonSet", "CronJob")
    LASTING_SECONDS = 6  # of a watch after which nothing is held against the next one

    def __init__(self, folder):
        super().__init__(folder, {**CLUSTER, "churn": 60})
        self.known = self.counts()
        self.load = Load(self.http)

    def __exit__(self, *failure):
        self.load.stop()
        super().__exit__(*failure)
        if failure[0] is None and (self.load.errors or self.load.asked < 100):
            raise AssertionError(f"of {self.load.asked} questions: {self.load.errors}")

    def counts(self):
        return {kind["kind"]: kind["objects"] for kind in self.status()["kinds"] if kind["kind"] in self.STAYING}

    def silence(self):
        """How old the newest event of a pod is, of which there is one a second."""
        return time.time() - unix(self.kind("Pod")["lastEventAt"])

    def data_go_on(self, what):
        """Whatever Kubernetes does, collectors' samples are shown."""
        def fresh():
            items = self.get("/api/v1/pods?metrics=memoryBytes")["items"]
            return sum(1 for item in items if item["usage"] and not item["stale"]) >= 40
        self.check(fresh, f"fresh usage of pods during {what}")

    def fails(self, what, error, kind="Pod", state="stale"):
        """The status tells it, and how old is what is known."""
        self.check(lambda: self.state() == state and error in self.kind(kind).get("error", ""), f"{what}: {error} in the status")
        if kind == "Pod":
            self.check(lambda: self.silence() > 3, f"{what}: no newer event")
        self.data_go_on(what)

    def recovers(self, what):
        """Everything is known, and events come again, for so long that back-offs begin anew."""
        self.check(lambda: self.state() == "synced" and self.counts() == self.known, f"all is known after {what}", 120)
        since = time.time()
        self.check(lambda: time.time() - since > self.LASTING_SECONDS and self.silence() < 5 and self.state() == "synced", f"events after {what}")

    def lists(self):
        return self.control("")["kinds"]["pods"]["lists"]

    def ends_of_watches(self):
        for what, lists_again in (("cut", False), ("drop", False), ("expire", True), ("compact", True)):
            before = self.lists()
            self.control(f"mode={what}")
            self.control("mode=drop")
            self.recovers(what)
            if (self.lists() > before) != lists_again:
                raise AssertionError(f"{what}: {before} lists before, {self.lists()} after")
        self.control("mode=gone")
        before = self.lists()
        self.control("mode=compact")
        self.control("mode=drop")
        self.check(lambda: self.lists() > before, "pods are listed again after HTTP 410")
        self.control("mode=ok")
        self.recovers("gone")
        self.control("mode=slow&millis=700")
        self.control("mode=drop")
        self.recovers("slow answers")

    def refusals(self):
        for mode, error in (("error&status=500", "500"), ("throttle&seconds=1", "429")):
            self.control(f"mode={mode}")
            self.control("mode=drop")
            self.fails(mode, error)
            self.control("mode=ok")
            self.recovers(mode)
        self.control("mode=unauthorized")
        self.control("mode=drop")
        self.fails("a token that has ended", "401")
        (self.folder / "token").write_text("second")
        self.recovers("a new token")

    def absence(self):
        self.control("mode=hang")
        self.check(lambda: self.silence() > 5, "silence while it hangs")
        self.control("mode=drop")
        self.data_go_on("hanging")
        self.control("mode=ok")
        self.recovers("hanging")
        self.control("mode=empty")
        self.check(lambda: self.kind("Pod")["objects"] == 0 and set(self.counts().values()) == {0}, "emptiness is seen")
        self.data_go_on("emptiness")
        self.control("mode=ok")
        self.recovers("emptiness")
        self.kubernetes.kill()
        self.fails("a killed API", "refused")
        self.start_kubernetes(self.api)
        self.recovers("a restart")

    def one_kind_forbidden(self):
        self.control("mode=forbidden&kind=jobs")
        self.control("mode=drop")
        self.fails("forbidden Jobs", "403", "Job", state="partial")
        if self.kind("Job")["state"] != "forbidden":
            raise AssertionError(self.kind("Job"))
        self.check(lambda: self.silence() < 5, "events of pods while Jobs are forbidden")
        self.control("mode=ok")
        self.recovers("forbidden Jobs")  # asked again once a minute


class ShownTest(unittest.TestCase):
    def setUp(self):
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        self.folder = pathlib.Path(self.stack.enter_context(tempfile.TemporaryDirectory()))

    def start_all(self, numbers):
        programs = self.stack.enter_context(Programs(self.folder, numbers))
        self.http, self.api = programs.http, programs.api

    def test_workloads_show_true_sums_while_their_pods_are_replaced(self):
        numbers = {**CLUSTER, "churn": 90}
        self.start_all(numbers)
        time.sleep(32)  # the window is after the first list
        window = 25
        query = f"window={window}&metrics=cpuMillicores,memoryBytes,podCount"
        end = get(self.http, f"/api/v1/nodes?window={window}&metrics=cpuMillicores&limit=1")["window"]["end"]
        answer = get(self.http, f"/api/v1/workloads?{query}&end={end}")
        expected = json.loads(subprocess.run(
            [EXPECTED, f"end={end}", f"window={window}", "interval=1", *(f"{key}={value}" for key, value in numbers.items())],
            check=True, stdout=subprocess.PIPE).stdout)
        self.assertEqual(answer["window"]["timestamps"], expected["timestamps"])
        items = {f"{item['kind']}/{item['namespace']}/{item['name']}": item for item in answer["items"]}
        self.assertEqual({key.split("/")[0] for key in items}, set(KINDS))
        wrong = []
        for key, sums in expected["items"].items():
            series = items[key]["series"]
            for metric, wanted in sums.items():
                for place, (value, right) in enumerate(zip(series[metric], wanted)):
                    if sums["podCount"][place] == 0 or (metric == "cpuMillicores" and value is None and right == 0):
                        continue
                    if value is None or not math.isclose(value, right, rel_tol=1e-6, abs_tol=0.001 * (1 + sums["podCount"][place])):
                        wrong.append(f"{key} {metric} at {place}: {value}, not {right}")
        self.assertEqual(wrong, [])

        # Some pods are of another ReplicaSet than others of their Deployment, ended ones among them.
        def revisions():
            pods = get(self.http, "/api/v1/pods?includeTerminated=true&metrics=cpuMillicores")["items"]
            return {item["labels"]["pod-template-hash"] for item in pods if "pod-template-hash" in item.get("labels", {})}
        self.assertTrue(eventually(lambda: len(revisions()) > numbers["deployments"], 120), revisions())

    def test_what_kubernetes_says_of_pods_is_shown(self):
        self.start_all(CLUSTER)
        self.assertTrue(eventually(lambda: get(self.http, "/api/v1/pods?limit=1")["total"] >= 51))
        objects = {f"{pod['metadata']['namespace']}/{pod['metadata']['name']}": pod for pod in get(self.api, "/api/v1/pods")["items"]}
        items = get(self.http, "/api/v1/pods")["items"]
        self.assertEqual({f"{item['namespace']}/{item['name']}" for item in items}, set(objects))
        for item in items:
            pod = objects[f"{item['namespace']}/{item['name']}"]
            self.assertEqual(item["phase"], pod["status"]["phase"])
            self.assertEqual(item["qosClass"], pod["status"]["qosClass"])
            self.assertEqual(item["labels"], pod["metadata"]["labels"])
            for what in ("requests", "limits"):
                for key, resource, scale in (("cpuMillicores", "cpu", 1000), ("memoryBytes", "memory", 1)):
                    wanted = effective(pod, what, resource)
                    self.assertEqual(item.get(what, {}).get(key), wanted and round(wanted * scale), f"{item['name']} {what} {key}")
        missing = {item["name"]: item.get("usageMissingReason") for item in items if item["usage"] is None}
        self.assertEqual(sorted(set(missing.values())), ["nodeNotReady", "notScheduled", "unsupportedOs"], missing)
        nodes = {item["name"]: item for item in get(self.http, "/api/v1/nodes")["items"]}
        self.assertEqual(len(nodes), 5)
        self.assertEqual(nodes["spare-0001"]["usage"], None)
        self.assertTrue(nodes["node-0001"]["ready"])


class DisturbancesTest(unittest.TestCase):
    def test_rest_goes_on_and_all_recovers(self):
        """Each group with a Kubernetes API and a server of its own, all at a time: back-offs take long."""
        groups = (("watches", Disturbance.ends_of_watches), ("refusals", Disturbance.refusals), ("absence", Disturbance.absence),
                  ("forbidden", Disturbance.one_kind_forbidden))
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        failures = {}

        def run(name, steps):
            try:
                with Disturbance(folder / name) as disturbance:
                    steps(disturbance)
            except Exception:  # whatever it is: the thread's end must tell it
                failures[name] = traceback.format_exc()
        threads = [threading.Thread(target=run, args=group) for group in groups]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, {}, "\n".join(failures.values()))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[4:], verbosity=2)
