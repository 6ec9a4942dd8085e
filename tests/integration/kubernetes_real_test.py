#!/usr/bin/env python3
"""The API server beside a real Kubernetes API: it reads what it may read and shows the same, follows changes, and recovers by itself.

kubernetes_real_test.py APISERVER SIMULATOR [--kubeconfig FILE | --simulated] [TEST…]

The API is started here, of the programs `etcd` and `kube-apiserver` in the folder that KUBEBUILDER_ASSETS names (those of envtest: setup-envtest use -p path).
Without them it says SKIPPED and ends with 77. --kubeconfig compares what is shown with what a running cluster's API lists, and writes nothing
there; --simulated does so with the simulator's API.
"""
import concurrent.futures
import contextlib
import json
import math
import os
import pathlib
import shutil
import sys
import tempfile
import unittest

import yaml

import kubernetes_manifests as manifests
from control_plane import Api, Certificates, ControlPlane, Refused, api_of_kubeconfig, free_address
from kubernetes_programs import Process, effective, eventually, flags, get, quantity, unix

APISERVER, SIMULATOR = sys.argv[1:3]
ROOT = pathlib.Path(__file__).resolve().parents[2]
SKIPPED = 77
PAGE = 500
MANY = 1200
ACCOUNT = {"namespace": "kubemonitor", "name": "monitor-apiserver"}
USER = "system:serviceaccount:kubemonitor:monitor-apiserver"
AT_ONCE = 10  # seconds within which a change is shown on a busy machine


class Server(contextlib.ExitStack):
    """kubemonitor's. `user`: as in a kubeconfig. Samples come of two nodes, of which a real Kubernetes knows nothing."""

    NODES = {"nodes": 2, "pods-per-node": 3}

    def __init__(self, folder, url, user, authority=None, nodes=None):
        super().__init__()
        config = folder / "config"
        cluster = {"server": url, **({"certificate-authority": str(authority)} if authority else {})}
        config.write_text(yaml.safe_dump({
            "apiVersion": "v1", "kind": "Config", "current-context": "c", "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
            "clusters": [{"name": "c", "cluster": cluster}], "users": [{"name": "u", "user": user}]}))
        self.follow(config, nodes or self.NODES)

    def follow(self, config, nodes):
        try:
            fields = self.start(APISERVER, "--grpc-listen=127.0.0.1:0", "--http-listen=127.0.0.1:0", "--interval=1s", f"--kubernetes={config}",
                                "--log-level=error").fields()
            self.http = fields["http"]
            self.start(SIMULATOR, f"--api-server={fields['grpc']}", "--interval=1s", "--log-level=error", *flags(nodes))
        except BaseException:
            self.close()
            raise

    @classmethod
    def of_kubeconfig(cls, config):
        server = cls.__new__(cls)
        contextlib.ExitStack.__init__(server)
        server.follow(config, cls.NODES)
        return server

    def start(self, *command):
        process = Process(*command)
        self.callback(process.kill)
        return process

    def get(self, path):
        return get(self.http, path)

    def status(self):
        return self.get("/api/v1/status")["kubernetes"]

    def kind(self, name):
        return next(kind for kind in self.status()["kinds"] if kind["kind"] == name)

    def all(self, path):
        """The items of all pages."""
        items, token = [], ""
        while True:
            page = self.get(f"{path}{'&' if '?' in path else '?'}limit={PAGE}{token}")
            items += page["items"]
            if not page.get("continue"):
                return items
            token = f"&continue={page['continue']}"

    def pods(self):
        """By namespace and name, of what Kubernetes has."""
        return {f"{item['namespace']}/{item['name']}": item for item in self.all("/api/v1/pods?includeTerminated=true&metrics=memoryBytes") if "phase" in item}

    def check(self, condition, what, seconds=60):
        if not eventually(condition, seconds):
            raise AssertionError(f"not in {seconds} s: {what}; {json.dumps(self.status())}")

    def becomes(self, state, seconds=60):
        self.check(lambda: self.status()["state"] == state, f"the state {state}", seconds)

    def samples_go_on(self):
        """Whatever Kubernetes does, what collectors report is shown."""
        def fresh():
            items = self.get("/api/v1/nodes?metrics=memoryBytes")["items"]
            return sum(1 for item in items if item["usage"] and not item["stale"] and item["ageSeconds"] < 5) == 2
        self.check(fresh, "fresh usage of both nodes", AT_ONCE)


def controller(item):
    return next((owner for owner in item["metadata"].get("ownerReferences", ()) if owner.get("controller")), None)


