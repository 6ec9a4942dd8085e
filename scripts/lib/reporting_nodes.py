#!/usr/bin/env python3
"""reporting_nodes.py URL SECONDS: waits until the API server at URL has fresh data of every node named on standard input, one a line. Says how
far it is, and ends with 1 when the time is over."""
import json
import sys
import time
import urllib.request


def missing(url, names):
    """Names that do not report, and why."""
    with urllib.request.urlopen(url + "/api/v1/nodes", timeout=10) as answer:
        nodes = {item["name"]: item for item in json.load(answer)["items"]}
    return {name: "stale" if name in nodes and nodes[name].get("usage") else "nothing heard of it"
            for name in names if name not in nodes or nodes[name].get("stale") or not nodes[name].get("usage")}


def main():
    url, seconds = sys.argv[1], float(sys.argv[2])
    names = sorted(set(sys.stdin.read().split()))
    end, shown = time.monotonic() + seconds, None
    while True:
        try:
            waiting, trouble = missing(url, names), ""
        except (OSError, ValueError, KeyError) as error:
            waiting, trouble = {name: "unknown" for name in names}, f" ({error})"
        line = f"{len(names) - len(waiting)} of {len(names)} nodes report{trouble}"
        if line != shown:
            print(line, file=sys.stderr, flush=True)
            shown = line
        if not waiting:
            return 0
        if time.monotonic() > end:
            for name, why in list(waiting.items())[:20]:
                print(f"  {name}: {why}", file=sys.stderr)
            return 1
        time.sleep(1)


if __name__ == "__main__":
    sys.exit(main())
