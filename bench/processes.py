"""The API server and the simulator as processes, what they cost, and a REST client: for measurements and large checks."""

import http.client
import json
import os
import re
import resource
import signal
import subprocess
import tempfile
import time


def raise_descriptor_limit():
    """Every simulated node is a connection: at both ends."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class Cluster:
    """The size of a simulated cluster."""

    def __init__(self, nodes, pods, containers, namespaces, deployments, interval=10, seed=1):
        self.nodes, self.pods, self.containers = nodes, pods, containers
        self.namespaces, self.deployments = namespaces, deployments
        self.interval, self.seed = interval, seed

    def flags(self):
        return {
            "nodes": self.nodes,
            "pods-per-node": self.pods,
            "containers-per-pod": self.containers,
            "namespaces": self.namespaces,
            "deployments": self.deployments,
            "seed": self.seed,
        }

    def __str__(self):
        return (
            f"{self.nodes:,} nodes × {self.pods} pods × {self.containers} containers, "
            f"{self.namespaces:,} namespaces, {self.deployments:,} deployments"
        )


class Process:
    def __init__(self, command):
        self._errors = tempfile.TemporaryFile("w+", prefix="kubemonitor-bench.")
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self._errors, text=True
        )
        self.pid = self._process.pid

    def read_line(self):
        return self._process.stdout.readline()

    def running(self):
        return self._process.poll() is None

    def cpu_seconds(self):
        """Of all its threads, ended ones too: the process's CPU clock, as utime + stime of /proc/PID/stat but finer."""
        return time.clock_gettime((~self.pid << 3) | 2)

    def memory(self, key):
        """VmRSS or VmHWM, bytes."""
        with open(f"/proc/{self.pid}/status") as status:
            return int(re.search(rf"^{key}:\s+(\d+) kB", status.read(), re.M).group(1)) * 1024

    def log(self):
        self._errors.seek(0)
        return self._errors.read()

    def wait(self, limit=None):
        """Exit code; what it still printed is in `output`."""
        self.output = self._process.communicate(timeout=limit)[0]
        return self._process.returncode

    def kill(self):
        self._process.kill()
        self._process.communicate()

    def close(self):
        if self.running():
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.communicate(timeout=20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.communicate()
        self._errors.close()


class ApiServer(Process):
    def __init__(self, bin_dir, interval, grpc="127.0.0.1:0", kubernetes="off"):
        super().__init__(
            [
                os.path.join(bin_dir, "kubemonitor-apiserver"),
                *("--grpc-listen", grpc, "--http-listen", "127.0.0.1:0"),
                *("--kubernetes", kubernetes, "--interval", f"{interval}s", "--log-level", "warning"),
            ]
        )
        match = re.fullmatch(r"listening grpc=(\S+) http=(\S+)\n", self.read_line())
        if not match:
            raise RuntimeError("the API server does not say where it listens:\n" + self.log())
        self.grpc, self.http = match.groups()


class Simulator(Process):
    def __init__(self, bin_dir, server, cluster, backfill, duration, **more):
        """More: flags without their dashes, `_` for `-`."""
        flags = {**cluster.flags(), "interval": f"{cluster.interval}s"}
        flags.update({"backfill": f"{backfill}s", "duration": f"{duration}s", "log-level": "warning"})
        flags.update({name.replace("_", "-"): value for name, value in more.items()})
        command = [os.path.join(bin_dir, "kubemonitor-simulator"), "--api-server", server.grpc]
        for name, value in flags.items():
            command += ["--" + name, str(value)]
        super().__init__(command)

    def summary(self, limit):
        """Waits for its end."""
        if self.wait(limit) != 0:
            raise RuntimeError("the simulator failed:\n" + self.log())
        return json.loads(self.output)


class Rest:
    """One keep-alive connection."""

    # Not one that was made for somebody else a moment ago.
    OWN_ANSWER = {"Cache-Control": "no-cache"}

    def __init__(self, address, limit=120):
        self._connection = http.client.HTTPConnection(address, timeout=limit)

    def read(self, path):
        """(seconds, bytes of the body): time to its end, the body thrown away as it comes."""
        started = time.perf_counter()
        self._connection.request("GET", "/api/v1" + path, headers=self.OWN_ANSWER)
        response = self._connection.getresponse()
        if response.status != 200:
            raise RuntimeError(f"{path}: {response.status} {response.read()[:300]}")
        size = 0
        while chunk := response.read(1 << 20):
            size += len(chunk)
        return time.perf_counter() - started, size

    def get(self, path):
        self._connection.request("GET", "/api/v1" + path, headers=self.OWN_ANSWER)
        response = self._connection.getresponse()
        body = response.read()
        if response.status != 200:
            raise RuntimeError(f"{path}: {response.status} {body[:300]}")
        return json.loads(body)

    def close(self):
        self._connection.close()