class Listed:
    """What a Kubernetes API lists."""

    def __init__(self, api):
        self.items = {kind: api.items(manifests.path(kind)) for kind in manifests.PATHS}
        self.pods = {f"{pod['metadata']['namespace']}/{pod['metadata']['name']}": pod for pod in self.items["Pod"]}
        self.by_uid = {item["metadata"]["uid"]: item for items in self.items.values() for item in items}

    def owner(self, pod):
        """Of a pod: the one at the top of those that are known, as kind and name."""
        found = None
        while (above := controller(pod)) is not None:
            found = (above["kind"], above["name"])
            pod = self.by_uid.get(above["uid"])
            if pod is None or above["kind"] not in ("ReplicaSet", "Job"):
                break
        return found

    def differences(self, server):
        """Between what it has and what is shown."""
        wrong = []

        def same(of, what, shown, listed):
            if shown != listed:
                wrong.append(f"{of} {what}: shown {shown!r}, listed {listed!r}")
        shown = {name: item for name, item in server.pods().items() if name in self.pods or "terminated" not in item}
        same("pods", "by name", sorted(set(shown) - set(self.pods)), sorted(set(self.pods) - set(shown)))
        for name in set(shown) & set(self.pods):
            self.compare_pod(name, self.pods[name], shown[name], same)
        nodes = {item["name"]: item for item in server.all("/api/v1/nodes?metrics=memoryBytes") if "ready" in item}
        same("nodes", "by name", sorted(nodes), sorted(node["metadata"]["name"] for node in self.items["Node"]))
        for node in self.items["Node"]:
            item = nodes.get(node["metadata"]["name"], {})
            same(f"node {node['metadata']['name']}", "ready", item.get("ready"),
                 any(c["type"] == "Ready" and c["status"] == "True" for c in node["status"].get("conditions", ())))
            same(f"node {node['metadata']['name']}", "allocatable CPU", item.get("allocatable", {}).get("cpuMillicores"),
                 round(quantity(node["status"]["allocatable"]["cpu"]) * 1000))
        self.compare_workloads(server, same)
        return wrong

    def compare_pod(self, name, pod, item, same):
        status, spec = pod["status"], pod["spec"]
        same(name, "phase", item["phase"], status["phase"])
        same(name, "node", item.get("node"), spec.get("nodeName"))
        same(name, "labels", item.get("labels", {}), pod["metadata"].get("labels", {}))
        same(name, "QoS class", item.get("qosClass"), status.get("qosClass"))
        same(name, "host network", item["hostNetwork"], spec.get("hostNetwork", False))
        same(name, "createdAt", unix(item["createdAt"]), unix(pod["metadata"]["creationTimestamp"]))
        same(name, "terminating", item.get("terminating", False), "deletionTimestamp" in pod["metadata"])
        same(name, "uid", item["uid"], pod["metadata"].get("annotations", {}).get("kubernetes.io/config.hash", pod["metadata"]["uid"]))
        owner = item.get("owner")
        same(name, "owner", owner and (owner["kind"], owner["name"], owner["inferred"]), self.owner(pod) and (*self.owner(pod), False))
        for what in ("requests", "limits"):
            for key, resource, scale in (("cpuMillicores", "cpu", 1000), ("memoryBytes", "memory", 1)):
                wanted = effective(pod, what, resource)
                same(name, f"{what} {key}", item.get(what, {}).get(key), wanted and math.ceil(round(wanted * scale, 3)))
        inits = {c["name"] for c in spec.get("initContainers", ()) if c.get("restartPolicy") != "Always"}
        counted = [s["restartCount"] for key in ("containerStatuses", "initContainerStatuses") for s in status.get(key, ()) if s["name"] not in inits]
        if counted:
            same(name, "restarts", item.get("restartCount"), sum(counted))

    def compare_workloads(self, server, same):
        shown = {(item["kind"], item["namespace"], item["name"]): item for item in server.all("/api/v1/workloads?metrics=podCount") if not item["inferred"]}
        for kind in ("Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"):
            for item in self.items[kind]:
                if kind == "Job" and controller(item):
                    continue  # under its CronJob
                key = (kind, item["metadata"]["namespace"], item["metadata"]["name"])
                if key not in shown:
                    same("/".join(key), "workload", None, "there")
                    continue
                replicas, status = shown[key].get("replicas", {}), item.get("status", {})
                wanted = {"Deployment": item["spec"].get("replicas"), "StatefulSet": item["spec"].get("replicas"),
                          "DaemonSet": status.get("desiredNumberScheduled"), "Job": item["spec"].get("completions")}.get(kind)
                same("/".join(key), "desired", replicas.get("desired"), wanted)
                if kind in ("Deployment", "StatefulSet", "DaemonSet"):
                    same("/".join(key), "ready", replicas.get("ready") or 0, status.get("readyReplicas", status.get("numberReady", 0)))


