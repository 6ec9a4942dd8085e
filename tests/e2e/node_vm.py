#!/usr/bin/env python3
"""A Kubernetes node in a virtual machine, ready with its pods in seconds.

NodeVm(driver) is used as a context manager. The first time it boots the image of build_node.py,
starts the pods of guest/pods.json and freezes the machine into out/vm; from then on it is thawed
from there.

    with node_vm.NodeVm("systemd") as node:
        print(node.run("cat /proc/loadavg").output)

From the guest and its pods this machine's loopback is 10.0.2.2.
As a program it prepares the frozen nodes, or runs a command: node_vm.py [--driver D] [COMMAND...]
"""

import argparse
import http.server
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time

import build_node
import machine
from machine import VmError, say

DRIVERS = ("cgroupfs", "systemd")
HOST = "10.0.2.2"
SPEC = "/node/pods.json"
IMPORT_IMAGES = (
    "for t in /node/images/*.tar; do ctr -n k8s.io images import --snapshotter overlayfs"
    " $t || exit 1; done; rm /node/images/*.tar"
)
# The loads are under way: bytes counted, memory held, a process killed, packets flowing.
SETTLED = (
    "[ -s /run/loads/disk-writer ] && "
    "cat /sys/class/net/veth*/statistics/rx_bytes | awk '$1 > 1e6 { f = 1 } END { exit !f }' && "
    "cat /sys/fs/cgroup/kubepods*/memory.events | grep -q 'oom_kill [1-9]' && "
    "cat $(find /sys/fs/cgroup/kubepods* -name memory.current -path '*2c3a1d6f*') | "
    "awk '$1 > 134217728 { f = 1 } END { exit !f }'"
)
QUIET = "sync; echo 1 > /proc/sys/vm/drop_caches"


class _FileHandler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        with open(self.server.path, "rb") as file:
            self.send_response(200)
            self.send_header("Content-Length", str(os.fstat(file.fileno()).st_size))
            self.end_headers()
            shutil.copyfileobj(file, self.wfile)

    def log_message(self, *_):
        pass


def unavailable():
    """Why no machine can run here, or None."""
    if shutil.which("qemu-system-x86_64") is None:
        return "qemu-system-x86_64 is not installed"
    return None


def _qemu_version():
    output = subprocess.run(
        ["qemu-system-x86_64", "--version"], check=True, text=True, capture_output=True
    ).stdout
    return output.splitlines()[0]


def _frozen_key(driver):
    return build_node.digest(
        build_node.image_key(),
        _qemu_version(),
        repr(machine.HARDWARE),
        machine.KERNEL_ARGUMENTS,
        machine.INIT[driver],
        IMPORT_IMAGES,
        SETTLED,
    )


def _start_pods(guest, driver):
    say(f"{driver}: booted, waiting for the container runtime")
    guest.run("e2e_cri_driver wait 280", limit=300)
    say(f"{driver}: runtime ready, importing images")
    guest.run(IMPORT_IMAGES, limit=600)
    say(f"{driver}: starting the pods")
    guest.run(f"e2e_cri_driver run {SPEC} {driver}", limit=1200)
    say(f"{driver}: pods run, waiting for their loads")
    end = time.monotonic() + 300
    while guest.run(SETTLED, check=False).code != 0:
        if time.monotonic() > end:
            raise VmError("the loads do not get going\n" + guest.run("e2e_cri_driver list").output)
        time.sleep(1)


def _uptime(guest):
    """(this machine's clock before, the guest's uptime, this machine's clock after), in seconds."""
    before = time.monotonic()
    uptime = float(guest.run("cat /proc/uptime").output.split()[0])
    return before, uptime, time.monotonic()


def _check_clock(first, last):
    """The guest measures the frequency of its clock at boot, which a busy machine can spoil."""
    passed = last[1] - first[1]
    if not (last[0] - first[2]) * 0.99 <= passed <= (last[2] - first[0]) * 1.01:
        raise VmError(f"the guest's clock is wrong: {passed:.1f} s for {last[2] - first[0]:.1f} s")


def _freeze_into(folder, driver, image):
    for name in ("root.img", "data.img"):
        subprocess.run(["cp", "--sparse=always", f"{image}/{name}", f"{folder}/{name}"], check=True)
    guest = machine.Machine(driver, image, folder, throw_away=False)
    try:
        guest.wait_for_agent(300)
        first = _uptime(guest)
        _start_pods(guest, driver)
        _check_clock(first, _uptime(guest))
        guest.run(QUIET)
        guest.freeze(folder + "/state")
    finally:
        guest.stop()


def prepare(driver, bin_dir):
    """Makes the image and the frozen node where they are missing; returns (image, frozen node)."""
    image = build_node.build(bin_dir)
    with build_node.locked():
        frozen = build_node.publish(
            f"frozen-{driver}",
            _frozen_key(driver),
            lambda folder: _freeze_into(folder, driver, image),
            f"booting the {driver} node and its pods (1 to 2 min)",
        )
    return image, frozen


