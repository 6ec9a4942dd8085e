#!/usr/bin/env python3
"""Stands in for kubectl in deploy_test.py. What the cluster is like stands in the file FAKE_CLUSTER (JSON); each call is a line of JSON in FAKE_LOG."""
import json
import os
import sys
import time

words = sys.argv[1:]
cluster = json.load(open(os.environ["FAKE_CLUSTER"]))
sent = sys.stdin.read() if "-f" in words and words[words.index("-f") + 1] == "-" else ""
with open(os.environ["FAKE_LOG"], "a") as log:
    log.write(json.dumps({"words": words, "stdin": sent}) + "\n")
if words[:2] == ["--namespace", "kubemonitor"]:
    words = words[2:]
line = " ".join(words)


def fail(message):
    print(message, file=sys.stderr)
    sys.exit(1)


if line.startswith("config current-context"):
    if not cluster.get("context"):
        fail("error: current-context is not set")
    print(cluster["context"])
elif line.startswith("get --raw /version"):
    if cluster.get("away"):
        fail("The connection to the server 10.0.0.1:6443 was refused - did you specify the right host or port?")
    print("{}")
elif line.startswith("auth can-i"):
    allowed = words[3] not in cluster.get("forbidden", [])
    print("yes" if allowed else "no")
    sys.exit(0 if allowed else 1)
elif line.startswith(("get daemonset/", "get deployment/")):
    assert words[-1].startswith("jsonpath={.metadata.labels.app\\.kubernetes\\.io/version}"), words
    if cluster.get("installed"):
        print(cluster["installed"])
elif line.startswith("get service/monitor-apiserver"):
    print(cluster.get("clusterIP", ""), end="")
elif "get daemonset resource-collector" in line:
    # Of each node in "nodes" a collector is wanted.
    print(json.dumps({"metadata": {"generation": 2},
                      "status": {"observedGeneration": 2, "desiredNumberScheduled": len(cluster["nodes"])}}))
elif "get controllerrevisions" in line:
    assert "app=resource-collector" in words, words
    print(json.dumps({"items": [{"revision": number, "metadata": {"labels": {"controller-revision-hash": f"r{number}"}}} for number in (9, 10)]}))
elif line.startswith("get nodes"):
    print(json.dumps({"items": [{"metadata": {"name": name}, "status": {"conditions": [
        {"type": "Ready", "status": "Unknown" if name in cluster.get("notReady", []) else "True"}]}} for name in cluster["nodes"]]}))
elif "get pods" in line and "app=resource-collector" in words:
    # The pod of a node that is not ready stays as it was when the node was last heard of.
    old = [*cluster.get("old", []), *cluster.get("notReady", [])]
    ready = "False" if "daemonset/resource-collector" in cluster.get("stuck", []) else "True"
    print(json.dumps({"items": [{
        "metadata": {"labels": {"controller-revision-hash": "r9" if name in old else "r10"}}, "spec": {"nodeName": name},
        "status": {"conditions": [{"type": "Ready", "status": ready}]}} for name in cluster["nodes"]]}))
elif "get pods" in line and "app=monitor-apiserver" in words:
    for name in cluster.get("servers", ["server-1"]):
        print(f"{name} ")
    print("server-of-before 2026-11-30T00:00:00Z")
elif line.startswith("rollout status"):
    print(f"Waiting for {words[2]} rollout to finish: 0 of 3 updated pods are available...")
    if words[2] in cluster.get("stuck", []):
        fail("error: timed out waiting for the condition")
    print(f"{words[2]} successfully rolled out")
elif line.startswith("port-forward"):
    if cluster.get("noForward"):
        fail("error: unable to forward port because pod is not running. Current status=Pending")
    port = cluster.get("ports", {}).get(words[1], cluster["port"])
    print(f"Forwarding from 127.0.0.1:{port} -> 8080", flush=True)
    print(f"Forwarding from [::1]:{port} -> 8080", flush=True)
    time.sleep(600)
elif line.startswith(("apply", "delete", "get pods", "get events")):
    if cluster.get("refuses") == words[0]:
        fail("Error from server (Forbidden): no")
    print(f"{words[0]} done")
else:
    fail(f"fake kubectl: unexpected: {line}")
