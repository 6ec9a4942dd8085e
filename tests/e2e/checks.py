"""What the end-to-end test shares: counting checks, asking REST, looking into the node."""

import json
import time

import node_vm
from programs import RestError, parse_time

MIB = 1 << 20
CPU_QUOTA_MILLICORES = 500
CPU_TOLERANCE = 0.15
NETWORK_PAYLOAD_BYTES_PER_SECOND = 1e6  # iperf3 -b 8M
DISK_WRITE_BYTES = 2 * MIB  # one round of the disk load
BREAKDOWN = {"pods", "systemServices", "kernelAndOther", "unattributed"}
TICKS = 6  # with a window of this many no hole is allowed


class Report:
    """Prints and counts the checks."""

    def __init__(self):
        self.passed = 0
        self.failed = []

    def check(self, name, passed, measured=""):
        if passed:
            self.passed += 1
        else:
            self.failed.append(name)
        print(
            f"{'ok  ' if passed else 'FAIL'} {name}" + (f": {measured}" if measured != "" else ""),
            flush=True,
        )

    def within(self, name, value, low, high, unit=""):
        shown = (
            f"{value} {unit}" if value is None or isinstance(value, str) else f"{value:.6g} {unit}"
        )
        self.check(
            name,
            value is not None and low <= value <= high,
            f"{shown} (allowed {low:.6g} to {high:.6g})",
        )


def usage(item, key):
    return (item.get("usage") or {}).get(key)


def pod_path(pod):
    return f"/namespaces/{pod['namespace']}/pods/{pod['name']}"


def qos_class(spec):
    """As Kubernetes defines it; pods.json writes a request only where there is no limit."""
    containers = spec["containers"]
    if not any(c.get("limits") or c.get("requests") for c in containers):
        return "BestEffort"
    limited = all(len(c.get("limits") or {}) == 2 and not c.get("requests") for c in containers)
    return "Guaranteed" if limited else "Burstable"


class NodeFixture:
    """A node with a collector that reports to a server, and what its tests share."""

    def __init__(self, node, server, collector, interval, arguments, report):
        self.node = node
        self.server = server
        self.collector = collector
        self.interval = interval
        self.arguments = arguments
        self.report = report
        self.name = "vm-" + node.driver
        self.specs = json.loads(node.run(f"cat {node_vm.SPEC}").output)["pods"]
        self.running = []  # what the runtime itself lists

    # Helpers.

    def get(self, path, **parameters):
        return self.server.rest.get(path, **parameters)

    def spec(self, name):
        return next(pod for pod in self.specs if pod["name"] == name)

    def wait_until(self, what, condition, limit):
        """Polls condition() until it returns something true; reports it, with how long it took."""
        started = time.monotonic()
        last = None
        while time.monotonic() - started < limit:
            try:
                value = condition()
                if value:
                    self.report.check(what, True, f"after {time.monotonic() - started:.1f} s")
                    return value
                last = value
            except RestError as error:
                last = error
            time.sleep(0.5)
        self.report.check(what, False, f"not in {limit:.0f} s; last: {last}")
        return None

    def sampled_after(self, moment, path):
        """The item once its values are of a tick after the moment. A server that has just started
        answers 503, or not at all, for a while."""
        limit = max(0, moment - time.time()) + 4 * self.interval + 10
        end = time.monotonic() + limit
        last = None
        while time.monotonic() < end:
            try:
                item = self.get(path)
                last = item.get("sampledAt")
                if last and parse_time(last) > moment:
                    return item
            except RestError as error:
                last = error
            time.sleep(0.2)
        raise RestError(f"{path}: no tick after {moment:.1f} in {limit:.0f} s; last: {last}")

    def ticks_after(self, count):
        """Waits until the node was sampled count more times."""
        self.sampled_after(time.time() + (count - 1) * self.interval, f"/nodes/{self.name}")

    def container_cgroup(self, pod, container):
        entry = next(
            c
            for c in self.running
            if c["pod"] == pod and c["container"] == container and c["state"] != "CONTAINER_EXITED"
        )
        found = self.node.run("find /sys/fs/cgroup -type d -name '*" + entry["id"] + "*'").output
        return found.split()[0]

    def container(self, pod_item, name):
        return next((c for c in pod_item.get("containers") or [] if c.get("name") == name), {})

    def holes(self, item, keys):
        series = item.get("series") or {}
        return [key for key in keys if not series.get(key) or None in series[key]]
