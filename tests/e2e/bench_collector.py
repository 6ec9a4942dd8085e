#!/usr/bin/env python3
"""What the collector costs on a node of 110 pods with two containers each, against loops that only
read the same files. Prints a Markdown table.

The pods are made by hand in a bare guest: cgroups, one sleeping process a container, a network
namespace and log folders a pod. All programs run in the same guest, one after the other.
"""

import argparse
import hashlib
import json
import os
import re
import sys
import tarfile
import tempfile

import build_node
import node_vm
from programs import ApiServer, Collector

PODS = 110
BASE = "/sys/fs/cgroup/kubepods"
CONTROLLERS = "+cpuset +cpu +io +memory +pids"


def put_lines(node, lines, guest_path):
    with tempfile.NamedTemporaryFile("w", prefix="kubemonitor-bench.") as file:
        file.write("".join(line + "\n" for line in lines))
        file.flush()
        node.put(file.name, guest_path, mode="644")


def pod_uid(number):
    return f"aaaaaaaa-bbbb-4ccc-8ddd-{number:012x}"


def container_id(number, name):
    return hashlib.sha256(f"{number}{name}".encode()).hexdigest()


def write_logs(path):
    """A tar of the kubelet's log folders and links, which give the containers their names."""
    with tarfile.open(path, "w") as archive:
        for number in range(PODS):
            for name in "ab":
                log = f"var/log/pods/bench_pod-{number}_{pod_uid(number)}/{name}/0.log"
                archive.addfile(tarfile.TarInfo(log))
                link = tarfile.TarInfo(
                    f"var/log/containers/pod-{number}_bench_{name}-"
                    f"{container_id(number, name)}.log"
                )
                link.type = tarfile.SYMTYPE
                link.linkname = "/" + log
                archive.addfile(link)


def make_pods(node):
    with tempfile.TemporaryDirectory(prefix="kubemonitor-bench.") as folder:
        write_logs(folder + "/logs.tar")
        node.put(folder + "/logs.tar", "/root/logs.tar", mode="644")
    pods = [f"{BASE}/burstable/pod{pod_uid(number)}" for number in range(PODS)]
    lines = [
        "set -e",
        "tar -x -f /root/logs.tar -C /",
        f"mkdir -p {BASE}/burstable",
        f'for d in {BASE} {BASE}/burstable; do echo "{CONTROLLERS}" > $d/cgroup.subtree_control; '
        "done",
        "mkdir " + " ".join(pods),
        f'for d in {BASE}/burstable/pod*; do echo "{CONTROLLERS}" > $d/cgroup.subtree_control; '
        "done",
    ]
    for number, pod in enumerate(pods):
        a, b = (f"{pod}/{container_id(number, name)}" for name in "ab")
        lines.append(
            f"mkdir {a} {b}; unshare -n /bin/sh -c '(echo 0 > {b}/cgroup.procs; exec sleep "
            f"1000000) & echo 0 > {a}/cgroup.procs; exec sleep 1000000' > /dev/null 2>&1 &"
        )
    put_lines(node, lines, "/root/make_pods")
    node.run("/bin/sh /root/make_pods", limit=300)
    command = f"cat {BASE}/burstable/*/*/cgroup.procs | wc -l"
    for _ in range(60):
        if int(node.run(command + "; sleep 1").output) == 2 * PODS:
            return
    raise node_vm.VmError(f"not all of the {2 * PODS} containers have their process")


def cpu_usec(node, cgroup):
    return int(re.search(r"usage_usec (\d+)", node.run(f"cat {cgroup}/cpu.stat").output).group(1))


def list_files(node, pid):
    """Writes /root/files: the files the collector holds, and one net/dev a pod, which nobody can."""
    node.run(
        f"find -L /proc/{pid}/fd -maxdepth 1 -type f | sed 's,.*/,,' > /root/regular; "
        f"ls -l /proc/{pid}/fd | awk 'NR == FNR {{ regular[$1]; next }} "
        '$(NF - 1) == "->" && ($(NF - 2) in regular) && $NF ~ /^\\/(sys|proc)\\// { print $NF }\' '
        "/root/regular - | sort -u > /root/files; "
        f"for d in {BASE}/burstable/*/; do cat $d/*/cgroup.procs | "
        "{ read -r pid && echo !/proc/$pid/net/dev >> /root/files; }; done",
        limit=300,
    )


