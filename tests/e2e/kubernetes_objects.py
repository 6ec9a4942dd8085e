"""What Kubernetes would say of the pods of guest/pods.json, and of what owns them."""

import time
import uuid

from checks import qos_class

# Pods of this node that Kubernetes is never told of.
UNKNOWN = {"short-lived"}
# pod → its controllers, the pod's own first. Names of pods and controllers have nothing in common,
# so that nothing can be guessed.
OWNERS = {
    "cpu-burner": (("ReplicaSet", "load-6f5b"), ("Deployment", "load")),
    "mem-holder": (("ReplicaSet", "load-6f5b"), ("Deployment", "load")),
    "web-frontend-7d9c5b8f6d-x2k4b": (
        ("ReplicaSet", "web-frontend-7d9c5b8f6d"),
        ("Deployment", "web-frontend"),
    ),
    "web-frontend-7d9c5b8f6d-q9wfz": (
        ("ReplicaSet", "web-frontend-7d9c5b8f6d"),
        ("Deployment", "web-frontend"),
    ),
    "node-proxy": (("DaemonSet", "proxies"),),
    "oom-looper": (("Job", "hungry-29400000"), ("CronJob", "hungry")),
    "disk-writer": (("StatefulSet", "files"),),
}
# Known under another uid than the runtime was told: only the container's id tells which it is.
BY_CONTAINER_ID = "disk-writer"
STATIC = "static-agent-vm"
PENDING = {"namespace": "shop", "name": "waits-for-room"}
ELSEWHERE = {"namespace": "shop", "name": "on-another-node"}
OTHER_NODE = "vm-without-collector"
EMPTY_NAMESPACE = "empty"
PRIORITY_CLASS = "test-priority"
ALLOCATABLE_PODS = 42
RESOURCES = {
    "Deployment": "deployments",
    "ReplicaSet": "replicasets",
    "StatefulSet": "statefulsets",
    "DaemonSet": "daemonsets",
    "Job": "jobs",
    "CronJob": "cronjobs",
}


