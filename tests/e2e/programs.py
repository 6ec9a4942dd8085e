"""The two programs under test: the API server on this machine, the collector inside the node; and a
REST client for the former."""

import datetime
import http.client
import json
import os
import re
import signal
import subprocess
import time
import urllib.parse

import node_vm

COLLECTOR = "/opt/kubemonitor/kubemonitor-collector"
UNIT = "kubemonitor-collector"


class RestError(RuntimeError):
    """The server is away, or its answer is not 200."""


class Rest:
    """GETs JSON from http://HOST:PORT/api/v1; what takes longer than ten seconds fails."""

    def __init__(self, address):
        self._address = address

    def get(self, path, **parameters):
        query = "?" + urllib.parse.urlencode(parameters) if parameters else ""
        connection = http.client.HTTPConnection(self._address, timeout=10)
        try:
            connection.request("GET", "/api/v1" + path + query)
            response = connection.getresponse()
            body = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise RestError(f"{path}: {error!r}") from error
        finally:
            connection.close()
        if response.status != 200:
            raise RestError(
                f"{path}{query}: {response.status} {body[:300].decode(errors='replace')}"
            )
        return json.loads(body)


def parse_time(text):
    """Unix seconds of an RFC 3339 time in UTC."""
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


class ApiServer:
    """kubemonitor-apiserver on loopback ports of its own."""

    def __init__(self, bin_dir, log_path, arguments=(), kubernetes="off"):
        """kubernetes: a kubeconfig, if it is to ask for what there is in the cluster."""
        self._program = os.path.join(bin_dir, "kubemonitor-apiserver")
        self._log_path = log_path
        self._arguments = ["--kubernetes", kubernetes, *arguments]
        self._process = None
        self.grpc = "127.0.0.1:0"
        self.http = "127.0.0.1:0"

    def start(self):
        """Starts it; the second time on the ports of the first."""
        with open(self._log_path, "ab") as log:
            self._process = subprocess.Popen(
                [
                    self._program,
                    "--grpc-listen",
                    self.grpc,
                    "--http-listen",
                    self.http,
                    *self._arguments,
                ],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        line = self._process.stdout.readline()
        match = re.fullmatch(r"listening grpc=(\S+) http=(\S+)\n", line)
        if not match:
            self.kill()
            raise RuntimeError(
                f"the API server does not say where it listens: {line!r}\n{self.log()}"
            )
        self.grpc, self.http = match.groups()
        self.rest = Rest(self.http)

    def grpc_port(self):
        return int(self.grpc.rsplit(":", 1)[1])

    def kill(self):
        """kill -9"""
        self._process.kill()
        self._process.wait()

    def terminate(self):
        """SIGTERM; returns (exit code or None after 15 s, seconds)."""
        started = time.monotonic()
        self._process.send_signal(signal.SIGTERM)
        try:
            code = self._process.wait(15)
        except subprocess.TimeoutExpired:
            code = None
            self.kill()
        return code, time.monotonic() - started

    def close(self):
        if self._process is not None and self._process.poll() is None:
            self.kill()

    def log(self, lines=30):
        with open(self._log_path, errors="replace") as file:
            return "".join(file.readlines()[-lines:])


class Collector:
    """kubemonitor-collector as a service of the node, in a cgroup of its own."""

    def __init__(self, node, bin_dir, unit=UNIT):
        """unit: another one for each collector of a node."""
        self._node = node
        self._unit = unit
        self._log_path = f"/var/log/{unit}.log"
        self.cgroup = (
            f"/sys/fs/cgroup/system.slice/{unit}.service"
            if node.driver == "systemd"
            else f"/sys/fs/cgroup/system/{unit}"
        )
        if node.run(f"test -x {COLLECTOR}", check=False).code != 0:
            node.put_program(os.path.join(bin_dir, "kubemonitor-collector"), COLLECTOR)
        self._command = None

    def start(self, grpc_port, node_name, arguments=()):
        words = [
            COLLECTOR,
            "--api-server",
            f"{node_vm.HOST}:{grpc_port}",
            "--node-name",
            node_name,
            *arguments,
        ]
        if self._node.driver == "systemd":
            self._command = (
                f"systemctl reset-failed {self._unit} 2>/dev/null; "
                f"systemd-run --quiet --collect --unit={self._unit} "
                f"--property=StandardError=append:{self._log_path} {' '.join(words)}"
            )
        else:
            self._command = (
                f"mkdir -p {self.cgroup}; (ulimit -n 65536; echo 0 > {self.cgroup}/cgroup.procs; "
                f"exec setsid {' '.join(words)} >> {self._log_path} 2>&1 < /dev/null) &"
            )
        self.restart()

    def restart(self):
        """Starts it as before; it must not be running."""
        self._node.run(self._command)

    def pid(self):
        """Its process id, or None while it is not running."""
        output = self._node.run(f"cat {self.cgroup}/cgroup.procs", check=False)
        pids = output.output.split()
        return int(pids[0]) if output.code == 0 and pids else None

    def kill(self):
        self._node.run(f"kill -9 {self.pid()}")
        self._wait_for_end(10)

    def terminate(self):
        """SIGTERM; returns the seconds it took, None if it does not end in 15 s."""
        started = time.monotonic()
        self._node.run(f"kill -TERM {self.pid()}")
        return time.monotonic() - started if self._wait_for_end(15) else None

    def _wait_for_end(self, limit):
        end = time.monotonic() + limit
        while self.pid() is not None:
            if time.monotonic() > end:
                return False
            time.sleep(0.2)
        return True

    def log(self, lines=30):
        return self._node.run(f"tail -n {lines} {self._log_path}", check=False).output
