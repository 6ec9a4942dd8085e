#!/usr/bin/env python3
"""Prints nodes and pods as a table: first_table.py URL [--ready N]

With --ready: prints nothing; exits 0 when N nodes have a CPU rate and, with more than one node, eight pods have one too.
"""
import json
import sys
import urllib.error
import urllib.request


def get(path):
    with urllib.request.urlopen(sys.argv[1] + path, timeout=10) as reply:
        return json.load(reply)["items"]


def bytes_text(value):
    if value is None:
        return "-"
    for unit in ("B", "KiB", "MiB", "GiB"):
        if abs(value) < 1024 or unit == "GiB":
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1024
    return "-"


def number(value):
    return "-" if value is None else f"{value:.0f}"


def main():
    try:
        nodes, pods = get("/api/v1/nodes"), get("/api/v1/pods?sort=-cpu")
    except (urllib.error.URLError, OSError, ValueError, KeyError):
        return 1
    def measured(items):
        return sum(1 for item in items if (item.get("usage") or {}).get("cpuMillicores") is not None)
    if "--ready" in sys.argv:
        wanted = int(sys.argv[sys.argv.index("--ready") + 1])
        return 0 if measured(nodes) >= wanted and (wanted < 2 or measured(pods) >= 8) else 1
    row = "{:<34} {:>10} {:>11} {:>13} {:>13} {:>12} {:>12}"
    head = ("CPU (m)", "MEMORY", "DISK READ/s", "DISK WRITE/s", "NET RX/s", "NET TX/s")
    for title, items in (("NODE", nodes), ("POD", pods)):
        print(row.format(title, *head))
        for item in items:
            usage = item["usage"]
            name = f"{item['namespace']}/{item['name']}" if item.get("namespace") else item["name"]
            print(row.format(name[:34], number(usage.get("cpuMillicores")), bytes_text(usage.get("memoryBytes")),
                             *(bytes_text(usage.get(key)) for key in ("diskReadBytesPerSecond", "diskWriteBytesPerSecond",
                                                                      "networkRxBytesPerSecond", "networkTxBytesPerSecond"))))
        print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
