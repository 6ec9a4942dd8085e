#!/usr/bin/env python3
"""deployments/: generated files are fresh, everything fits Kubernetes' schema, and what belongs together agrees.

manifests_test.py COLLECTOR APISERVER
"""
import copy
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

import yaml

from manifest_files import DEPLOYMENTS, FILES, KUSTOMIZATIONS, QUANTITY, ROOT, documents, find, schema_problems

COLLECTOR, APISERVER = sys.argv[1:3]
DAEMONSETS = ["daemonset.yaml", "hardened/daemonset.yaml"]
SERVERS = ["apiserver.yaml", "ha/apiserver.yaml"]
NAMESPACE = "kubemonitor"
CLUSTER_SCOPED = {"Namespace", "ClusterRole", "ClusterRoleBinding", "PriorityClass"}
READ = ["get", "list", "watch"]


def pod_spec(workload):
    return workload["spec"]["template"]["spec"]


def container(workload):
    containers = pod_spec(workload)["containers"]
    assert len(containers) == 1
    return containers[0]


def known_flags(program):
    text = subprocess.run([program, "--help"], check=True, capture_output=True, text=True).stdout
    return set(re.findall(r"^  --([a-z-]+)", text, re.MULTILINE)), text


def changed(path, base, other):
    """Paths at which two values differ."""
    if isinstance(base, dict) and isinstance(other, dict):
        keys = sorted(set(base) | set(other))
        return [p for key in keys for p in changed(f"{path}.{key}", base.get(key), other.get(key))]
    return [] if base == other else [path.lstrip(".")]


def lost(path, wanted, got):
    """Paths of what is in `wanted` and not, or otherwise, in `got`."""
    if isinstance(wanted, dict):
        return [p for key, item in wanted.items() for p in lost(f"{path}.{key}", item, got.get(key) if isinstance(got, dict) else None)]
    if isinstance(wanted, list):
        if not isinstance(got, list) or len(got) != len(wanted):
            return [path]
        return [p for i, item in enumerate(wanted) for p in lost(f"{path}[{i}]", item, got[i])]
    return [] if str(wanted) == str(got) else [path]


