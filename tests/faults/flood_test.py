#!/usr/bin/env python3
"""Thousands of hostile connections on every port of the API server, from a process of their own, while healthy collectors report and
a reader asks. Nobody of them may notice: no error, fresh ticks, whole series.

  flood_test.py APISERVER SIMULATOR [--connections N] [--nodes N] [--seconds N]
"""

import argparse
import json
import os
import random
import resource
import selectors
import signal
import socket
import sys
import tempfile
import time
import urllib.error
import urllib.request

from programs import Program, Server, eventually

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
SETTINGS = b"\0\0\0\4\0\0\0\0\0"
# A HEADERS frame that says it has 16 MB; one of 16 KB that never ends.
HUGE_FRAME = b"\xff\xff\xff\1\4\0\0\0\1"
OPEN_FRAME = b"\0\x40\0\1\0\0\0\0\1"
GARBAGE = random.Random(1).randbytes(4096)
GET = b"GET /api/v1/pods?window=3600 HTTP/1.1\r\nHost: localhost\r\n"

# What a connection sends at once, and what drips after it, a byte a second.
GRPC_PEERS = [
    (b"", b""),
    (PREFACE[:10], b""),
    (PREFACE + SETTINGS, b""),
    (PREFACE + SETTINGS + OPEN_FRAME, b"\0"),
    (PREFACE + SETTINGS + HUGE_FRAME, b""),
    (b"", PREFACE),
    (GARBAGE, GARBAGE),
    (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b""),
]
HTTP_PEERS = [
    (b"", b""),
    (b"", GET),
    (GET, b"X-Slow: 1\r\n"),
    (GET + b"X: " + b"x" * 20_000, b""),
    (b"POST /api/v1/pods HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000000\r\n\r\n", b"x"),
    (b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n" + b"f" * 3_000, b"f"),
    (GET + b"\r\n", b""),  # and reads nothing of the answer
    (GARBAGE, GARBAGE),
]
REOPENED_PER_SECOND = 200


class Peer:
    """One hostile connection."""

    def __init__(self, address, first, drip, reads):
        self.drip, self.reads, self.dripped = drip, reads, 0
        self.socket = socket.socket()
        self.socket.setblocking(False)
        self.socket.connect_ex(address)
        self.first = first

    def write(self, data):
        try:
            self.socket.send(data)
        except BlockingIOError:
            pass

    def next(self):
        """What is due each second."""
        if self.first:
            self.write(self.first)
            self.first = b""
        elif self.drip:
            self.write(self.drip[self.dripped % len(self.drip):][:1])
            self.dripped += 1


class Flood:
    """Keeps so many connections open to the addresses in turn until it is ended; those that were closed come again, at a limited rate."""

    def __init__(self, grpc, https, connections):
        self.kinds = []
        for i in range(max(len(GRPC_PEERS), len(HTTP_PEERS))):
            self.kinds.append((grpc, *GRPC_PEERS[i % len(GRPC_PEERS)], True))
            first, drip = HTTP_PEERS[i % len(HTTP_PEERS)]
            self.kinds.append((https[i % len(https)], first, drip, not first.endswith(b"\r\n\r\n")))
        self.connections, self.opened, self.closed = connections, 0, 0
        self.peers = {}
        self.selector = selectors.DefaultSelector()

    def open_one(self):
        peer = Peer(*self.kinds[self.opened % len(self.kinds)])
        self.opened += 1
        self.peers[peer.socket.fileno()] = peer
        if peer.reads:  # of the others the drip shows the end
            self.selector.register(peer.socket, selectors.EVENT_READ, peer)

    def close_one(self, peer):
        if peer.reads:
            self.selector.unregister(peer.socket)
        del self.peers[peer.socket.fileno()]
        peer.socket.close()
        self.closed += 1

    def read(self):
        for key, _ in self.selector.select(0.05):
            try:
                if key.data.socket.recv(65536):
                    continue
            except BlockingIOError:
                continue
            except OSError:
                pass
            self.close_one(key.data)

    def drip(self):
        for peer in list(self.peers.values()):
            try:
                peer.next()
            except OSError:
                self.close_one(peer)

    def run(self):
        while len(self.peers) < self.connections and self.opened < 2 * self.connections:
            for _ in range(100):
                self.open_one()
            self.read()
        print(len(self.peers), flush=True)
        while True:
            second = time.monotonic() + 1
            self.drip()
            for _ in range(min(REOPENED_PER_SECOND, self.connections - len(self.peers))):
                self.open_one()
            while time.monotonic() < second:
                self.read()
            print(len(self.peers), flush=True)


def flood_main(arguments):
    address = lambda text: (text.rsplit(":", 1)[0], int(text.rsplit(":", 1)[1]))  # noqa: E731
    connections, grpc, *https = arguments
    Flood(address(grpc), [address(a) for a in https], int(connections)).run()


class Reader:
    """Asks over a new connection each time. As a client does it asks again, once, where it is told to come back (503) or its
    connection was closed; how often is printed."""

    def __init__(self, http, nodes):
        self.http, self.nodes = http, nodes
        self.answers, self.repeated, self.slowest, self.oldest, self.wrong = 0, 0, 0.0, 0.0, []

    def get(self, path):
        started = time.monotonic()
        try:
            document = self._get(path)
        except OSError as error:
            if isinstance(error, urllib.error.HTTPError) and error.code != 503:
                raise
            self.repeated += 1
            time.sleep(1)  # Retry-After
            document = self._get(path)
        self.slowest = max(self.slowest, time.monotonic() - started)
        self.answers += 1
        return document

    def _get(self, path):
        with urllib.request.urlopen(f"http://{self.http}/api/v1{path}", timeout=20) as answer:
            return json.load(answer)

    def look(self):
        try:
            items = self.get("/nodes")["items"]
            pods = self.get("/pods?limit=1")["total"]
        except (OSError, ValueError) as error:
            detail = error.read().decode() if isinstance(error, urllib.error.HTTPError) else ""
            self.wrong.append(f"no answer: {error} {detail}")
            return
        silent = [item["name"] for item in items if "ageSeconds" not in item]
        if silent:
            self.wrong.append(f"{len(silent)} nodes without a tick")
            return
        self.oldest = max([self.oldest, *(item["ageSeconds"] for item in items)])
        stale = [item["name"] for item in items if item["stale"]]
        if len(items) != self.nodes or pods == 0:
            self.wrong.append(f"{len(items)} nodes, {pods} pods")
        if stale:
            self.wrong.append(f"{len(stale)} nodes are stale")

    def gaps(self, seconds, end):
        """Ticks of the window at which some node has no value."""
        items = self.get(f"/nodes?window={seconds}&end={end}&metrics=memoryBytes")["items"]
        return {item["name"]: item["series"]["memoryBytes"].count(None) for item in items
                if None in item["series"]["memoryBytes"]}


def raise_open_files():
    """The connections it leaves room for: those of the collectors, and what the processes need beside."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def flood_command(connections, server):
    return [sys.executable, os.path.abspath(__file__), "--flood", str(connections), server.grpc, server.http, server.health]


def run(options, log):
    files = raise_open_files()
    connections = min(options.connections, files - 500)
    server = Server(options.apiserver, log, flags=["--health-listen", "127.0.0.1:0", "--interval", "1s", "--log-level", "warning"])
    simulator = Program(log, options.simulator, "--api-server", server.grpc, "--interval", "1s", "--nodes", str(options.nodes),
                        "--pods-per-node", "5", "--namespaces", "3", "--deployments", "10", "--log-level", "warning")
    reader = Reader(server.http, options.nodes)
    running = [server, simulator]
    try:
        if not eventually(lambda: len(reader.get("/nodes")["items"]) == options.nodes, 60):
            return ["the collectors did not report"]
        reader.slowest = 0.0
        quiet = server.costs()["rss"]
        time.sleep(3)
        begun = int(time.time())
        flood = Program(log, *flood_command(connections, server))
        running.append(flood)
        open_at_first = int(flood.process.stdout.readline())
        until = time.monotonic() + options.seconds
        while time.monotonic() < until:
            reader.look()
            time.sleep(0.2)
        ended = int(time.time())
        flooded = server.costs()["rss"]
        flood.signal(signal.SIGKILL)
        open_at_last = int(flood.process.communicate()[0].split()[-1])
        print(f"{open_at_first} hostile connections, {open_at_last} at the end, beside {options.nodes} collectors; {reader.answers} answers, "
              f"{reader.repeated} of them asked for twice, the slowest after {reader.slowest:.2f} s, the oldest tick {reader.oldest:.1f} s old; "
              f"server {quiet >> 20} MiB, flooded {flooded >> 20} MiB", flush=True)
        # The last ticks are still on their way.
        time.sleep(5)
        return check(reader, simulator, server, log, begun, ended)
    finally:
        for program in running:
            if program.process.poll() is None:
                program.kill()


def check(reader, simulator, server, log, begun, ended):
    wrong = [f"{reader.wrong.count(text)} times: {text}" for text in dict.fromkeys(reader.wrong)]
    gaps = reader.gaps(max(1, ended - begun), ended)
    if reader.repeated > reader.answers / 50:
        wrong.append(f"{reader.repeated} of {reader.answers} answers had to be asked for twice")
    if gaps:
        wrong.append(f"{len(gaps)} nodes lack ticks: {dict(list(gaps.items())[:3])}")
    simulator.signal(signal.SIGTERM)
    summary = json.loads(simulator.process.communicate(timeout=40)[0])
    if summary["errors"] or summary["refused"]:
        wrong.append(f"the collectors saw {summary['errors']} errors and {summary['refused']} refusals")
    if server.process.poll() is not None:
        wrong.append("the server died")
    else:
        server.signal(signal.SIGTERM)
        if server.process.wait(timeout=40) != 0:
            wrong.append("the server did not end well")
    log.seek(0)
    lines = log.read().splitlines()
    if len(lines) > 100:
        wrong.append(f"{len(lines)} lines of log, at first {lines[:3]}")
    return wrong


def main():
    if sys.argv[1:2] == ["--flood"]:
        flood_main(sys.argv[2:])
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("apiserver")
    parser.add_argument("simulator")
    parser.add_argument("--connections", type=int, default=600)
    parser.add_argument("--nodes", type=int, default=20)
    parser.add_argument("--seconds", type=int, default=10)
    with tempfile.TemporaryFile("w+") as log:
        wrong = run(parser.parse_args(), log)
    for text in wrong:
        print("WRONG: " + text)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
