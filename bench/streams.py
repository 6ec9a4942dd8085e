#!/usr/bin/env python3
"""What open dashboards cost the API server: streams that announce ticks, and the questions that follow each tick.

A simulated cluster reports live. The server's CPU clock runs over whole intervals without any stream, with
--streams of them, and with the questions of --ask asked by each client after each tick. Prints a Markdown table.
"""

import argparse
import asyncio
import json
import os
import random
import time

from processes import ApiServer, Cluster, Rest, Simulator, raise_descriptor_limit

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# What a dashboard's overview asks at each tick (the network panel of a browser shows it).
OVERVIEW = [
    "/status",
    "/cluster?metrics=cpuMillicores,memoryBytes,disk,network,nodeCount&step=30&window=3600",
    "/findings",
    "/nodes?metrics=cpuMillicores,memoryBytes,disk,network",
    "/pods?limit=7&metrics=cpuMillicores&sort=-cpuMillicores.change&step=60&window=3600",
    "/pods?limit=7&metrics=cpuMillicores&sort=cpuMillicores.change&step=60&window=3600",
    "/workloads?limit=7&metrics=cpuMillicores&sort=-cpuMillicores",
]
OPENING = 200  # connections opened at a time


def request(address, path):
    return f"GET /api/v1{path} HTTP/1.1\r\nHost: {address}\r\nAccept-Encoding: gzip\r\n\r\n".encode()


async def read_head(reader):
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200 "):
        raise RuntimeError(head.decode(errors="replace"))
    return head.lower()


async def read_body(reader, head):
    """Its length."""
    if b"content-length: " in head:
        size = int(head.split(b"content-length: ")[1].split(b"\r\n")[0])
        await reader.readexactly(size)
        return size
    total = 0
    while True:
        size = int(await reader.readuntil(b"\r\n"), 16)
        await reader.readexactly(size + 2)
        total += size
        if size == 0:
            return total


class Clients:
    def __init__(self, address, paths, spread):
        self.address, self.paths, self.spread = address, paths, spread
        self.open, self.ticks, self.delays, self.answers, self.bytes = 0, 0, [], [], 0
        self.tasks = []

    async def connect(self):
        host, port = self.address.rsplit(":", 1)
        return await asyncio.open_connection(host, int(port), limit=1 << 20)

    async def run(self, opened):
        reader, writer = await self.connect()
        writer.write(request(self.address, "/stream"))
        await read_head(reader)
        self.open += 1
        opened.release()
        asking = await self.connect() if self.paths else None
        first = True
        while line := await reader.readline():
            if not line.startswith(b"data: "):
                continue
            tick = json.loads(line[6:])["tick"]
            if not first:
                self.ticks += 1
                self.delays.append(time.time() - tick)
                if asking:
                    await self.ask(*asking)
            first = False

    async def ask(self, reader, writer):
        await asyncio.sleep(random.uniform(0, self.spread))
        for path in self.paths:
            started = time.perf_counter()
            writer.write(request(self.address, path))
            self.bytes += await read_body(reader, await read_head(reader))
            self.answers.append(time.perf_counter() - started)

    async def start(self, count):
        opened = asyncio.Semaphore(OPENING)
        for _ in range(count):
            await opened.acquire()
            self.tasks.append(asyncio.create_task(self.run(opened)))
        while self.open < count:
            await asyncio.sleep(0.05)
            for task in self.tasks:
                if task.done():
                    task.result()

    async def stop(self):
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


async def measure(server, intervals, interval):
    """Cores over whole intervals, from one middle between two ticks to another."""
    await asyncio.sleep(interval - (time.time() + interval / 2) % interval)
    cpu, wall = server.cpu_seconds(), time.monotonic()
    await asyncio.sleep(intervals * interval)
    return (server.cpu_seconds() - cpu) / (time.monotonic() - wall)


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


async def run(arguments, server):
    interval = arguments.interval
    rows = [("no stream", await measure(server, arguments.intervals, interval), server.memory("VmRSS"), None)]
    for name, paths in (("streams alone", []), ("streams and questions", arguments.ask)):
        if name != "streams alone" and not paths:
            continue
        clients = Clients(server.http, paths, arguments.spread)
        await clients.start(arguments.streams)
        cores = await measure(server, arguments.intervals, interval)
        rows.append((name, cores, server.memory("VmRSS"), clients))
        await clients.stop()
        await asyncio.sleep(1)
    print(f"\n{arguments.streams:,} streams; {arguments.nodes:,} nodes; {arguments.intervals} intervals of {interval} s each\n")
    print("| what | server, cores | more than without | RSS, MB | announced after the tick, s (median, max) | answers, ms (median, p99, how many) |")
    print("|---|---|---|---|---|---|")
    for name, cores, memory, clients in rows:
        delays = f"{percentile(clients.delays, 0.5):.2f}, {max(clients.delays):.2f}" if clients and clients.delays else ""
        answers = ""
        if clients and clients.answers:
            answers = f"{1000 * percentile(clients.answers, 0.5):.1f}, {1000 * percentile(clients.answers, 0.99):.1f}, {len(clients.answers):,}"
        print(f"| {name} | {cores:.4f} | {cores - rows[0][1]:.4f} | {memory / 1e6:.1f} | {delays} | {answers} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default=os.path.join(ROOT, "out", "bin"))
    parser.add_argument("--simulator-bin", help="where kubemonitor-simulator is, if not in --bin")
    parser.add_argument("--nodes", type=int, default=100)
    parser.add_argument("--streams", type=int, default=1000)
    parser.add_argument("--intervals", type=int, default=6, help="measured for each row")
    parser.add_argument("--interval", type=int, default=10)
    parser.add_argument("--backfill", type=int, default=3600)
    parser.add_argument("--spread", type=float, default=2, help="seconds over which clients ask after a tick")
    parser.add_argument("--ask", nargs="*", default=OVERVIEW, help="paths below /api/v1; none: streams alone")
    arguments = parser.parse_args()
    raise_descriptor_limit()
    cluster = Cluster(arguments.nodes, 30, 2, max(1, arguments.nodes // 2), arguments.nodes * 6, arguments.interval)
    server = ApiServer(arguments.bin, arguments.interval)
    simulator = None
    try:
        simulator = Simulator(arguments.simulator_bin or arguments.bin, server, cluster, arguments.backfill, 36000)
        rest = Rest(server.http)
        while rest.get("/status")["nodes"]["known"] < arguments.nodes:
            time.sleep(1)
        rest.close()
        time.sleep(2 * arguments.interval)
        asyncio.run(run(arguments, server))
    finally:
        if simulator:
            simulator.close()
        server.close()


if __name__ == "__main__":
    main()