def own_uid(kind, namespace, name):
    """One for each, and always the same."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{kind}/{namespace}/{name}"))


def rfc3339(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def amounts(spec):
    """{"cpuMillicores": 500} as quantities."""
    out = {}
    if "cpuMillicores" in spec:
        out["cpu"] = f"{spec['cpuMillicores']}m"
    if "memoryBytes" in spec:
        out["memory"] = f"{spec['memoryBytes'] >> 10}Ki"
    return out


def resources(container):
    """A limit without a request is the request, too."""
    limits = amounts(container.get("limits", {}))
    return {"limits": limits, "requests": {**limits, **amounts(container.get("requests", {}))}}


def kubernetes_uid(pod):
    """As the API server has it, which is not always as the node has it."""
    if pod.get("static") or pod["name"] == BY_CONTAINER_ID:
        return own_uid("Pod", pod["namespace"], pod["name"])
    return pod["uid"]


def metadata(namespace, name, uid, labels, owner=None):
    out = {
        "namespace": namespace,
        "name": name,
        "uid": uid,
        "labels": labels,
        "creationTimestamp": rfc3339(time.time() - 3600),
    }
    if owner is not None:
        kind, owner_name = owner
        out["ownerReferences"] = [
            {
                "apiVersion": "v1",
                "kind": kind,
                "name": owner_name,
                "uid": own_uid(kind, namespace, owner_name),
                "controller": True,
            }
        ]
    return out


def _container_status(name, ids, ended):
    state = (
        {"terminated": {"exitCode": 0, "reason": "Completed"}}
        if ended
        else {"running": {"startedAt": rfc3339(time.time() - 600)}}
    )
    return {
        "name": name,
        "containerID": f"containerd://{ids[name]}" if name in ids else "",
        "ready": not ended,
        "restartCount": 0,
        "state": state,
    }


def pod_object(pod, node_name, running):
    """`running`: what the runtime lists, for the ids of its containers."""
    ids = {
        entry["container"]: entry["id"]
        for entry in running
        if entry["pod"] == pod["name"] and entry["state"] != "CONTAINER_EXITED"
    }
    labels = {**pod["labels"], "told-by": "kubernetes"}
    owner = OWNERS[pod["name"]][0] if pod["name"] in OWNERS else None
    if pod.get("static"):
        owner = ("Node", node_name)
    meta = metadata(pod["namespace"], pod["name"], kubernetes_uid(pod), labels, owner)
    if pod.get("static"):
        meta["annotations"] = {
            "kubernetes.io/config.hash": pod["uid"],
            "kubernetes.io/config.mirror": pod["uid"],
            "kubernetes.io/config.source": "file",
        }
    inits = pod.get("initContainers", [])
    return {
        "metadata": meta,
        "spec": {
            "nodeName": node_name,
            "hostNetwork": pod.get("hostNetwork", False),
            "priorityClassName": PRIORITY_CLASS,
            "initContainers": [{"name": c["name"], "resources": resources(c)} for c in inits],
            "containers": [
                {"name": c["name"], "resources": resources(c)} for c in pod["containers"]
            ],
        },
        "status": {
            "phase": "Running",
            "qosClass": qos_class(pod),
            "startTime": rfc3339(time.time() - 600),
            "conditions": [{"type": "Ready", "status": "True"}],
            "initContainerStatuses": [_container_status(c["name"], ids, True) for c in inits],
            "containerStatuses": [
                _container_status(c["name"], ids, False) for c in pod["containers"]
            ],
        },
    }


def bare_pod(place, node_name, phase):
    """A pod that no collector can report."""
    return {
        "metadata": metadata(
            place["namespace"],
            place["name"],
            own_uid("Pod", place["namespace"], place["name"]),
            {"app": "web-frontend"},
        ),
        "spec": {
            **({"nodeName": node_name} if node_name else {}),
            "containers": [{"name": "main", "resources": {"requests": {"cpu": "3"}}}],
        },
        "status": {"phase": phase, "qosClass": "Burstable"},
    }


def node_object(name, capacity, allocatable):
    return {
        "metadata": {
            "name": name,
            "uid": own_uid("Node", "", name),
            "labels": {
                "kubernetes.io/hostname": name,
                "node-role.kubernetes.io/worker": "",
                "topology.kubernetes.io/zone": "here",
            },
        },
        "status": {
            "capacity": {**amounts(capacity), "pods": "110"},
            "allocatable": {**amounts(allocatable), "pods": str(ALLOCATABLE_PODS)},
            "conditions": [{"type": "Ready", "status": "True", "reason": "KubeletReady"}],
            "nodeInfo": {"kubeletVersion": "v1.34.1", "operatingSystem": "linux"},
        },
    }


def tell(api, pods, node_name, running, capacity, allocatable):
    """Puts all of it into the API."""
    for name in sorted({pod["namespace"] for pod in pods} | {EMPTY_NAMESPACE}):
        namespace = {"name": name, "uid": own_uid("Namespace", "", name)}
        api.put("namespaces", {"metadata": namespace, "status": {"phase": "Active"}})
    for name in (node_name, OTHER_NODE):
        api.put("nodes", node_object(name, capacity, allocatable))
    for pod in pods:
        chain = OWNERS.get(pod["name"], ())
        for place, (kind, name) in enumerate(chain):
            above = chain[place + 1] if place + 1 < len(chain) else None
            uid = own_uid(kind, pod["namespace"], name)
            meta = metadata(pod["namespace"], name, uid, {"of": name}, above)
            api.put(RESOURCES[kind], {"metadata": meta, "spec": {"replicas": 2}, "status": {}})
        if pod["name"] not in UNKNOWN:
            api.put("pods", pod_object(pod, node_name, running))
    api.put("pods", bare_pod(PENDING, "", "Pending"))
    api.put("pods", bare_pod(ELSEWHERE, OTHER_NODE, "Running"))
