"""The programs under test and a node made of plain files, for whatever is done to them."""

import json
import os
import pathlib
import re
import resource
import subprocess
import threading
import time
import urllib.error
import urllib.request

UID = "11111111-2222-3333-4444-555555555555"
CONTAINER = "ab" * 32
MILLICORES = 250
ADVANCE_SECONDS = 0.05
POD = "/api/v1/namespaces/shop/pods/web"


class Node:
    """A cgroup v2 tree with one pod of one container, and its log folder, which has the names. Its CPU time advances all
    the time, so that a sample that is late has the right rate, too. `unsure`: seconds whose rate may be another one, as
    the machine was too busy for this thread."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        pod = self.root / "cgroup" / "kubepods" / "besteffort" / f"pod{UID}"
        self._used = [pod, pod / CONTAINER]
        self._used[1].mkdir(parents=True)
        for directory in [pod.parents[2], pod.parents[1], pod.parents[0], *self._used]:
            (directory / "cgroup.controllers").write_text("cpu io memory pids\n")
            (directory / "memory.current").write_text("1048576\n")
            (directory / "memory.stat").write_text("anon 4096\nfile 8192\ninactive_file 1024\n")
            (directory / "cgroup.procs").write_text("")
            (directory / "cgroup.events").write_text("populated 1\nfrozen 0\n")
            (directory / "cpu.stat").write_text("usage_usec 0\n")
        (self.root / "logs" / f"shop_web_{UID}" / "main").mkdir(parents=True)
        (self.root / "logs" / f"shop_web_{UID}" / "main" / "0.log").write_text("")
        self._stop = threading.Event()
        self._started = self._advanced = time.time()
        self.unsure = set()
        self._advance()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _advance(self):
        now = time.time()
        usec = int((now - self._started) * MILLICORES * 1000)
        for directory in self._used:
            new = directory / "new"
            new.write_text(f"usage_usec {usec}\nuser_usec {usec}\nsystem_usec 0\n")
            new.rename(directory / "cpu.stat")
        if now - self._advanced > 3 * ADVANCE_SECONDS:
            self.unsure.update(range(int(self._advanced), int(now) + 2))
        self._advanced = now

    def _run(self):
        while not self._stop.wait(ADVANCE_SECONDS):
            self._advance()

    def close(self):
        self._stop.set()
        self._thread.join()


class Program:
    """`log` is a file that takes its stderr; `descriptors`: its limit of open files."""

    def __init__(self, log, *command, descriptors=None):
        def limit():
            resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))

        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True,
                                        preexec_fn=limit if descriptors else None)

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def costs(self):
        """{"rss": bytes, "threads":, "descriptors":}"""
        with open(f"/proc/{self.process.pid}/status") as file:
            status = file.read()
        return {
            "rss": int(re.search(r"^VmRSS:\s+(\d+) kB", status, re.M).group(1)) * 1024,
            "threads": int(re.search(r"^Threads:\s+(\d+)", status, re.M).group(1)),
            "descriptors": len(os.listdir(f"/proc/{self.process.pid}/fd")),
        }


class Server(Program):
    def __init__(self, program, log, grpc="127.0.0.1:0", flags=(), **options):
        super().__init__(log, program, "--grpc-listen", grpc, "--http-listen", "127.0.0.1:0", "--kubernetes", "off", *flags,
                         **options)
        fields = dict(word.split("=", 1) for word in self.process.stdout.readline().split()[1:])
        self.grpc, self.http, self.health = fields["grpc"], fields["http"], fields.get("health")

    def read(self, path):
        with urllib.request.urlopen(f"http://{self.http}{path}", timeout=20) as answer:
            return answer.read()

    def get(self, path):
        return json.loads(self.read(path))

    def points(self, start, end):
        """{second: (millicores or None, memory bytes or None)} of the seconds (start, end]."""
        answer = self.get(f"{POD}?window={end - start}&end={end}&step=1&metrics=cpuMillicores,memoryBytes")
        series = answer["series"]
        return dict(zip(answer["window"]["timestamps"], zip(series["cpuMillicores"], series["memoryBytes"])))

    def newest(self):
        """Unix second of the newest tick of the pod, 0 without any."""
        try:
            answer = self.get(POD + "?window=1&metrics=memoryBytes")
        except (urllib.error.URLError, OSError):
            return 0
        return answer["window"]["timestamps"][-1] if answer["series"]["memoryBytes"][-1] is not None else 0


def eventually(check, seconds):
    """True as soon as check() is."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if check():
                return True
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.2)
    return False