def compare(test, api, server, seconds=AT_ONCE):
    """The same is shown as is listed, as soon as all changes have come."""
    server.becomes("synced")
    wrong = []

    def same():
        wrong[:] = Listed(api).differences(server)
        return not wrong
    eventually(same, seconds)
    if wrong:
        test.fail(f"{len(wrong)} differences:\n" + "\n".join(line[:300] for line in wrong[:20]))


class RealTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        stack = contextlib.ExitStack()
        cls.addClassCleanup(stack.close)
        cls.folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (cls.folder / "plane").mkdir()
        cls.plane = stack.enter_context(ControlPlane(os.environ["KUBEBUILDER_ASSETS"], cls.folder / "plane"))
        cls.api = cls.plane.api
        cls.give_rights()
        manifests.put_cluster(cls.api)

    @classmethod
    def give_rights(cls):
        """Those of deployments/, to its account and to a user with a certificate."""
        manifests.put_namespace(cls.api, ACCOUNT["namespace"])
        cls.api.create(f"/api/v1/namespaces/{ACCOUNT['namespace']}/serviceaccounts", {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": ACCOUNT})
        cls.role, binding = yaml.safe_load_all((ROOT / "deployments" / "rbac.yaml").read_text())
        binding["subjects"].append({"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "monitor"})
        rights = "/apis/rbac.authorization.k8s.io/v1"
        cls.api.create(f"{rights}/clusterroles", cls.role)
        cls.api.create(f"{rights}/clusterrolebindings", binding)
        cls.role_path = f"{rights}/clusterroles/{cls.role['metadata']['name']}"

    def setUp(self):
        self.own = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(dir=self.folder)))

    def token(self):
        path = f"/api/v1/namespaces/{ACCOUNT['namespace']}/serviceaccounts/{ACCOUNT['name']}/token"
        request = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 3607}}
        return self.api.ask("POST", path, request)["status"]["token"]

    def server(self, user=None, authority=None):
        """By default with the account's token, from a file."""
        if user is None:
            (self.own / "token").write_text(self.token())
            user = {"tokenFile": str(self.own / "token")}
        return self.enterContext(Server(self.own, self.plane.url, user, authority or self.plane.certificates.authority))

    def lists(self, resource="pods"):
        return [request["uri"] for request in self.plane.requests(USER) if request["resource"] == resource and request["verb"] == "list"]

    def test_the_same_is_shown_with_a_client_certificate(self):
        certificate, key = self.plane.certificates.sign("monitor", "/CN=monitor", "extendedKeyUsage=clientAuth\n")
        server = self.server({"client-certificate": str(certificate), "client-key": str(key)})
        compare(self, self.api, server)
        self.assertEqual(server.status()["version"], self.api.get("/version")["gitVersion"])

    def test_the_same_is_shown_with_the_accounts_token(self):
        before = len(self.plane.requests(USER))
        server = self.server()
        compare(self, self.api, server)
        pods = server.pods()
        self.assertEqual(pods["shop/waits"]["reason"], "Unschedulable")
        self.assertEqual(pods["shop/evicted"]["reason"], "Evicted")
        self.assertEqual(pods["shop/agent-x"]["reason"], "CrashLoopBackOff")
        self.assertEqual({name: item["usage"] for name, item in pods.items() if item["usage"]}, {})
        server.samples_go_on()
        asked = {(request["verb"], request["code"]) for request in self.plane.requests(USER)[before:] if request["resource"]}
        self.assertEqual(asked, {("list", 200), ("watch", 200)}, "asks for nothing that it has no right to")

    def test_changes_are_shown_at_once(self):
        server = self.server()
        server.becomes("synced")
        lists = len(self.lists())
        path = manifests.path("Pod", manifests.NAMESPACE)
        manifests.put(self.api, manifests.pod("changing", [manifests.container("main", ("1", "1Gi"))], {"phase": "Pending"}, node=None))

        def shown(condition, what):
            server.check(lambda: condition(server.pods().get("shop/changing")), what, AT_ONCE)
        shown(lambda pod: pod and pod["phase"] == "Pending" and "node" not in pod, "the new pod")
        self.api.ask("POST", f"{path}/changing/binding", {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": "changing"},
                                                          "target": {"apiVersion": "v1", "kind": "Node", "name": "node-2"}})
        shown(lambda pod: pod.get("node") == "node-2", "its node")
        status = manifests.running("main", 128, resources={"requests": {"cpu": "1", "memory": "1Gi"}})
        self.api.patch(f"{path}/changing/status", {"status": {"phase": "Running", "containerStatuses": [status]}})
        shown(lambda pod: pod["phase"] == "Running", "that it runs")
        self.api.patch(f"{path}/changing", {"metadata": {"labels": {"colour": "blue"}}})
        shown(lambda pod: pod.get("labels", {}).get("colour") == "blue", "its label")  # beside those of its node
        if self.resized(f"{path}/changing", {"name": "main", "resources": {"requests": {"cpu": "2"}}}):
            shown(lambda pod: pod["requests"]["cpuMillicores"] == 2000, "what it requests")
        self.api.delete(f"{path}/changing", grace_seconds=30)
        shown(lambda pod: pod.get("terminating"), "that it is being deleted")
        self.api.delete(f"{path}/changing")
        shown(lambda pod: pod is None or pod.get("terminated"), "that it is gone")
        deployment = manifests.path("Deployment", manifests.NAMESPACE)
        self.api.patch(f"{deployment}/web", {"spec": {"replicas": 5}})
        server.check(lambda: server.get("/api/v1/namespaces/shop/deployments/web")["replicas"]["desired"] == 5, "replicas", AT_ONCE)
        compare(self, self.api, server)
        self.assertEqual(len(self.lists()), lists, "all that by watches")

    def resized(self, pod, container):
        """False: that cannot be done in this version."""
        try:
            self.api.ask("PATCH", f"{pod}/resize", {"spec": {"containers": [container]}}, "application/strategic-merge-patch+json")
        except Refused as refusal:
            if refusal.code != 404:
                raise
            return False
        return True

    def test_many_pods_are_read_page_by_page(self):
        manifests.put_namespace(self.api, "many")
        path = manifests.path("Pod", "many")
        self.addCleanup(self.api.delete, "/api/v1/namespaces/many")
        with concurrent.futures.ThreadPoolExecutor(4) as threads:
            list(threads.map(lambda number: self.api.create(path, manifests.pod(
                f"pod-{number:05}", [manifests.container("main", ("10m", "16Mi"))], node=f"node-{1 + number % 2}")), range(MANY)))
        before = len(self.lists())
        server = self.server()
        compare(self, self.api, server, 60)
        pages = self.lists()[before:]
        self.assertEqual(len(pages), math.ceil(server.kind("Pod")["objects"] / PAGE), pages)
        self.assertTrue(all(f"limit={PAGE}" in page for page in pages) and all("continue=" in page for page in pages[1:]), pages)
        self.api.delete(path)
        server.check(lambda: not any(name.startswith("many/") and "terminated" not in item for name, item in server.pods().items()), "that all are gone")
        self.assertEqual(len(self.lists()), before + len(pages), "by the watch")

    def test_a_killed_api_is_told_and_what_is_missed_is_read_afterwards(self):
        other_address = self.beside()
        other = self.plane.client(other_address)
        server = self.server()
        compare(self, self.api, server)
        known, lists = server.kind("Pod")["objects"], len(self.lists())
        self.plane.kill_api()
        try:
            server.becomes("stale", 30)
            self.assertRegex(server.kind("Pod")["error"], "(?i)refused")
            self.assertEqual(server.kind("Pod")["objects"], known)
            server.samples_go_on()
            aged = server.status()["ageSeconds"]
            server.check(lambda: server.status()["ageSeconds"] > aged + 2, "that what is known grows old", AT_ONCE)
            self.assertEqual(server.pods()["shop/alone"]["phase"], "Running")
            # Missed: made, changed and deleted elsewhere, and the history is gone.
            manifests.put(other, manifests.pod("missed", [manifests.container("main")], {"phase": "Running"}))
            other.patch(f"{manifests.path('Pod', manifests.NAMESPACE)}/alone", {"metadata": {"labels": {"missed": "yes"}}})
            other.delete(f"{manifests.path('Pod', manifests.NAMESPACE)}/canary-1")
            self.plane.compact()
        finally:
            self.plane.start_api()
        server.becomes("synced", 60)
        compare(self, self.api, server)
        self.assertGreater(len(self.lists()), lists, "was listed again")
        self.assertIn("shop/missed", server.pods())
        server.samples_go_on()

    def beside(self):
        """Another API server of the same cluster: its address."""
        address = free_address()
        self.plane.start_api(address)
        self.addCleanup(self.plane.kill_api, address)
        return address

    def test_a_right_that_is_taken_away_costs_what_it_names(self):
        rules = [{**rule, "resources": [name for name in rule["resources"] if name != "jobs"]} for rule in self.role["rules"]]
        self.api.patch(self.role_path, {"rules": rules})
        self.addCleanup(self.api.patch, self.role_path, {"rules": self.role["rules"]})
        server = self.server()
        server.becomes("partial")
        job = server.kind("Job")
        self.assertEqual(job["state"], "forbidden")
        self.assertRegex(job["error"], "403.*jobs")
        self.assertEqual({kind["state"] for kind in server.status()["kinds"] if kind["kind"] != "Job"}, {"synced"})
        pods = server.pods()
        self.assertEqual(len(pods), server.kind("Pod")["objects"])
        # By the Job's name, which is all that is known of it.
        self.assertEqual(pods["shop/report-29000000-zzzzz"]["owner"], {"kind": "CronJob", "name": "report", "inferred": True})
        self.api.patch(self.role_path, {"rules": self.role["rules"]})
        server.becomes("synced", 90)  # asked again once a minute
        compare(self, self.api, server)

    def test_a_bad_token_is_told_and_a_new_one_is_read(self):
        (self.own / "token").write_text("none")
        server = self.server({"tokenFile": str(self.own / "token")})
        server.becomes("failed")
        self.assertIn("401", server.kind("Pod")["error"])
        server.samples_go_on()
        (self.own / "token").write_text(self.token())
        compare(self, self.api, server, 60)

    def test_an_api_of_another_authority_is_not_believed(self):
        server = self.server(authority=Certificates(self.own / "other").authority)
        server.becomes("failed")
        self.assertRegex(server.kind("Pod")["error"], "(?i)certificate")
        server.samples_go_on()

    def test_bookmarks_come_where_nothing_changes(self):
        server = self.server()
        server.becomes("synced")
        before = unix(server.kind("CronJob")["lastEventAt"])
        server.check(lambda: unix(server.kind("CronJob")["lastEventAt"]) > before, "a bookmark", 100)
        self.assertLess(server.status()["ageSeconds"], 5)