class FilesTest(unittest.TestCase):
    def test_what_is_generated_is_fresh(self):
        done = subprocess.run([sys.executable, ROOT / "scripts/lib/manifests.py", "--check"], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_the_schema_has_nothing_against_any_object(self):
        self.assertGreaterEqual(len(FILES), 10)
        for name in FILES:
            for item in documents(name):
                with self.subTest(file=name, kind=item["kind"]):
                    self.assertEqual(schema_problems(item), [])

    def test_the_schema_check_finds_what_is_wrong(self):
        def broken(change):
            item = copy.deepcopy(find("daemonset.yaml", "DaemonSet"))
            change(item)
            return schema_problems(item)
        self.assertIn("hostPIDs", broken(lambda item: pod_spec(item).update(hostPIDs=True))[0])
        self.assertIn("no bool", broken(lambda item: pod_spec(item).update(hostPID="true"))[0])
        self.assertIn("no str", broken(lambda item: container(item)["env"][1].update(value=1))[0])
        self.assertIn("selector", broken(lambda item: item["spec"].pop("selector"))[0])
        self.assertIn("no list", broken(lambda item: pod_spec(item).update(volumes={}))[0])
        self.assertIn("unknown", broken(lambda item: item.update(apiVersion="apps/v2"))[0])

    def test_everything_is_in_the_namespace_and_named_once(self):
        for variant in ["monitor.yaml", "hardened/monitor.yaml", "ha/monitor.yaml"]:
            names = set()
            items = documents(variant)
            self.assertEqual(items[0]["kind"], "Namespace")
            for item in items:
                metadata = item["metadata"]
                self.assertEqual(metadata.get("namespace"), None if item["kind"] in CLUSTER_SCOPED else NAMESPACE, item["kind"])
                self.assertEqual(metadata["labels"]["app.kubernetes.io/part-of"], "kubemonitor", item["kind"])
                self.assertNotIn((item["kind"], metadata["name"]), names)
                names.add((item["kind"], metadata["name"]))
            self.assertGreaterEqual(names, {
                ("Namespace", "kubemonitor"), ("DaemonSet", "resource-collector"), ("Deployment", "monitor-apiserver"),
                ("Service", "monitor-apiserver"), ("ClusterRole", "resource-monitor"), ("ClusterRoleBinding", "resource-monitor")})

    def test_kustomizations_are_plain_and_whole(self):
        self.assertEqual(len(KUSTOMIZATIONS), 3)
        for path in KUSTOMIZATIONS:
            content = yaml.safe_load((DEPLOYMENTS / path).read_text())
            self.assertEqual(set(content), {"apiVersion", "kind", "resources"})
            self.assertNotIn("..", "".join(content["resources"]))  # old kubectl reads files below alone
            items = [item for name in content["resources"] for item in documents(path.parent / name)]
            key = lambda item: (item["kind"], item["metadata"]["name"])  # noqa: E731
            self.assertEqual(sorted(items, key=key), sorted(documents(path.parent / "monitor.yaml"), key=key))


class CollectorTest(unittest.TestCase):
    def test_the_pod_sees_the_node_and_changes_nothing(self):
        for name in DAEMONSETS:
            with self.subTest(name):
                workload = find(name, "DaemonSet")
                pod, main = pod_spec(workload), container(workload)
                self.assertTrue(pod["hostPID"] and pod["hostNetwork"])
                self.assertEqual(pod["dnsPolicy"], "ClusterFirstWithHostNet")
                self.assertIs(pod["automountServiceAccountToken"], False)
                self.assertEqual(pod["tolerations"], [{"operator": "Exists"}])
                self.assertEqual(pod["nodeSelector"], {"kubernetes.io/os": "linux"})
                self.assertEqual(workload["spec"]["updateStrategy"]["rollingUpdate"], {"maxUnavailable": "10%"})
                self.assertIs(main["securityContext"]["readOnlyRootFilesystem"], True)
                self.assertNotIn("ports", main)
                self.assertNotIn("cpu", main["resources"]["limits"])
                mounts = {mount["name"]: mount for mount in main["volumeMounts"]}
                self.assertEqual(set(mounts), {volume["name"] for volume in pod["volumes"]})
                for volume in pod["volumes"]:
                    self.assertEqual(set(volume), {"name", "hostPath"})
                    self.assertEqual(volume["hostPath"]["type"], "Directory")  # "" and …OrCreate make it on the host
                    self.assertEqual(volume["hostPath"]["path"], mounts[volume["name"]]["mountPath"])  # the flags' defaults
                    self.assertIs(mounts[volume["name"]]["readOnly"], True)
                self.assertEqual({volume["hostPath"]["path"] for volume in pod["volumes"]},
                                 {"/sys/fs/cgroup", "/run", "/var/log/pods", "/var/log/containers"})

    def test_hardened_differs_in_rights_alone(self):
        base, hardened = (find(name, "DaemonSet") for name in DAEMONSETS)
        self.assertIs(container(base)["securityContext"]["privileged"], True)
        rights = container(hardened)["securityContext"]
        self.assertEqual(rights["capabilities"], {"drop": ["ALL"], "add": ["SYS_PTRACE", "DAC_READ_SEARCH"]})
        self.assertEqual((rights["privileged"], rights["allowPrivilegeEscalation"]), (False, False))
        self.assertEqual(rights["seccompProfile"], {"type": "RuntimeDefault"})
        container(base)["securityContext"] = container(hardened)["securityContext"]
        self.assertEqual(changed("", base, hardened), ["spec.template.metadata.annotations"])
        self.assertEqual(hardened["spec"]["template"]["metadata"]["annotations"],
                         {"container.apparmor.security.beta.kubernetes.io/" + container(hardened)["name"]: "unconfined"})

    def test_the_environment_is_known_and_leads_to_the_service(self):
        flags, text = known_flags(COLLECTOR)
        for name in DAEMONSETS:
            main = container(find(name, "DaemonSet"))
            env = {entry["name"]: entry for entry in main["env"]}
            self.assertEqual(env["NODE_NAME"]["valueFrom"], {"fieldRef": {"fieldPath": "spec.nodeName"}})
            for variable in env:
                self.assertIn(f"environment: {variable}\n", text)
            for argument in main.get("args", []):
                self.assertIn(argument.lstrip("-").split("=")[0], flags)
            host, port = env["API_SERVER_ADDR"]["value"].split(":")
            for server in SERVERS:
                service = find(server, "Service")
                self.assertEqual(service["metadata"]["name"], host)
                self.assertIn(int(port), [entry["port"] for entry in service["spec"]["ports"]])


class ServerTest(unittest.TestCase):
    def test_selectors_ports_and_probes_agree(self):
        for name in SERVERS:
            with self.subTest(name):
                service, workload = find(name, "Service"), find(name, "Deployment")
                labels, main = workload["spec"]["template"]["metadata"]["labels"], container(workload)
                self.assertLessEqual(service["spec"]["selector"].items(), labels.items())
                listens = dict(re.findall(r"--(\w+)-listen=[0-9.]+:(\d+)", " ".join(main["args"])))
                ports = {port["name"]: str(port["containerPort"]) for port in main["ports"]}
                self.assertEqual(ports, {key: listens[key] for key in ("grpc", "health")})
                for port in service["spec"]["ports"]:
                    self.assertEqual(ports[port["targetPort"]], str(port["port"]))  # a headless name leads to the pod's own port
                for probe in ["startupProbe", "livenessProbe", "readinessProbe"]:
                    self.assertEqual(main[probe]["httpGet"]["port"], "health")
                self.assertIn("--http-listen=127.0.0.1:8080", main["args"])  # not authenticated: port-forward alone

    def test_the_pod_is_restricted(self):
        for name in SERVERS:
            workload = find(name, "Deployment")
            pod, rights = pod_spec(workload), container(workload)["securityContext"]
            self.assertIs(pod["securityContext"]["runAsNonRoot"], True)
            self.assertGreater(pod["securityContext"]["runAsUser"], 0)
            self.assertEqual(pod["securityContext"]["seccompProfile"], {"type": "RuntimeDefault"})
            self.assertEqual(rights, {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}})
            self.assertFalse({"hostPID", "hostNetwork", "volumes"} & set(pod))

    def test_the_program_takes_the_arguments(self):
        flags, _ = known_flags(APISERVER)
        for name in SERVERS:
            arguments = container(find(name, "Deployment"))["args"]
            for argument in arguments:
                self.assertIn(argument.lstrip("-").split("=")[0], flags)
            free = [re.sub(r"^(--\w+-listen)=.*", r"\1=127.0.0.1:0", argument) for argument in arguments]
            with subprocess.Popen([APISERVER, *free], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
                self.assertRegex(server.stdout.readline(), "^listening grpc=.* http=.*")
                server.send_signal(signal.SIGTERM)
                self.assertEqual(server.wait(20), 0)

    def test_memory_has_room_beside_the_samples(self):
        def mebibytes(text):
            self.assertRegex(text, QUANTITY)
            return int(text[:-2]) * {"Mi": 1, "Gi": 1024}[text[-2:]]
        for name in SERVERS:
            main = container(find(name, "Deployment"))
            limit = next(argument.split("=")[1] for argument in main["args"] if argument.startswith("--memory-limit="))
            self.assertLessEqual(2 * mebibytes(limit), mebibytes(main["resources"]["limits"]["memory"]))

    def test_ha_differs_where_it_must(self):
        base, ha = (find(name, "Deployment") for name in SERVERS)
        self.assertEqual(ha["spec"]["replicas"], 2)
        self.assertEqual(set(changed("", base, ha)), {
            "spec.replicas", "spec.minReadySeconds", "spec.template.spec.affinity",
            "spec.strategy.rollingUpdate.maxSurge", "spec.strategy.rollingUpdate.maxUnavailable"})
        base, ha = (find(name, "Service") for name in SERVERS)
        self.assertEqual(ha["spec"]["clusterIP"], "None")
        self.assertEqual(changed("", base, ha), ["spec.clusterIP"])
        budget = find("ha/apiserver.yaml", "PodDisruptionBudget")["spec"]
        self.assertEqual(budget["selector"], find("ha/apiserver.yaml", "Deployment")["spec"]["selector"])
        self.assertNotIn("PodDisruptionBudget", [item["kind"] for item in documents("monitor.yaml")])


class RightsTest(unittest.TestCase):
    def test_the_role_reads_what_is_shown_and_nothing_else(self):
        rules = find("rbac.yaml", "ClusterRole")["rules"]
        self.assertEqual(rules, [
            {"apiGroups": [""], "resources": ["pods", "nodes", "namespaces"], "verbs": READ},
            {"apiGroups": ["apps"], "resources": ["deployments", "replicasets", "statefulsets", "daemonsets"], "verbs": READ},
            {"apiGroups": ["batch"], "resources": ["jobs", "cronjobs"], "verbs": READ}])

    def test_the_server_alone_has_it(self):
        binding = find("rbac.yaml", "ClusterRoleBinding")
        self.assertEqual(binding["roleRef"]["name"], "resource-monitor")
        account = pod_spec(find("apiserver.yaml", "Deployment"))["serviceAccountName"]
        self.assertEqual(binding["subjects"], [{"kind": "ServiceAccount", "name": account, "namespace": NAMESPACE}])
        for name in DAEMONSETS:
            collector = pod_spec(find(name, "DaemonSet"))["serviceAccountName"]
            self.assertNotEqual(collector, account)
            accounts = [find(name, "ServiceAccount"), find("apiserver.yaml", "ServiceAccount")]
            self.assertEqual([item["metadata"]["name"] for item in accounts], [collector, account])

    def test_the_policy_selects_the_server(self):
        policy = find("networkpolicy.yaml", "NetworkPolicy")
        self.assertEqual(policy["spec"]["podSelector"], find("apiserver.yaml", "Deployment")["spec"]["selector"])
        self.assertNotIn("NetworkPolicy", [item["kind"] for item in documents("monitor.yaml")])


@unittest.skipUnless(shutil.which("kubectl"), "there is no kubectl")
class KubectlTest(unittest.TestCase):
    """A real kubectl, client side: it reads the objects into its own types, so what it does not give back it does not know."""

    def run_kubectl(self, *words):
        with tempfile.TemporaryDirectory() as home:
            done = subprocess.run(["kubectl", *words], capture_output=True, text=True, cwd=DEPLOYMENTS,
                                  env={**os.environ, "KUBECONFIG": os.devnull, "HOME": home})
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_it_keeps_every_field_of_the_workloads(self):
        for name, kind in [(name, "DaemonSet") for name in DAEMONSETS] + [(name, "Deployment") for name in SERVERS]:
            workload = find(name, kind)
            with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
                json.dump(workload, file)
                file.flush()
                got = json.loads(self.run_kubectl("set", "serviceaccount", "--local", "--dry-run=client", "-o", "json", "-f", file.name,
                                                  pod_spec(workload)["serviceAccountName"]))
            # Quantities and numbers come back in their usual form.
            self.assertEqual(lost(kind, workload, got), [])

    def test_it_builds_the_kustomizations(self):
        for path in KUSTOMIZATIONS:
            built = list(yaml.safe_load_all(self.run_kubectl("kustomize", str(path.parent))))
            key = lambda item: (item["kind"], item["metadata"]["name"])  # noqa: E731
            self.assertEqual(sorted(built, key=key), sorted(documents(path.parent / "monitor.yaml"), key=key))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
