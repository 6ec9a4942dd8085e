#!/usr/bin/env python3
"""Two servers get the same history from two simulators of one seed. One of them is killed with -9 at random moments,
also while it is filled again; in the end both give the same bytes on every REST path.

  restarts_test.py SIMULATOR APISERVER [--seeds N] [--first-seed N] [--parallel N] [--step SECONDS] [--churn N]"""

import argparse
import concurrent.futures
import json
import random
import re
import sys
import tempfile
import time
import urllib.error
import urllib.parse

from programs import Program, Server

# How long ago something was depends on when it was asked, and the skew of clocks on how long the report took.
PASSING = re.compile(rb'"(ageSeconds|clockSkewSeconds)":[-0-9.]+')
CATCH_UP_SECONDS = 120
WINDOW = 3600
# Less than the retention: nothing expires between asking one server and the other.
BACKFILL = 3000
INTERVAL = 10


def read(server, path):
    try:
        return PASSING.sub(rb'"\1":0', server.read("/api/v1" + path))
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"{path}: {error.code} {error.read().decode()}") from error


def list_urls(server, query):
    """Every resource path there is, lists with what has ended too."""
    lists, items = ["/nodes", "/pods", "/namespaces"], []
    for node in json.loads(read(server, f"/nodes?{query}"))["items"]:
        items.append(f"/nodes/{node['name']}")
        lists.append(f"/nodes/{node['name']}/pods")
    for item in json.loads(read(server, f"/namespaces?{query}"))["items"]:
        base = f"/namespaces/{item['name']}"
        items.append(base)
        lists += [base + "/pods", base + "/deployments"]
        for pod in json.loads(read(server, f"{base}/pods?{query}&includeTerminated=true"))["items"]:
            items.append(f"{base}/pods/{pod['name']}")
        for deployment in json.loads(read(server, f"{base}/deployments?{query}"))["items"]:
            items.append(f"{base}/deployments/{deployment['name']}")
            lists.append(f"{base}/deployments/{deployment['name']}/pods")
    return [f"{path}?{query}" for path in items + lists] + [f"{path}?{query}&includeTerminated=true" for path in lists]


def first_difference(one, other, query):
    """None where there is none."""
    urls = list_urls(one, query)
    for url in urls:
        left, right = read(one, url), read(other, url)
        if left != right:
            at = next((i for i, (a, b) in enumerate(zip(left, right)) if a != b), min(len(left), len(right)))
            return f"{url}: …{left[max(0, at - 200):at + 60]!r} instead of …{right[max(0, at - 60):at + 60]!r}"
    return None if len(urls) > 20 else f"only {len(urls)} paths"


def wait_for_tick():
    """A tick after now that every collector has just sent."""
    tick = int(time.time() // INTERVAL + 1) * INTERVAL
    time.sleep(tick + 2.5 - time.time())
    return tick


def run_seed(options, seed):
    """What was wrong, or None; and how many seconds after its last start the killed server had everything."""
    chance = random.Random(seed)
    with tempfile.TemporaryFile("w+") as log:
        processes = []

        def start(*arguments):
            for _ in range(20):
                try:
                    processes.append(Server(options.apiserver, log, *arguments, flags=("--log-level", "warning")))
                    return processes[-1]
                except KeyError:  # a connection of somebody else has the port for a moment
                    time.sleep(0.5)
            raise RuntimeError("the server does not start")

        try:
            steady, victim = start(), start()
            # Both pasts begin with the same tick.
            if time.time() % INTERVAL > INTERVAL - 4:
                time.sleep(5)
            for server in (steady, victim):
                processes.append(Program(
                    log, options.simulator, "--api-server", server.grpc, "--seed", str(seed),
                    "--backfill", f"{BACKFILL}s", "--nodes", "3", "--pods-per-node", "6",
                    "--namespaces", "3", "--deployments", "6", "--churn", str(options.churn), "--log-level", "warning"))
            for _ in range(chance.randint(2, 6)):
                time.sleep(chance.choice([0.1, 0.6, 3]) * chance.random())
                victim.kill()
                time.sleep(chance.random())
                victim = start(victim.grpc)
            up = time.monotonic()
            wrong = "not asked"
            while wrong and time.monotonic() < up + CATCH_UP_SECONDS:
                query = urllib.parse.urlencode({"window": WINDOW, "step": options.step, "end": wait_for_tick()})
                try:
                    wrong = first_difference(steady, victim, query)
                except RuntimeError as error:
                    wrong = str(error)
            behind = time.monotonic() - up
            if wrong:
                log.seek(0)
                wrong += "\n" + log.read()[-2000:]
            return wrong, behind
        finally:
            for process in processes:
                process.kill()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("simulator")
    parser.add_argument("apiserver")
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--parallel", type=int, default=4)
    parser.add_argument("--step", type=int, default=INTERVAL, help="of the answers compared, seconds")
    parser.add_argument("--churn", type=int, default=20, help="pods replaced per minute")
    options = parser.parse_args()
    bad, slowest = 0, 0.0
    with concurrent.futures.ThreadPoolExecutor(options.parallel) as pool:
        seeds = range(options.first_seed, options.first_seed + options.seeds)
        for seed, (wrong, behind) in zip(seeds, pool.map(lambda seed: run_seed(options, seed), seeds)):
            slowest = max(slowest, behind)
            if wrong:
                bad += 1
                print(f"seed {seed}: {wrong}", flush=True)
    print(f"{options.seeds - bad} of {options.seeds} seeds: the same bytes on every path; at most {slowest:.1f} s behind")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
