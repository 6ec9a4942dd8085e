"""Containers, pods and programs that end, and what is shown of them then."""

import time

from checks import (
    CPU_QUOTA_MILLICORES,
    DISK_WRITE_BYTES,
    NETWORK_PAYLOAD_BYTES_PER_SECOND,
    NodeFixture,
    pod_path,
)
from programs import RestError


class LifecycleChecks(NodeFixture):
    """Steps of e2e_test.py, in its order."""

    def restarted_container(self):
        pod = self.spec("cpu-burner")
        new_id = self.node.restart_container("cpu-burner", "sidecar")

        def shown():
            containers = self.get(pod_path(pod)).get("containers") or []
            # Names and what belongs to them come a moment behind the cgroup.
            return [
                c
                for c in containers
                if c.get("containerId") == new_id and c.get("restartCount") is not None
            ]

        found = self.wait_until(
            "a restarted container is shown with its new id", shown, 4 * self.interval + 15
        )
        if found:
            count = [c.get("name") for c in self.get(pod_path(pod))["containers"]].count("sidecar")
            self.report.check(
                "its name is listed once, restarted once",
                count == 1 and found[0].get("restartCount") == 1,
                f"listed {count} times, restartCount {found[0].get('restartCount')}",
            )
        self.running = self.node.pods()

    def deleted_pod(self):
        gone = self.spec("short-lived")
        self.node.stop_pod(gone["name"])

        def listed(**parameters):
            items = self.get("/pods", node=self.name, **parameters)["items"]
            return [item for item in items if item.get("uid") == gone["uid"]]

        self.wait_until(
            "a deleted pod leaves the list", lambda: not listed(), 4 * self.interval + 15
        )
        ended = listed(includeTerminated="true")
        self.report.check(
            "it is still there with includeTerminated=true",
            len(ended) == 1,
            {key: ended[0].get(key) for key in ("name", "phase", "sampledAt")} if ended else "",
        )

    def no_spike(self, after, since):
        """The loads never rest: no rate since then is above what they can do, none is 0."""
        window = min(3600, int(time.time() - since) + 2 * self.interval)
        for pod, key, high in (
            ("cpu-burner", "cpuMillicores", CPU_QUOTA_MILLICORES * 1.3),
            ("net-client", "networkTxBytesPerSecond", NETWORK_PAYLOAD_BYTES_PER_SECOND * 1.6),
            ("disk-writer", "diskWriteBytesPerSecond", DISK_WRITE_BYTES * 2),
        ):
            item = self.get(pod_path(self.spec(pod)), window=window)
            values = (item.get("series") or {}).get(key) or []
            known = [value for value in values if value is not None]
            self.report.check(
                f"{after}: {key} of {pod} has neither spike nor invented zero",
                known and values[-1] is not None and all(0 < value <= high for value in known),
                ["-" if value is None else round(value) for value in values],
            )

    def killed_collector(self):
        since = time.time()
        self.collector.kill()
        time.sleep(1.5 * self.interval)
        self.collector.restart()
        try:
            self.ticks_after(3)
            self.report.check("data continue after kill -9 of the collector", True, "3 ticks")
        except RestError as error:
            self.report.check("data continue after kill -9 of the collector", False, error)
        self.no_spike("collector killed", since)

    def killed_server(self):
        since = time.time()
        self.server.kill()
        time.sleep(2.5 * self.interval)
        self.report.check("the collector outlives the server", self.collector.pid() is not None)
        self.server.start()
        restarted = time.monotonic()
        try:
            self.ticks_after(1)
            self.report.check(
                "data continue after kill -9 of the server",
                True,
                f"a new tick {time.monotonic() - restarted:.1f} s after its start",
            )
            self.ticks_after(2)
        except RestError as error:
            self.report.check("data continue after kill -9 of the server", False, error)
        self.no_spike("server killed", since)
        # What was sampled while the server was away arrives later.
        item = self.get(f"/nodes/{self.name}", window=4 * self.interval)
        holes = self.holes(item, ["memoryBytes"])
        self.report.check(
            "the ticks of its absence were sent again",
            not holes,
            (item.get("series") or {}).get("memoryBytes"),
        )

    def clean_end(self):
        self.report.check(
            "one collector process, no restarts of its own", self.collector.pid() is not None
        )
        seconds = self.collector.terminate()
        self.report.check(
            "SIGTERM ends the collector in 10 s",
            seconds is not None and seconds < 10,
            seconds if seconds is None else f"{seconds:.1f} s",
        )
        code, seconds = self.server.terminate()
        self.report.check(
            "SIGTERM ends the server with 0 in 10 s",
            code == 0 and seconds < 10,
            f"exit code {code} after {seconds:.1f} s",
        )
