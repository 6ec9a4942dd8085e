"""What is shown against what the kernel counted and what the loads did."""

import os

from checks import (
    BREAKDOWN,
    CPU_QUOTA_MILLICORES,
    CPU_TOLERANCE,
    DISK_WRITE_BYTES,
    MIB,
    NETWORK_PAYLOAD_BYTES_PER_SECOND,
    NodeFixture,
    TICKS,
    pod_path,
    usage,
)


class FigureChecks(NodeFixture):
    """Steps of e2e_test.py, in its order."""

    def cpu(self):
        burner = self.spec("cpu-burner")
        window = TICKS * self.interval
        low, high = (CPU_QUOTA_MILLICORES * (1 + sign * CPU_TOLERANCE) for sign in (-1, 1))
        item = self.get(pod_path(burner), window=window)
        self.report.within(
            "CPU of cpu-burner, mean of the window",
            (item.get("statistics") or {}).get("cpuMillicores", {}).get("avg"),
            low,
            high,
            "millicores",
        )
        self.report.within(
            "CPU of its container burner",
            usage(self.container(item, "burner"), "cpuMillicores"),
            low,
            high,
            "millicores",
        )
        self.report.within(
            "CPU of its idle sidecar",
            usage(self.container(item, "sidecar"), "cpuMillicores"),
            0,
            20,
            "millicores",
        )
        limits = self.container(item, "burner").get("limits") or {}
        self.report.check(
            "the limit of burner is shown",
            limits.get("cpuMillicores") == CPU_QUOTA_MILLICORES,
            limits,
        )
        throttled = ((self.container(item, "burner").get("throttling")) or {}).get(
            "throttledPercent"
        )
        self.report.within("throttled periods of burner", throttled, 50, 100, "%")

    def memory(self):
        cgroup = self.container_cgroup("mem-holder", "holder")
        pod_cgroup = os.path.dirname(cgroup)
        command = (
            f"cat {pod_cgroup}/memory.current {cgroup}/memory.current;"
            f' awk \'$1 == "inactive_file" || $1 == "anon" {{ print $2 }}\' {cgroup}/memory.stat;'
            " date +%s.%N"
        )

        def read():
            pod, current, anon, inactive, now = self.node.run(command).output.split()
            return int(pod), int(current), int(anon), int(inactive), float(now)

        before = read()
        item = self.sampled_after(before[4], pod_path(self.spec("mem-holder")))
        after = read()
        holder = self.container(item, "holder")
        for name, value, index in (
            ("memory of pod mem-holder", usage(item, "memoryBytes"), 0),
            ("memory of container holder", usage(holder, "memoryBytes"), 1),
            ("anon of container holder", usage(holder, "memoryRssBytes"), 2),
        ):
            self.report.within(
                name,
                value,
                min(before[index], after[index]) - MIB,
                max(before[index], after[index]) + MIB,
                "bytes",
            )
        self.report.within(
            "working set of container holder",
            usage(holder, "memoryWorkingSetBytes"),
            before[1] - before[3] - MIB,
            after[1] - after[3] + MIB,
            "bytes",
        )
        self.report.within(
            "the load holds its 128 MiB",
            usage(holder, "memoryRssBytes"),
            128 * MIB,
            140 * MIB,
            "bytes",
        )

    def disk(self):
        cgroup = self.container_cgroup("disk-writer", "writer")
        command = (
            f"tr ' ' '\\n' < {cgroup}/io.stat | awk -F= '$1 == \"wbytes\" {{ n += $2 }} "
            "END { print n }'; cat /run/loads/disk-writer; date +%s.%N"
        )

        def read():
            kernel, load, now = self.node.run(command).output.split()
            return int(kernel), int(load), float(now)

        before = read()
        item = self.sampled_after(before[2], pod_path(self.spec("disk-writer")))
        after = read()
        written = usage(self.container(item, "writer"), "diskWriteBytes")
        self.report.within(
            "bytes written, by the guest's io.stat", written, before[0], after[0], "bytes"
        )
        # The load counts after its fsync: one round may be on the disk and not yet in its count.
        self.report.within(
            "bytes written, by the load's own count",
            written,
            before[1],
            after[1] + DISK_WRITE_BYTES + 65536,
            "bytes",
        )
        self.report.within(
            "the pod wrote what its container wrote",
            usage(item, "diskWriteBytes"),
            before[0],
            after[0] + 65536,
            "bytes",
        )

    def network(self):
        pids = {pod["pod"]: pod["pid"] for pod in self.running if pod["container"] == "POD"}
        # All interfaces of the pod's namespace but loopback: rx is field 2, tx is field 10.
        command = (
            "; ".join(
                f"sed 's/:/ /' /proc/{pids[name]}/net/dev | awk 'NR > 2 && $1 != \"lo\" "
                '{ rx += $2; tx += $10 } END { printf "%.0f %.0f\\n", rx, tx }\''
                for name in ("net-client", "net-server")
            )
            + "; date +%s.%N"
        )

        def read():
            return [float(word) for word in self.node.run(command).output.split()]

        before = read()
        client = self.sampled_after(before[4], pod_path(self.spec("net-client")))
        server = self.sampled_after(before[4], pod_path(self.spec("net-server")))
        after = read()
        for name, item, key, index in (
            ("net-client received", client, "networkRxBytes", 0),
            ("net-client sent", client, "networkTxBytes", 1),
            ("net-server received", server, "networkRxBytes", 2),
            ("net-server sent", server, "networkTxBytes", 3),
        ):
            self.report.within(
                f"{name}, by the guest's net/dev",
                usage(item, key),
                before[index],
                after[index],
                "bytes",
            )
        window = TICKS * self.interval
        for pod, key in (
            ("net-client", "networkTxBytesPerSecond"),
            ("net-server", "networkRxBytesPerSecond"),
        ):
            item = self.get(pod_path(self.spec(pod)), window=window)
            # 8 Mbit/s of payload and up to 7 % of headers.
            self.report.within(
                f"{pod} {key}, mean of the window",
                (item.get("statistics") or {}).get(key, {}).get("avg"),
                NETWORK_PAYLOAD_BYTES_PER_SECOND * 0.85,
                NETWORK_PAYLOAD_BYTES_PER_SECOND * 1.2,
                "bytes/s",
            )

    def host_network(self):
        item = self.get(pod_path(self.spec("node-proxy")))
        carried = {
            key: value
            for key, value in (item.get("usage") or {}).items()
            if key.startswith("network") and value is not None
        }
        self.report.check("node-proxy is flagged hostNetwork", item.get("hostNetwork") is True)
        self.report.check("node-proxy carries no network", not carried, carried)
        command = "cat /sys/class/net/eth0/statistics/rx_bytes; date +%s.%N"
        before, now = self.node.run(command).output.split()
        node = self.sampled_after(float(now), f"/nodes/{self.name}")
        after = self.node.run(command).output.split()[0]
        self.report.within(
            "the node's received bytes are eth0's, once",
            usage(node, "networkRxBytes"),
            int(before),
            int(after),
            "bytes",
        )

    def oom(self):
        item = self.get(pod_path(self.spec("oom-looper")), window=TICKS * self.interval)
        kills = (item.get("events") or {}).get("oomKills")
        if kills is None:
            kills = (self.container(item, "looper").get("events") or {}).get("oomKills")
        self.report.within("OOM kills of oom-looper in the window", kills, 1, 3600, "kills")

    def ledger(self):
        node = self.get(f"/nodes/{self.name}")
        parts = node.get("breakdown") or {}
        for key, slack in (("cpuMillicores", 2), ("memoryBytes", 65536)):
            values = {name: (part or {}).get(key) for name, part in parts.items()}
            total = usage(node, key)
            complete = (
                total is not None and set(values) == BREAKDOWN and None not in values.values()
            )
            self.report.check(
                f"ledger: {key} adds up to the node's",
                complete and abs(sum(values.values()) - total) <= slack + total * 0.001,
                f"{values} = {total}",
            )
        pods = (parts.get("pods") or {}).get("cpuMillicores")
        self.report.within(
            "ledger: the pods' CPU is at least the burner's",
            pods,
            CPU_QUOTA_MILLICORES * (1 - CPU_TOLERANCE),
            2000,
            "millicores",
        )
        units = {unit.get("name", "") for unit in node.get("units") or []}
        # Without systemd there are no units: the cgroup "system" holds all services of this guest.
        systemd = {"containerd.service", "kubemonitor-collector.service"}
        wanted = systemd if self.node.driver == "systemd" else {"system"}
        self.report.check("units name the services", wanted <= units, sorted(units))
        names = {process.get("name") for process in node.get("processes") or []}
        self.report.check(
            "host processes hold containerd and no process of a pod",
            "containerd" in names and not names & {"iperf3", "stress-ng-cpu", "pause"},
            f"{len(names)} names",
        )
        meminfo = dict(
            line.split(":") for line in self.node.run("cat /proc/meminfo").output.splitlines()
        )
        kib = {key: int(value.split()[0]) * 1024 for key, value in meminfo.items()}
        capacity = node.get("capacity") or {}
        self.report.check(
            "capacity is the guest's",
            capacity.get("cpuMillicores") == 2000
            and capacity.get("memoryBytes") == kib["MemTotal"],
            capacity,
        )
        used = kib["MemTotal"] - kib["MemAvailable"]
        self.report.within(
            "the node's memory in use",
            usage(node, "memoryBytes"),
            used - 48 * MIB,
            used + 48 * MIB,
            "bytes",
        )

    def series(self):
        # The newest TICKS - 1 points: rates exist from the second tick on.
        window = (TICKS - 1) * self.interval
        node = self.get(f"/nodes/{self.name}", window=window)
        stamps = (node.get("window") or {}).get("timestamps") or []
        steps = {b - a for a, b in zip(stamps, stamps[1:])}
        self.report.check(
            "the window's points are one interval apart",
            len(stamps) == TICKS - 1 and steps == {self.interval},
            stamps,
        )
        lengths = {len(values) for values in (node.get("series") or {}).values()}
        self.report.check(
            "every series is as long as the window", lengths == {len(stamps)}, lengths
        )
        rates = [
            "cpuMillicores",
            "memoryBytes",
            "diskWriteBytesPerSecond",
            "networkRxBytesPerSecond",
        ]
        self.report.check(
            "the node's series have no holes", not self.holes(node, rates), self.holes(node, rates)
        )
        for item in self.get("/pods", window=window, node=self.name)["items"]:
            keys = ["cpuMillicores", "memoryBytes"]
            if not item.get("hostNetwork"):
                keys.append("networkRxBytesPerSecond")
            holes = self.holes(item, keys)
            self.report.check(
                f"series of {item['name']} have no holes",
                not holes,
                {key: (item.get("series") or {}).get(key) for key in holes} or "",
            )
