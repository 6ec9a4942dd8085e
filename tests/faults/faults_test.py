#!/usr/bin/env python3
"""What happens between a collector and its servers, and to both: after each fault the hour is whole again. The real
programs at an interval of one second, all cases at once; docs/reliability.md has the table.

A pod uses 250 millicores all the time: a rate that is another one was made up."""

import concurrent.futures
import contextlib
import http.client
import os
import resource
import signal
import socket
import sys
import tempfile
import time
import unittest

from programs import MILLICORES, POD, Node, Program, Server, eventually
from proxy import Proxy

COLLECTOR, APISERVER = sys.argv[1:3]


class Case:
    """One node with its collector, started, and whatever servers a fault needs."""

    def __init__(self, name):
        self.name = name
        self.directory = tempfile.TemporaryDirectory(prefix="kubemonitor-faults.")
        self.node = Node(self.directory.name)
        self.log = open(os.path.join(self.directory.name, "log"), "w+")
        self.closing = []

    def server(self, *arguments, **options):
        self.closing.append(Server(APISERVER, self.log, *arguments, flags=("--interval", "1s"), **options))
        return self.closing[-1]

    def proxy(self, server):
        proxy = Proxy(server.grpc)
        self.closing.append(proxy)
        return proxy

    def collector(self, *addresses, flags=(), **options):
        root = self.node.root
        self.closing.append(Program(
            self.log, COLLECTOR, "--api-server", ",".join(addresses), "--node-name", "node-1", "--interval", "1s",
            "--cgroup-root", str(root / "cgroup"), "--cri-endpoint", "none", "--pod-log-root", str(root / "logs"), *flags,
            **options))
        return self.closing[-1]

    def expect(self, holds, what):
        if not holds:
            self.log.seek(0)
            raise AssertionError(f"{self.name}: {what}\n{self.log.read()[-3000:]}")

    def expect_fresh(self, server, within=10):
        self.expect(eventually(lambda: server.newest() >= time.time() - 3, within), f"no fresh tick within {within} s")

    def expect_whole(self, server, start, end, within=15, holes=()):
        """Every second in (start, end] was measured and has the rate, but for those in (hole, hole]."""
        wrong = {}

        def whole():
            wrong.clear()
            for second, (cpu, memory) in server.points(start, end).items():
                if any(first < second <= last for first, last in holes):
                    continue
                if memory is None or cpu is None or not self.is_right(second, cpu):
                    wrong[second] = (cpu, memory)
            return not wrong

        self.expect(eventually(whole, within), f"of ({start}, {end}]: {wrong}")

    def expect_nothing_invented(self, server, start, end):
        for second, (cpu, _) in server.points(start, end).items():
            self.expect(cpu is None or self.is_right(second, cpu), f"{cpu} millicores at {second}")

    def is_right(self, second, cpu):
        return second in self.node.unsure or abs(cpu - MILLICORES) < 0.2 * MILLICORES

    def begin(self, server):
        """The second from which on everything must be there."""
        self.expect_fresh(server, 30)
        time.sleep(2)
        return int(time.time()) - 1

    def close(self):
        for one in reversed(self.closing):
            one.kill() if isinstance(one, Program) else one.close()
        self.node.close()
        self.log.close()
        self.directory.cleanup()


def now():
    return int(time.time()) - 1


# ---- Between collector and server.


def drop(case):
    server = case.server()
    proxy = case.proxy(server)
    case.collector(proxy.address)
    start = case.begin(server)
    proxy.dropping = True
    time.sleep(8)
    proxy.heal()
    proxy.reset_all()
    case.expect_fresh(server)
    case.expect_whole(server, start, now())


def delay(case):
    server = case.server()
    proxy = case.proxy(server)
    case.collector(proxy.address)
    start = case.begin(server)
    proxy.delay_seconds = 0.8  # an answer takes longer than the interval: not every tick goes as the newest
    time.sleep(8)
    case.expect_fresh(server, 4)
    proxy.heal()
    case.expect_whole(server, start, now())


def reset_in_mid_message(case):
    server = case.server()
    proxy = case.proxy(server)
    case.collector(proxy.address)
    start = case.begin(server)
    for size in (1, 30, 100, 300, 700, 1500):
        proxy.reset_after_bytes = size
        proxy.reset_all()
        time.sleep(1.2)
    proxy.heal()
    case.expect_fresh(server)
    case.expect_whole(server, start, now())


