#!/usr/bin/env python3
"""The programs as an operator meets them: flags, exit codes, the line on stdout, signals, restarts."""

import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

COLLECTOR, APISERVER, SIMULATOR = sys.argv[1:4]
UID = "11111111-2222-3333-4444-555555555555"
CONTAINER = "ab" * 32


def run(*command, env=None):
    return subprocess.run(command, capture_output=True, text=True, timeout=60,
                          env={**os.environ, **(env or {})})


def eventually(check, seconds=40):
    """The first truthy value of check(), or its last one."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            value = check()
        except OSError:
            value = None
        if value or time.monotonic() > deadline:
            return value
        time.sleep(0.1)


def make_cgroup_tree(root):
    """A cgroup v2 tree with one pod of one container."""
    pod = root / "kubepods" / "besteffort" / f"pod{UID}"
    container = pod / CONTAINER
    container.mkdir(parents=True)
    for directory in [root, root / "kubepods", root / "kubepods" / "besteffort", pod, container]:
        (directory / "cgroup.controllers").write_text("cpu io memory pids\n")
        (directory / "cpu.stat").write_text("usage_usec 5000000\nuser_usec 3000000\nsystem_usec 2000000\n")
        (directory / "memory.current").write_text("1048576\n")
        (directory / "memory.stat").write_text("anon 4096\nfile 8192\ninactive_file 1024\n")
        (directory / "cgroup.procs").write_text("")
        (directory / "cgroup.events").write_text("populated 1\nfrozen 0\n")


class Program:
    def __init__(self, *command, env=None):
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        text=True, env={**os.environ, **(env or {})})

    def stop(self, number=signal.SIGTERM):
        """Exit code and seconds it took."""
        start = time.monotonic()
        self.process.send_signal(number)
        self.out, self.err = self.process.communicate(timeout=30)
        return self.process.returncode, time.monotonic() - start


class Server(Program):
    def __init__(self, grpc="127.0.0.1:0", *flags):
        super().__init__(APISERVER, "--grpc-listen", grpc, "--http-listen", "127.0.0.1:0",
                         "--interval", "1s", *flags)
        self.line = self.process.stdout.readline()
        fields = dict(word.split("=", 1) for word in self.line.split()[1:])
        self.grpc, self.http = fields.get("grpc"), fields.get("http")
        self.health = fields.get("health")

    def get(self, path):
        with urllib.request.urlopen(f"http://{self.http}{path}", timeout=10) as answer:
            return json.load(answer)


class ProgramsTest(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.root = pathlib.Path(self.directory.name)
        make_cgroup_tree(self.root / "cgroup")
        self.programs = []

    def tearDown(self):
        for program in self.programs:
            if program.process.poll() is None:
                program.process.kill()
            program.process.communicate()
        self.directory.cleanup()

    def server(self, *arguments):
        self.programs.append(Server(*arguments))
        return self.programs[-1]

    def collector(self, address, *flags, env=None):
        self.programs.append(Program(COLLECTOR, "--api-server", address, "--node-name", "node-1",
                                     "--cgroup-root", str(self.root / "cgroup"), "--cri-endpoint", "none",
                                     "--pod-log-root", str(self.root / "none"), *flags, env=env))
        return self.programs[-1]

    def test_help_documents_every_flag(self):
        flags = {
            COLLECTOR: ["node-name", "api-server", "interval", "cgroup-root", "proc-root", "sys-root",
                        "pod-log-root", "cri-endpoint", "history", "process-arguments", "dry-run",
                        "log-format", "log-level"],
            APISERVER: ["grpc-listen", "http-listen", "health-listen", "http-allowed-hosts", "retention",
                        "interval", "kubernetes", "memory-limit", "log-format", "log-level"],
            SIMULATOR: ["api-server", "kubernetes-listen", "nodes", "pods-per-node", "containers-per-pod", "namespaces",
                        "deployments", "interval", "backfill", "churn", "duration", "seed",
                        "log-format", "log-level"],
        }
        for program, names in flags.items():
            done = run(program, "--help")
            self.assertEqual(done.returncode, 0)
            for name in names:
                self.assertIn(f"\n  --{name}", done.stdout)
            self.assertEqual(done.stdout.count("Default: "), len(names))
        for variable in ["NODE_NAME", "API_SERVER_ADDR", "COLLECT_INTERVAL"]:
            self.assertIn(f"environment: {variable}", run(COLLECTOR, "--help").stdout)

    def test_version(self):
        for program in [COLLECTOR, APISERVER, SIMULATOR]:
            done = run(program, "--version")
            self.assertEqual(done.returncode, 0)
            self.assertRegex(done.stdout, r"^kubemonitor-\w+ \d+\.\d+\.\d+ \(commit \S+, .+\)\n$")

    def test_all_problems_are_told(self):
        done = run(COLLECTOR, "--node-name", "Bad_Name", "--interval=90s", "--api-server", "nohost",
                   "--cri-endpoint", "tcp://x", "--history", "2h", "--log-level=loud", "--unknown", "stray")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertEqual(len(done.stderr.splitlines()), 7, done.stderr)
        done = run(APISERVER, "--grpc-listen", "localhost", "--http-listen", "x", "--retention", "10s",
                   "--interval", "1500ms", "--memory-limit", "much", "--kubernetes", "in-cluster",
                   "--http-allowed-hosts", "a/b", "--health-listen")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertEqual(len(done.stderr.splitlines()), 8, done.stderr)
        done = run(SIMULATOR, "--nodes", "0", "--interval=500ms", "--api-server", "nohost", "--churn=999",
                   "--seed=x", "--kubernetes-listen", "localhost")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertEqual(len(done.stderr.splitlines()), 6, done.stderr)

    def test_environment(self):
        env = {"NODE_NAME": "from-env", "API_SERVER_ADDR": "nonsense", "COLLECT_INTERVAL": "61s"}
        done = run(COLLECTOR, env=env)
        self.assertEqual(done.returncode, 2)
        self.assertEqual(sorted(line.split()[0] for line in done.stderr.splitlines()),
                         ["API_SERVER_ADDR", "COLLECT_INTERVAL"])
        env = {"NODE_NAME": "from-env", "COLLECT_INTERVAL": "5s"}
        report = json.loads(run(COLLECTOR, "--dry-run", "--cri-endpoint", "none", env=env).stdout)
        self.assertEqual((report["node_name"], report["interval_ms"]), ("from-env", 5000))

    def test_dry_run(self):
        done = run(COLLECTOR, "--dry-run", "--node-name", "node-1", "--cri-endpoint", "none",
                   "--cgroup-root", str(self.root / "cgroup"))
        self.assertEqual(done.returncode, 0, done.stderr)
        report = json.loads(done.stdout)
        self.assertEqual(len(report["ticks"]), 2)
        self.assertEqual(report["ticks"][1]["tick_ms"] - report["ticks"][0]["tick_ms"], 1000)
        self.assertEqual({i["kind"] for i in report["identities"]}, {"pod", "container"})
        containers = report["ticks"][1]["containers"]
        self.assertEqual([c["values"]["cpu_usage_usec"] for c in containers], [5000000])
        self.assertNotIn("node_details", report["ticks"][0])
        self.assertIn("processes", report["ticks"][1]["node_details"])

    def test_listening_line_and_signals(self):
        server = self.server("127.0.0.1:0", "--health-listen", "127.0.0.1:0")
        self.assertRegex(server.line, r"^listening grpc=127\.0\.0\.1:\d+ http=127\.0\.0\.1:\d+ "
                                      r"health=127\.0\.0\.1:\d+\n$")
        self.assertEqual(urllib.request.urlopen(f"http://{server.health}/livez").status, 200)
        code, seconds = server.stop(signal.SIGINT)
        self.assertEqual((code, server.out), (0, ""), server.err)
        self.assertLess(seconds, 10)
        self.assertNotIn("health", self.server().line)

    def test_port_in_use(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            for flags in [["--grpc-listen", address, "--http-listen", "127.0.0.1:0"],
                          ["--grpc-listen", "127.0.0.1:0", "--http-listen", address]]:
                done = run(APISERVER, *flags)
                self.assertEqual((done.returncode, done.stdout), (1, ""))
                self.assertIn(address, done.stderr)

    def test_collector_stops_whatever_the_servers_do(self):
        with socket.socket() as silent:  # accepts and never answers
            silent.bind(("127.0.0.1", 0))
            silent.listen()
            servers = f"127.0.0.1:{silent.getsockname()[1]},127.0.0.1:1,no-such-host.invalid:50051"
            collector = self.collector(servers, "--interval", "1s")
            time.sleep(2.5)
            code, seconds = collector.stop()
            self.assertEqual(code, 0, collector.err)
            self.assertLess(seconds, 10)
            self.assertEqual(collector.out, "")

    def newest(self, server):
        items = server.get("/api/v1/nodes")["items"]
        return items and items[0].get("sampledAt")

    def test_data_goes_on_through_kills(self):
        server = self.server()
        collector = self.collector(server.grpc)
        self.assertTrue(eventually(lambda: self.newest(server)), "no data")
        pods = eventually(lambda: server.get("/api/v1/pods")["items"])
        self.assertEqual([pod["uid"] for pod in pods], [UID])
        adopted = eventually(lambda: server.get("/api/v1/nodes")["items"][0]["intervalSeconds"] == 1)
        self.assertTrue(adopted, "the server's interval was not adopted")

        # The collector dies; another one takes over.
        collector.process.kill()
        before = self.newest(server)
        collector = self.collector(server.grpc)
        self.assertTrue(eventually(lambda: self.newest(server) > before))
        self.assertEqual(server.get("/api/v1/pods")["total"], 1)

        # The server dies; the next one on the same port is told what the collector remembers.
        time.sleep(3)
        before = self.newest(server)
        server.process.kill()
        server.process.wait()
        self.assertIsNone(collector.process.poll())
        server = self.server(server.grpc)
        self.assertTrue(eventually(lambda: (self.newest(server) or "") > before))
        held = eventually(lambda: server.get("/api/v1/status")["retention"]["heldSeconds"] >= 3)
        self.assertTrue(held, "history was not replayed")
        self.assertEqual(collector.stop()[0], 0)
        self.assertEqual(server.stop()[0], 0)

    def test_a_superseded_collector_is_refused_by_name(self):
        server = self.server()
        first = self.collector(server.grpc)
        self.assertTrue(eventually(lambda: self.newest(server)))
        self.collector(server.grpc)
        refused = eventually(lambda: server.get("/api/v1/status")["refusals"]["superseded"])
        self.assertTrue(refused)
        first.stop()
        self.assertIn("superseded", first.err)

    def test_a_simulated_cluster_fills_a_server(self):
        server = self.server()
        command = [SIMULATOR, "--api-server", server.grpc, "--interval", "1s", "--nodes", "4",
                   "--pods-per-node", "5", "--namespaces", "2", "--deployments", "3", "--log-level", "warning"]
        done = run(*command, "--backfill", "1m", "--duration", "2s")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        summary = json.loads(done.stdout)
        self.assertEqual(len(done.stdout.splitlines()), 1)
        self.assertEqual((summary["errors"], summary["refused"]), (0, 0))
        self.assertGreaterEqual(summary["ticks"], 4 * 58)
        self.assertEqual(summary["samples"] % summary["ticks"], 0)
        self.assertGreater(summary["bytes"], 0)
        self.assertGreater(summary["wallSeconds"], 2)
        self.assertEqual(server.get("/api/v1/nodes")["total"], 4)
        self.assertEqual(server.get("/api/v1/pods")["total"], 20)
        # The same cluster goes on where it was; a signal ends it, with a summary.
        before = self.newest(server)
        self.programs.append(Program(*command))
        self.assertTrue(eventually(lambda: self.newest(server) > before))

        def pod_counts():
            items = server.get("/api/v1/namespaces")["items"]
            return {item["name"]: item["podCount"] for item in items}
        # Three deployments of four, four and three pods, the first and the third in ns-001, where one workload of each
        # other kind is; and a DaemonSet.
        expected = {"kube-system": 4, "ns-001": 12, "ns-002": 4}
        self.assertTrue(eventually(lambda: pod_counts() == expected), pod_counts())
        self.assertEqual(server.get("/api/v1/pods")["total"], 20)
        deployments = server.get("/api/v1/namespaces/ns-001/deployments")["items"]
        self.assertEqual([item["name"] for item in deployments], ["app-001", "app-003"])
        code, seconds = self.programs[-1].stop()
        self.assertEqual(code, 0, self.programs[-1].err)
        self.assertLess(seconds, 10)
        self.assertEqual(json.loads(self.programs[-1].out)["errors"], 0)

    def test_a_simulated_cluster_stops_whatever_the_server_does(self):
        with socket.socket() as silent:  # accepts and never answers
            silent.bind(("127.0.0.1", 0))
            silent.listen()
            for address in [f"127.0.0.1:{silent.getsockname()[1]}", "127.0.0.1:1"]:
                self.programs.append(Program(SIMULATOR, "--api-server", address))
                self.assertIn("3 nodes", self.programs[-1].process.stderr.readline())
                time.sleep(1)
                code, seconds = self.programs[-1].stop()
                self.assertEqual(code, 0, self.programs[-1].err)
                self.assertLess(seconds, 10)
                self.assertEqual(json.loads(self.programs[-1].out)["samples"], 0)

    def test_a_simulated_cluster_needs_a_server_it_can_find(self):
        done = run(SIMULATOR, "--api-server", "no-such-host.invalid:50051")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("no-such-host.invalid", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
