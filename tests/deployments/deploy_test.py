#!/usr/bin/env python3
"""scripts/deploy.sh with a kubectl that is none: what it does in which order, and what it says when something is wrong. The API server behind the
port-forward is real, with the nodes of a simulated cluster.

deploy_test.py APISERVER SIMULATOR
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

APISERVER, SIMULATOR = sys.argv[1:3]
HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
DEPLOY = ROOT / "scripts" / "deploy.sh"


class DeployTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = subprocess.Popen([APISERVER, "--grpc-listen=127.0.0.1:0", "--http-listen=127.0.0.1:0", "--interval=1s"],
                                      stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        listens = dict(word.split("=") for word in cls.server.stdout.readline().split()[1:])
        cls.port = int(listens["http"].split(":")[1])
        cls.simulator = subprocess.Popen([SIMULATOR, "--api-server", listens["grpc"], "--interval=1s", "--nodes=3", "--pods-per-node=1"],
                                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        cls.nodes = []
        end = time.monotonic() + 60
        while len(cls.nodes) < 3 and time.monotonic() < end:
            time.sleep(0.2)
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{cls.port}/api/v1/nodes", timeout=10) as answer:
                    cls.nodes = [item["name"] for item in json.load(answer)["items"]]
            except OSError:
                continue
        assert len(cls.nodes) == 3, cls.nodes

    @classmethod
    def tearDownClass(cls):
        for program in [cls.simulator, cls.server]:
            program.terminate()
            program.wait(20)
        cls.server.stdout.close()

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.programs = self.folder / "bin"
        self.programs.mkdir()
        shutil.copy(HERE / "fake_kubectl.py", self.programs / "kubectl")
        (self.programs / "kubectl").chmod(0o755)

    def deploy(self, *arguments, **cluster):
        """Runs the script; the calls of kubectl are in self.calls afterwards."""
        cluster = {"context": "test", "nodes": self.nodes, "port": self.port, **cluster}
        (self.folder / "cluster").write_text(json.dumps(cluster))
        log = self.folder / "log"
        log.write_text("")
        done = subprocess.run([DEPLOY, *arguments], capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL, env={
            **os.environ, "PATH": f"{self.programs}:{os.environ['PATH']}", "FAKE_CLUSTER": str(self.folder / "cluster"), "FAKE_LOG": str(log)})
        self.calls = [json.loads(line) for line in log.read_text().splitlines()]
        return done

    def called(self, *words):
        """The calls that have these words, in order, among theirs."""
        return [call for call in self.calls if " ".join(words) in " ".join(call["words"])]

    def assert_fails(self, done, *texts):
        self.assertEqual(done.returncode, 1, done.stderr)
        for text in texts:
            self.assertIn(text, done.stderr)
        self.assertEqual(self.called("apply"), [])

    def test_it_applies_waits_checks_and_says_what_next(self):
        done = self.deploy()
        self.assertEqual(done.returncode, 0, done.stderr)
        applied = self.called("apply", "-f", "-")
        self.assertEqual(len(applied), 1)
        self.assertEqual(applied[0]["stdin"], "---\n" + (ROOT / "deployments/monitor.yaml").read_text())
        verbs = [next(word for word in call["words"] if word not in ("--namespace", "kubemonitor")) for call in self.calls]
        self.assertEqual(verbs[-8:-6] + verbs[-1:], ["apply", "rollout", "port-forward"])
        self.assertIn("auth", verbs)
        self.assertIn("3 of 3 nodes report", done.stderr)
        self.assertIn("kubectl -n kubemonitor port-forward deployment/monitor-apiserver 8080:8080", done.stdout)
        self.assertEqual(self.called("delete"), [])

    def test_variants_follow_each_other_and_images_come_from_a_registry(self):
        done = self.deploy("--manifests", str(ROOT / "deployments/ha"), "--manifests", str(ROOT / "deployments/hardened/daemonset.yaml"),
                           "--registry", "registry.example.com/team/")
        self.assertEqual(done.returncode, 0, done.stderr)
        sent = self.called("apply")[0]["stdin"]
        self.assertIn("clusterIP: None", sent)
        self.assertIn("SYS_PTRACE", sent)
        images = {line.split()[-1].rsplit(":", 1)[0] for line in sent.splitlines() if " image: " in line}
        self.assertEqual(images, {"registry.example.com/team/kubemonitor/collector", "registry.example.com/team/kubemonitor/apiserver"})

    def test_a_service_with_another_kind_of_address_is_made_anew(self):
        self.assertEqual(self.deploy("--manifests", str(ROOT / "deployments/ha"), clusterIP="10.96.1.2").returncode, 0)
        self.assertEqual(len(self.called("delete service/monitor-apiserver")), 1)
        self.assertEqual(self.deploy(clusterIP="None").returncode, 0)
        self.assertEqual(len(self.called("delete service/monitor-apiserver")), 1)
        self.assertEqual(self.deploy(clusterIP="10.96.1.2").returncode, 0)
        self.assertEqual(self.called("delete"), [])

    def test_it_needs_kubectl(self):
        (self.programs / "kubectl").unlink()
        for name in ["bash", "dirname", "python3", "env"]:
            (self.programs / name).symlink_to(shutil.which(name))
        done = subprocess.run([DEPLOY], capture_output=True, text=True, env={"PATH": str(self.programs)})
        self.assertEqual(done.returncode, 1)
        self.assertIn("kubectl is not installed", done.stderr)

    def test_it_needs_a_context_and_a_cluster_that_answers(self):
        self.assert_fails(self.deploy(context=""), "no current context")
        self.assert_fails(self.deploy(away=True), "context 'test' does not answer", "refused")

    def test_it_needs_the_rights(self):
        self.assert_fails(self.deploy(forbidden=["namespaces", "clusterroles.rbac.authorization.k8s.io"]),
                          "create namespaces", "create clusterroles.rbac.authorization.k8s.io", "cluster-admin")

    def test_the_right_to_disruption_budgets_is_needed_where_there_is_one(self):
        forbidden = ["poddisruptionbudgets.policy"]
        self.assert_fails(self.deploy("--manifests", str(ROOT / "deployments/ha"), forbidden=forbidden), "create poddisruptionbudgets.policy")
        both = [word for path in ("deployments/ha", "deployments/hardened/daemonset.yaml") for word in ("--manifests", str(ROOT / path))]
        for _ in range(5):
            self.assert_fails(self.deploy(*both, forbidden=forbidden), "create poddisruptionbudgets.policy")
        self.assertEqual(self.deploy(forbidden=forbidden).returncode, 0)

    def test_another_version_stays_unless_it_is_told_to_go(self):
        self.assert_fails(self.deploy(installed="0.0.9"), "version 0.0.9", "--upgrade")
        done = self.deploy("--upgrade", installed="0.0.9")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("replacing version 0.0.9", done.stderr)
        version = (ROOT / "deployments/monitor.yaml").read_text().split("app.kubernetes.io/version: ")[1].split()[0]
        self.assertEqual(self.deploy(installed=version).returncode, 0)

    def test_it_says_what_does_not_become_ready(self):
        for what in ["daemonset/resource-collector", "deployment/monitor-apiserver"]:
            done = self.deploy("--timeout", "2", stuck=[what])
            self.assertEqual(done.returncode, 1)
            self.assertIn(f"{what} is not ready after 2 s", done.stderr)
            self.assertTrue(self.called("get events"))
            self.assertEqual(self.called("port-forward"), [])

    def test_it_waits_until_every_node_has_the_newest_collector(self):
        done = self.deploy("--timeout", "2", old=self.nodes[:1])
        self.assertEqual(done.returncode, 1)
        self.assertIn("2 of 3 collectors are up to date and ready", done.stderr)
        self.assertIn("daemonset/resource-collector is not ready after 2 s", done.stderr)

    def test_it_leaves_nodes_out_that_are_not_ready_and_names_them(self):
        done = self.deploy("--timeout", "20", nodes=[*self.nodes, "dead-1", "dead-2"], notReady=["dead-1", "dead-2"])
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("3 of 3 collectors are up to date and ready; left out, as they are not ready: dead-1, dead-2", done.stderr)
        self.assertIn("3 of 3 nodes report", done.stderr)

    def test_nodes_that_are_not_ready_hide_no_other(self):
        done = self.deploy("--timeout", "2", nodes=[*self.nodes, "dead-1"], notReady=["dead-1"], old=self.nodes[:1])
        self.assertEqual(done.returncode, 1)
        self.assertIn("2 of 3 collectors are up to date and ready; left out, as they are not ready: dead-1", done.stderr)

    def test_it_names_the_nodes_that_do_not_report(self):
        done = self.deploy("--timeout", "2", nodes=[*self.nodes, "silent-node"])
        self.assertEqual(done.returncode, 1)
        self.assertIn("3 of 4 nodes report", done.stderr)
        self.assertIn("silent-node: nothing heard of it", done.stderr)

    def test_every_server_is_asked(self):
        done = self.deploy("--check", servers=["server-1", "server-2"])
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([call["words"][3] for call in self.called("port-forward")], ["pod/server-1", "pod/server-2"])
        with subprocess.Popen([APISERVER, "--grpc-listen=127.0.0.1:0", "--http-listen=127.0.0.1:0"], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True) as empty:
            port = int(empty.stdout.readline().rsplit(":", 1)[1])
            done = self.deploy("--check", "--timeout", "2", servers=["server-1", "server-2"], ports={"pod/server-2": port})
            empty.terminate()
        self.assertEqual(done.returncode, 1)
        self.assertIn("0 of 3 nodes report", done.stderr)
        done = self.deploy("--check", servers=[])
        self.assertEqual(done.returncode, 1)
        self.assertIn("no pod of deployment/monitor-apiserver runs", done.stderr)

    def test_it_says_when_the_server_cannot_be_reached(self):
        done = self.deploy(noForward=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("Current status=Pending", done.stderr)
        done = self.deploy(refuses="apply")
        self.assertEqual(done.returncode, 1)
        self.assertIn("could not be applied", done.stderr)

    def test_check_changes_nothing(self):
        done = self.deploy("--check")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.called("apply") + self.called("delete"), [])
        self.assertIn("3 of 3 nodes report", done.stderr)

    def test_delete_removes_everything(self):
        done = self.deploy("--delete")
        self.assertEqual(done.returncode, 0, done.stderr)
        deleted = self.called("delete", "--ignore-not-found")
        self.assertEqual(len(deleted), 1)
        self.assertIn("kind: Namespace", deleted[0]["stdin"])
        self.assertIn("kind: ClusterRole\n", deleted[0]["stdin"])
        self.assertEqual(self.called("apply"), [])

    def test_wrong_arguments(self):
        for arguments, text in [(["--what"], "unknown argument '--what'"), (["--timeout", "soon"], "number of seconds"),
                                (["--manifests", "/nowhere"], "neither a file nor a folder"), (["--registry"], "needs a value")]:
            done = self.deploy(*arguments)
            self.assertEqual(done.returncode, 1)
            self.assertIn(text, done.stderr)
            self.assertEqual(self.calls, [])

    def test_nothing_is_left_running(self):
        self.deploy()
        time.sleep(0.2)
        left = subprocess.run(["pgrep", "-f", str(self.programs / "kubectl")], capture_output=True, text=True).stdout
        self.assertEqual(left, "")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