def half_open(case):
    server = case.server()
    proxy = case.proxy(server)
    case.collector(proxy.address)
    start = case.begin(server)
    proxy.lose_server()
    time.sleep(3)
    proxy.heal()  # old connections stay dead, new ones pass
    case.expect_fresh(server, 20)
    case.expect_whole(server, start, now())


def black_hole(case):
    """A firewall has forgotten the connection: nothing comes back on it, not even that it is closed."""
    server = case.server()
    proxy = case.proxy(server)
    case.collector(proxy.address)
    start = case.begin(server)
    proxy.forget()
    time.sleep(5)
    case.expect_fresh(server, 50)
    case.expect_whole(server, start, now())


def duplicates(case):
    """Every request arrives twice, each on a connection of its own."""
    server = case.server()
    proxy = case.proxy(server)
    proxy.duplicating = True
    case.collector(proxy.address)
    start = case.begin(server)
    time.sleep(4)
    end = now()
    case.expect_whole(server, start, end)
    case.expect_nothing_invented(server, start, end)
    case.expect(server.get("/api/v1/pods?includeTerminated=true")["total"] == 1, "the pod is there twice")


def lost_answers(case):
    """The server has taken what the collector believes lost: sent again, stored once."""
    server = case.server()
    proxy = case.proxy(server)
    case.collector(proxy.address)
    start = case.begin(server)
    proxy.losing_answers = True
    time.sleep(6)
    proxy.heal()
    proxy.reset_all()
    case.expect_fresh(server)
    case.expect_whole(server, start, now())


def narrow(case):
    """64 kbit/s: the newest tick is there all the same."""
    server = case.server()
    proxy = case.proxy(server)
    case.collector(proxy.address)
    start = case.begin(server)
    proxy.bytes_per_second = 8000
    time.sleep(6)
    case.expect_fresh(server, 4)
    proxy.dropping = True
    time.sleep(5)
    proxy.dropping = False
    proxy.reset_all()
    case.expect_fresh(server)
    case.expect_whole(server, start, now(), 30)


def unknown_name(case):
    """A name that does not resolve costs the other server nothing."""
    server = case.server()
    case.collector("no-such-host.invalid:50051", server.grpc)
    start = case.begin(server)
    time.sleep(4)
    case.expect_fresh(server, 2)
    case.expect_whole(server, start, now(), 5)


# ---- The server.


def server_killed(case):
    server = case.server()
    case.collector(server.grpc)
    start = case.begin(server)
    time.sleep(3)
    for _ in range(3):
        server.kill()
        time.sleep(1)
        server = case.server(server.grpc)
        case.expect_fresh(server)
    case.expect_whole(server, start, now())


def server_without_memory(case):
    """It ends at once instead of going on without what it could not keep, and is restarted."""
    server = case.server()
    case.collector(server.grpc)
    start = case.begin(server)
    resource.prlimit(server.process.pid, resource.RLIMIT_AS, (1 << 20, 1 << 20))  # what it has, and no more
    for _ in range(20):
        with contextlib.suppress(OSError, http.client.HTTPException):
            server.read(f"{POD}?window=3600&step=1&end={now()}")  # a megabyte of points
    case.expect(eventually(lambda: server.process.poll() is not None, 30), "the server goes on without memory")
    server = case.server(server.grpc)
    case.expect_fresh(server)
    case.expect_whole(server, start, now())


def server_stopped(case):
    server = case.server()
    case.collector(server.grpc)
    start = case.begin(server)
    server.signal(signal.SIGSTOP)
    time.sleep(10)
    server.signal(signal.SIGCONT)
    case.expect_fresh(server)
    case.expect_whole(server, start, now())


def one_server_dead(case):
    """Two servers: a silent one delays nothing of the other, and is filled when it comes back."""
    good, bad = case.server(), case.server()
    proxy = case.proxy(bad)
    case.collector(good.grpc, proxy.address)
    start = case.begin(good)
    case.expect_fresh(bad)
    proxy.dropping = True
    for _ in range(8):
        time.sleep(1)
        case.expect(good.newest() >= time.time() - 3, "the good server waits for the other one")
    proxy.heal()
    proxy.reset_all()
    case.expect_fresh(bad)
    end = now()
    case.expect_whole(bad, start, end)
    case.expect_whole(good, start, end)