class RunningClusterTest(unittest.TestCase):
    """Nothing is written there."""
    config = None

    def test_the_same_is_shown(self):
        with Server.of_kubeconfig(self.config) as server:
            compare(self, api_of_kubeconfig(self.config), server, 60)


class SimulatedTest(unittest.TestCase):
    def test_the_same_is_shown(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        nodes = {"nodes": 20, "pods-per-node": 30}
        kubernetes = Process(SIMULATOR, "--api-server=127.0.0.1:1", "--interval=1s", "--kubernetes-listen=127.0.0.1:0", "--log-level=error", *flags(nodes))
        self.addCleanup(kubernetes.kill)
        url = f"http://{kubernetes.fields()['kubernetes']}"
        with Server(folder, url, {"token": "any"}, nodes=nodes) as server:
            compare(self, Api(url), server, 60)


def main(words):
    cases = [RealTest]
    if "--simulated" in words:
        words.remove("--simulated")
        cases = [SimulatedTest]
    elif "--kubeconfig" in words:
        place = words.index("--kubeconfig")
        RunningClusterTest.config = words[place + 1]
        del words[place:place + 2]
        cases = [RunningClusterTest]
    else:
        assets = os.environ.get("KUBEBUILDER_ASSETS")
        if not assets:
            print("SKIPPED: KUBEBUILDER_ASSETS is not set: the real Kubernetes API is NOT tested. It names a folder with etcd and kube-apiserver.")
            return SKIPPED
        missing = [name for name in ("etcd", "kube-apiserver") if not shutil.which(name, path=assets)]
        if missing:
            print(f"KUBEBUILDER_ASSETS is {assets}, and there is no {' and no '.join(missing)} there")
            return 1
    loader = unittest.TestLoader()
    loader.testNamePatterns = [f"*{word}*" for word in words] or None
    suite = unittest.TestSuite(loader.loadTestsFromTestCase(case) for case in cases)
    return 0 if unittest.TextTestRunner(verbosity=2).run(suite).wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[3:]))