def read_loop(node, mode, ticks, interval):
    output = node.run(
        "ulimit -n 65536; "
        f"/opt/kubemonitor/e2e_read_loop {mode} /root/files {ticks} {interval * 1000}",
        limit=(ticks + 2) * interval + 60,
    ).output
    return json.loads(output)


def measure(node, server, options):
    make_pods(node)
    collector = Collector(node, options.bin)
    collector.start(
        server.grpc_port(),
        "vm-bench",
        ["--interval", f"{options.interval}s", "--cri-endpoint", "none"],
    )
    # The first ticks open everything and name everything.
    node.run(f"sleep {4 * options.interval}", limit=120)
    before = cpu_usec(node, collector.cgroup)
    node.run(
        f"sleep {options.ticks * options.interval}", limit=options.ticks * options.interval + 60
    )
    collector_usec = (cpu_usec(node, collector.cgroup) - before) / options.ticks
    pid = collector.pid()
    status = node.run(f"cat /proc/{pid}/status").output
    memory = int(node.run(f"cat {collector.cgroup}/memory.current").output)
    list_files(node, pid)
    items = server.rest.get("/pods", limit=1)
    collector.terminate()
    node.put_program(os.path.join(options.bin, "e2e_read_loop"), "/opt/kubemonitor/e2e_read_loop")
    opened = read_loop(node, "open", options.ticks, options.interval)
    held = read_loop(node, "held", options.ticks, options.interval)
    return {
        "pods": items.get("total"),
        "files": opened["files"],
        "bytes": opened["bytes"],
        "collector": collector_usec / 1000,
        "open": opened["cpuMicrosecondsPerTick"] / 1000,
        "held": held["cpuMicrosecondsPerTick"] / 1000,
        "memory": memory / (1 << 20),
        "rss": int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024,
        "threads": int(re.search(r"Threads:\s+(\d+)", status).group(1)),
    }


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--bin", default=os.path.join(build_node.ROOT, "out", "bin"))
    parser.add_argument(
        "--interval", type=int, default=5, help="seconds between ticks (default: 5)"
    )
    parser.add_argument("--ticks", type=int, default=12, help="ticks measured (default: 12)")
    options = parser.parse_args()
    reason = node_vm.unavailable()
    if reason:
        print(f"SKIPPED: {reason}")
        return 0
    with tempfile.TemporaryDirectory(prefix="kubemonitor-bench.") as logs:
        server = ApiServer(
            options.bin, os.path.join(logs, "apiserver.log"), ["--interval", f"{options.interval}s"]
        )
        try:
            server.start()
            with node_vm.NodeVm("cgroupfs", options.bin, pods=False) as node:
                figures = measure(node, server, options)
        finally:
            server.close()
    print(
        f"{2 * PODS} containers in {PODS} pods ({figures['pods']} reported),"
        f" {figures['files']} files"
        f" and {figures['bytes'] / 1024:.0f} KiB a tick, mean of {options.ticks} ticks of"
        f" {options.interval} s, in software emulation:\n"
    )
    print("| what | measured | goal |\n|---|---|---|")
    print(f"| collector, CPU per tick | {figures['collector']:.1f} ms | |")
    print(f"| loop that opens, reads and closes | {figures['open']:.1f} ms | |")
    print(f"| loop over held descriptors | {figures['held']:.1f} ms | |")
    print(f"| collector / opening loop | {figures['collector'] / figures['open']:.2f} | < 1 |")
    print(f"| collector / holding loop | {figures['collector'] / figures['held']:.2f} | <= 1.3 |")
    print(f"| collector, RSS | {figures['rss']:.1f} MiB | <= 20 MB |")
    print(f"| collector's cgroup, memory.current | {figures['memory']:.1f} MiB | <= 40 MB |")
    print(f"| collector, threads | {figures['threads']} | |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
