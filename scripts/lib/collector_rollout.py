#!/usr/bin/env python3
"""collector_rollout.py NAMESPACE SECONDS: waits until every node that is ready runs a collector of the newest manifest, and prints the names of those
nodes, one a line. A node that is not ready cannot roll out anything, and kubectl rollout status would wait for it: such nodes are named and left out.
Ends with 1 when the time is over."""
import json
import subprocess
import sys
import time

DAEMONSET = "resource-collector"


def kubectl(*words):
    done = subprocess.run(["kubectl", *words, "-o", "json"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise OSError(done.stderr.strip())
    return json.loads(done.stdout)


def condition(item, kind):
    return next((c["status"] for c in item["status"].get("conditions", []) if c["type"] == kind), "Unknown") == "True"


class Rollout:
    """How far it is, of one look at the cluster."""

    def __init__(self, namespace):
        daemonset = kubectl("--namespace", namespace, "get", "daemonset", DAEMONSET)
        of_it = ("--namespace", namespace, "--selector", f"app={DAEMONSET}")
        revisions = kubectl(*of_it, "get", "controllerrevisions")["items"]
        pods = [pod for pod in kubectl(*of_it, "get", "pods")["items"] if pod["spec"].get("nodeName")]
        ready = {node["metadata"]["name"]: condition(node, "Ready") for node in kubectl("get", "nodes")["items"]}
        newest = max(revisions, key=lambda revision: revision["revision"], default={"metadata": {"labels": {}}})
        newest = newest["metadata"]["labels"].get("controller-revision-hash")
        self.running = {pod["spec"]["nodeName"] for pod in pods
                        if ready.get(pod["spec"]["nodeName"]) and condition(pod, "Ready") and "deletionTimestamp" not in pod["metadata"]
                        and pod["metadata"]["labels"].get("controller-revision-hash") == newest}
        self.left_out = {name for name, is_ready in ready.items() if not is_ready}
        # Which of the nodes that are not ready it wants, their pods tell: it tolerates every taint.
        status = daemonset["status"]
        out_of_it = {pod["spec"]["nodeName"] for pod in pods} & self.left_out
        self.wanted = status.get("desiredNumberScheduled", 0) - len(out_of_it)
        seen = status.get("observedGeneration") == daemonset["metadata"]["generation"] and newest is not None
        self.done = seen and self.running and len(self.running) >= self.wanted


def main():
    namespace, seconds = sys.argv[1], float(sys.argv[2])
    end, shown = time.monotonic() + seconds, None
    while True:
        began = time.monotonic()
        try:
            rollout = Rollout(namespace)
            line = f"{len(rollout.running)} of {rollout.wanted} collectors are up to date and ready"
            if rollout.left_out:
                names = sorted(rollout.left_out)
                line += f"; left out, as they are not ready: {', '.join(names[:20])}" + (", …" if len(names) > 20 else "")
            done = rollout.done
        except (OSError, ValueError, KeyError) as error:
            line, done = f"kubectl: {error}", False
        if line != shown:
            print(line, file=sys.stderr, flush=True)
            shown = line
        if done:
            print("\n".join(sorted(rollout.running)))
            return 0
        if time.monotonic() > end:
            return 1
        time.sleep(max(1, 2 * (time.monotonic() - began)))  # of thousands of nodes, reading takes long


if __name__ == "__main__":
    sys.exit(main())