def new_replica(case):
    """A server that starts empty is filled with what was before it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    first = case.server()
    case.collector(first.grpc, address)
    start = case.begin(first)
    time.sleep(4)
    second = case.server(address)
    case.expect_fresh(second)
    case.expect_whole(second, start, now())


def server_without_descriptors(case):
    """Idle connections take all descriptors of the server: the collector's goes on, and readers are answered. When it is
    lost all the same there is another one as soon as there is room."""
    server = case.server(descriptors=128)
    proxy = case.proxy(server)
    case.collector(proxy.address)
    start = case.begin(server)
    idle = []
    for address in (server.grpc, server.http):
        host, port = address.rsplit(":", 1)
        for _ in range(150):
            one = socket.socket()
            one.settimeout(0.2)
            try:
                one.connect((host, int(port)))
            except OSError:
                one.close()
                break
            idle.append(one)
    for _ in range(5):
        time.sleep(1)
        case.expect_fresh(server, 3)
    proxy.reset_all()
    time.sleep(2)
    for one in idle:
        one.close()
    case.expect_fresh(server, 30)  # whatever the back-off has come to
    case.expect_whole(server, start, now())


# ---- The collector.


def collector_stopped(case):
    """What was not sampled is a hole; the rate after it is that of the time in between."""
    server = case.server()
    collector = case.collector(server.grpc)
    start = case.begin(server)
    collector.signal(signal.SIGSTOP)
    hole = now()
    time.sleep(6)
    collector.signal(signal.SIGCONT)
    case.expect_fresh(server)
    case.expect_whole(server, start, now(), holes=[(hole, hole + 10)])
    case.expect_nothing_invented(server, start, now())


def collector_killed(case):
    server = case.server()
    collector = case.collector(server.grpc)
    start = case.begin(server)
    collector.kill()
    hole = now()
    time.sleep(2)
    case.collector(server.grpc)
    restarted = int(time.time())
    case.expect(eventually(lambda: server.newest() >= restarted, 15), "no tick of the new collector")
    back = server.newest()
    time.sleep(2)
    case.expect_whole(server, start, now(), holes=[(hole, back)])
    case.expect_nothing_invented(server, start, now())
    case.expect(server.get("/api/v1/pods?includeTerminated=true")["total"] == 1, "the pod is there twice")


def collector_without_descriptors(case):
    """What it holds open leaves enough for another connection."""
    server = case.server()
    proxy = case.proxy(server)
    case.collector(proxy.address, descriptors=40)
    start = case.begin(server)
    proxy.reset_all()
    time.sleep(4)
    case.expect_fresh(server)
    case.expect_whole(server, start, now())


def two_collectors_of_one_name(case):
    """The newest is believed and the other one refused; a conflict once they took over from each other again and again.
    The figures are those of the node, whoever tells them."""
    server = case.server()
    case.collector(server.grpc)
    start = case.begin(server)
    for count in (1, 2, 3):
        case.collector(server.grpc)
        case.expect(eventually(lambda: server.get("/api/v1/status")["refusals"]["superseded"] >= count, 10),
                    f"{count} collectors are not refused")
    case.expect_fresh(server)
    case.expect_nothing_invented(server, start, now())
    nodes = server.get("/api/v1/nodes")
    case.expect(nodes["total"] == 1, "one name, one node")
    case.expect(nodes["items"][0]["conflict"], "no conflict is shown")


CASES = [drop, delay, reset_in_mid_message, half_open, black_hole, duplicates, lost_answers, narrow, unknown_name,
         server_killed, server_without_memory, server_stopped, one_server_dead, new_replica, server_without_descriptors,
         collector_stopped, collector_killed, collector_without_descriptors, two_collectors_of_one_name]


def run_case(function):
    case = Case(function.__name__)
    try:
        function(case)
    finally:
        case.close()


class FaultsTest(unittest.TestCase):
    def test_all(self):
        with concurrent.futures.ThreadPoolExecutor(len(CASES)) as pool:
            running = {pool.submit(run_case, function): function.__name__ for function in CASES}
        for done, name in running.items():
            with self.subTest(name):
                done.result()


if __name__ == "__main__":
    only = sys.argv[3:]
    CASES = [function for function in CASES if not only or function.__name__ in only]
    del sys.argv[1:]
    unittest.main(verbosity=2)