class NodeVm:
    """A running node. Use it from one thread, the main one."""

    def __init__(
        self, driver, bin_dir=os.path.join(build_node.ROOT, "out", "bin"), forward=(), pods=True
    ):
        """forward: guest ports to reach from here; pods: False boots the bare node instead."""
        if driver not in DRIVERS:
            raise ValueError(f"driver must be one of {DRIVERS}")
        self.driver = driver
        self._bin_dir = bin_dir
        self._forward = forward
        self._pods = pods
        self._machine = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        if self._pods:
            image, frozen = prepare(self.driver, self._bin_dir)
            disks, state = frozen, frozen + "/state"
        else:
            image = build_node.build(self._bin_dir)
            disks, state = image, None
        self._machine = machine.Machine(
            self.driver, image, disks, throw_away=True, state=state, forward=self._forward
        )
        try:
            if state:
                self._machine.resume()
            else:
                self._machine.wait_for_agent(300)
            self.set_clock()
        except BaseException:
            self.stop()
            raise

    def stop(self):
        if self._machine is not None:
            self._machine.stop()

    def alive(self):
        return self._machine.alive()

    def console(self):
        return self._machine.console()

    def port(self, guest_port):
        """The loopback port here that leads to the guest's."""
        return self._machine.ports[guest_port]

    def run(self, command, limit=60, check=True):
        """Runs a shell command in the guest; Result(code, output)."""
        return self._machine.run(command, limit, check)

    def clock_offset(self):
        """Bounds (low, high) of the guest's clock minus this machine's, in seconds."""
        before = time.time()
        guest = float(self.run("date +%s.%N").output)
        return guest - time.time(), guest - before

    def set_clock(self):
        """A thawed guest lives in the past: sets its clock to this machine's, within half a second, on
        a very busy machine within one."""
        low, high = float("-inf"), float("inf")
        for look in range(40):
            # Each look bounds the offset by its own delay; together they bound it well.
            bounds = self.clock_offset()
            low, high = max(low, bounds[0]), min(high, bounds[1])
            tolerance = 0.5 if look < 20 else 1.0
            if -tolerance < low <= high < tolerance:
                return
            middle = (low + high) / 2
            if abs(middle) > tolerance / 4:
                self.run(f"e2e_cri_driver step-clock {-round(middle * 1e6)}")
                low, high = low - middle, high - middle
        raise VmError(f"the guest's clock cannot be set: off by {low:.2f} to {high:.2f} s")

    def put(self, path, guest_path, mode="755"):
        """Copies a file of this machine into the guest."""
        with http.server.HTTPServer(("127.0.0.1", 0), _FileHandler) as server:
            server.path = path
            thread = threading.Thread(target=server.serve_forever, daemon=True)
            thread.start()
            try:
                self.run(
                    f"mkdir -p $(dirname {guest_path}) && busybox wget -q -O {guest_path}"
                    f" http://{HOST}:{server.server_port}/ && chmod {mode} {guest_path}",
                    limit=120,
                )
            finally:
                server.shutdown()
                thread.join()

    def put_program(self, path, guest_path):
        """Copies a program without its debug information."""
        with tempfile.TemporaryDirectory(prefix="kubemonitor-vm.") as folder:
            stripped = os.path.join(folder, "program")
            subprocess.run(["strip", "-o", stripped, path], check=True)
            self.put(stripped, guest_path)

    def pods(self):
        """What the runtime itself lists: dicts of namespace, pod, uid, container (POD for the
        sandbox), id, state, pid, address."""
        keys = ("namespace", "pod", "uid", "container", "id", "state", "pid", "address")
        lines = self.run("e2e_cri_driver list").output.splitlines()
        return [dict(zip(keys, line.split("\t"))) for line in lines if line.count("\t") == 7]

    def stop_pod(self, name):
        self.run(f"e2e_cri_driver stop {SPEC} {self.driver} {name}", limit=300)

    def restart_container(self, pod, container):
        """Returns the id of the container's successor."""
        return self.run(
            f"e2e_cri_driver restart {SPEC} {self.driver} {pod} {container}", limit=300
        ).output.split()[-1]


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--driver", choices=DRIVERS, help="only this one (default: both)")
    parser.add_argument("--bin", default=os.path.join(build_node.ROOT, "out", "bin"))
    parser.add_argument("command", nargs="*", help="run this in the thawed node")
    options = parser.parse_args()
    for driver in [options.driver] if options.driver else DRIVERS:
        if not options.command:
            prepare(driver, options.bin)
            continue
        with NodeVm(driver, options.bin) as node:
            print(node.run(" ".join(options.command), check=False).output, end="")


if __name__ == "__main__":
    sys.exit(main())
