#!/usr/bin/env python3
"""Runs the real node with a collector that reports to an API server of this machine, until
SIGTERM or SIGINT; then nothing is left of it.

hold.py --driver systemd --api-server-port PORT [--bin DIR] [--node-name NAME]

Progress goes to stderr. Once the collector runs, one line "node NAME running" goes to stdout.
"""

import argparse
import os
import signal
import subprocess
import sys
import time

import build_node
import node_vm
from machine import say
from programs import Collector


class Interrupted(BaseException):
    """SIGTERM or SIGINT."""


def interrupt(*_):
    # A second signal must not break the cleaning up.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise Interrupted


def hold(options):
    with node_vm.NodeVm(options.driver, options.bin) as node:
        name = options.node_name or "vm-" + options.driver
        say(f"node {name} is awake, starting its collector")
        collector = Collector(node, options.bin)
        collector.start(options.api_server_port, name)
        time.sleep(1)
        if collector.pid() is None:
            raise node_vm.VmError("the collector ended at once\n" + collector.log())
        say(f"node {name} runs {len([p for p in node.pods() if p['container'] == 'POD'])} pods")
        print(f"node {name} running", flush=True)
        while node.alive():
            time.sleep(0.5)
        raise node_vm.VmError("the virtual machine has ended\n" + node.console())


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--driver", choices=node_vm.DRIVERS, default="systemd")
    parser.add_argument(
        "--api-server-port",
        type=int,
        required=True,
        help="the API server's gRPC port on this machine's loopback",
    )
    parser.add_argument("--bin", default=os.path.join(build_node.ROOT, "out", "bin"))
    parser.add_argument("--node-name", help="default: vm-<driver>")
    options = parser.parse_args()
    reason = node_vm.unavailable()
    if reason:
        print(f"the real node cannot run: {reason}", file=sys.stderr)
        return 3
    signal.signal(signal.SIGTERM, interrupt)
    signal.signal(signal.SIGINT, interrupt)
    try:
        hold(options)
    except Interrupted:
        return 0
    except (RuntimeError, OSError, subprocess.CalledProcessError) as error:
        print(f"the real node failed: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
