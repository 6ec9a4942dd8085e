"""Objects as a cluster has them, with what its controllers, scheduler and kubelets would write into them."""

NAMESPACE = "shop"
NOW = "2026-01-02T03:04:05Z"
PATHS = {"Pod": "/api/v1/{}pods", "Node": "/api/v1/nodes", "Namespace": "/api/v1/namespaces", "ReplicaSet": "/apis/apps/v1/{}replicasets",
         "Deployment": "/apis/apps/v1/{}deployments", "StatefulSet": "/apis/apps/v1/{}statefulsets", "DaemonSet": "/apis/apps/v1/{}daemonsets",
         "Job": "/apis/batch/v1/{}jobs", "CronJob": "/apis/batch/v1/{}cronjobs"}


def path(kind, namespace=None):
    return PATHS[kind].format(f"namespaces/{namespace}/" if namespace else "")


def reference(owner, controller=True):
    """To an object as the API returned it."""
    return {"apiVersion": owner["apiVersion"], "kind": owner["kind"], "name": owner["metadata"]["name"], "uid": owner["metadata"]["uid"],
            "controller": controller}


def metadata(name, owner=None, **more):
    return {"name": name, **({"ownerReferences": [reference(owner)]} if owner else {}), **more}


def amounts(cpu, memory):
    return {key: value for key, value in (("cpu", cpu), ("memory", memory)) if value}


def container(name, requests=(None, None), limits=(None, None), **more):
    return {"name": name, "image": "registry.example.com/none:1", "resources": {"requests": amounts(*requests), "limits": amounts(*limits)}, **more}


def running(name, number, restarts=0, **more):
    """Of a container: its status."""
    return {"name": name, "image": "registry.example.com/none:1", "imageID": "", "ready": True, "started": True, "restartCount": restarts,
            "containerID": f"containerd://{number:064x}", "state": {"running": {"startedAt": NOW}}, **more}


def ready(status="True"):
    return [{"type": "Ready", "status": status, "lastTransitionTime": NOW}]


def pod(name, containers, status=None, owner=None, node="node-1", labels=None, annotations=None, **spec):
    more = {"labels": labels or {}, "annotations": annotations or {}}
    out = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata(name, owner, **more),
           "spec": {"containers": containers, **({"nodeName": node} if node else {}), **spec}}
    return {**out, "status": status} if status else out


def node(name, is_ready=True, system="linux"):
    sizes = {"cpu": "8", "memory": "32Gi", "pods": "110"}
    return {"apiVersion": "v1", "kind": "Node",
            "metadata": {"name": name, "labels": {"kubernetes.io/os": system, "topology.kubernetes.io/zone": "zone-a", "node-role.kubernetes.io/worker": ""}},
            "status": {"capacity": sizes, "allocatable": {**sizes, "cpu": "7500m"}, "conditions": ready("True" if is_ready else "False"),
                       "nodeInfo": {key: "x" for key in ("machineID", "systemUUID", "bootID", "kernelVersion", "osImage", "containerRuntimeVersion",
                                                         "kubeletVersion", "kubeProxyVersion", "architecture")} | {"operatingSystem": system}}}


def workload(kind, name, spec, status=None, owner=None):
    """One whose pods have the label app."""
    group = "batch/v1" if kind in ("Job", "CronJob") else "apps/v1"
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container("main")]}}
    if kind == "Job":
        spec = {**spec, "template": {**template, "spec": {**template["spec"], "restartPolicy": "Never"}}}
    elif kind != "CronJob":
        spec = {**spec, "selector": {"matchLabels": labels}, "template": template}
    out = {"apiVersion": group, "kind": kind, "metadata": metadata(name, owner, labels=labels), "spec": spec}
    return {**out, "status": status} if status else out


def job_template():
    return {"spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [container("main")]}}}}


def put(api, item, namespace=NAMESPACE):
    """Creates it, and returns it as the API has it."""
    return api.create(path(item["kind"], namespace if "{}" in PATHS[item["kind"]] else None), item)


def put_namespace(api, name):
    return put(api, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": {"team": name}}})


def put_workloads(api):
    """One of each kind, with pods."""
    deployment = put(api, workload("Deployment", "web", {"replicas": 2}, {"replicas": 2, "updatedReplicas": 2, "readyReplicas": 2, "availableReplicas": 2}))
    replicas = put(api, workload("ReplicaSet", "web-5d4f8c7b9", {"replicas": 2}, owner=deployment))
    for number in (1, 2):
        put(api, pod(f"web-5d4f8c7b9-aaaa{number}", [container("main", ("250m", "64Mi"), ("500m", "128Mi")), container("helper", ("50m", "16Mi"), (None, "32Mi"))],
                     {"phase": "Running", "conditions": ready(), "startTime": NOW,
                      "containerStatuses": [running("main", number), running("helper", 16 + number, restarts=3)]},
                     owner=replicas, labels={"app": "web", "pod-template-hash": "5d4f8c7b9"}, node=f"node-{number}"))
    stateful = put(api, workload("StatefulSet", "db", {"replicas": 1, "serviceName": "db"}, {"replicas": 1, "readyReplicas": 1}))
    put(api, pod("db-0", [container("main", ("1", "1Gi"), ("1", "1Gi"))],
                 {"phase": "Running", "conditions": ready(), "startTime": NOW, "containerStatuses": [running("main", 32)],
                  "initContainerStatuses": [running("proxy", 33)]},
                 owner=stateful, labels={"app": "db"},
                 initContainers=[container("proxy", ("100m", "32Mi"), ("100m", "32Mi"), restartPolicy="Always"), container("load", ("2", "64Mi"), ("2", "64Mi"))]))
    daemon = put(api, workload("DaemonSet", "agent", {}, {"desiredNumberScheduled": 2, "numberReady": 1, "currentNumberScheduled": 2, "numberMisscheduled": 0}))
    put(api, pod("agent-x", [container("main")], {"phase": "Running", "conditions": ready("False"), "containerStatuses": [
        running("main", 48, restarts=7, ready=False, state={"waiting": {"reason": "CrashLoopBackOff"}},
                lastState={"terminated": {"exitCode": 137, "reason": "OOMKilled", "startedAt": NOW, "finishedAt": NOW}})]}, owner=daemon, hostNetwork=True))


def put_jobs(api):
    cron = put(api, workload("CronJob", "report", {"schedule": "*/5 * * * *", "jobTemplate": job_template()}))
    job = put(api, workload("Job", "report-29000000", {"completions": 1, "parallelism": 1}, {"active": 1, "startTime": NOW}, owner=cron))
    put(api, pod("report-29000000-zzzzz", [container("main", ("10m", "8Mi"))], {"phase": "Running", "conditions": ready(), "containerStatuses": [running("main", 64)]},
                 owner=job, restartPolicy="Never"))
    single = put(api, workload("Job", "import", {"completions": 1}))
    put(api, pod("import-done", [container("main")], {"phase": "Succeeded", "reason": "Completed"}, owner=single, restartPolicy="Never"))


def put_odd_pods(api):
    """Without an owner; of a kind that is not read; a static one; one without a node; one that was evicted."""
    put(api, pod("alone", [container("main", (None, "1G"), ("1500m", None))], {"phase": "Running", "conditions": ready(), "containerStatuses": [running("main", 80)]}))
    rollout = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": {"name": "canary", "uid": "00000000-0000-4000-8000-000000000001"}}
    put(api, pod("canary-1", [container("main")], {"phase": "Running"}, owner=rollout))
    mirror = {"kubernetes.io/config.hash": "0123456789abcdef0123456789abcdef", "kubernetes.io/config.mirror": "0123456789abcdef0123456789abcdef",
              "kubernetes.io/config.source": "file"}
    put(api, pod("static-node-1", [container("main", ("100m", None))], {"phase": "Running", "conditions": ready(), "containerStatuses": [running("main", 96)]},
                 owner=api.get("/api/v1/nodes/node-1") | {"apiVersion": "v1", "kind": "Node"}, annotations=mirror))
    put(api, pod("waits", [container("main", ("64", "1Ti"))], {"phase": "Pending", "conditions": [
        {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "lastTransitionTime": NOW}]}, node=None))
    put(api, pod("evicted", [container("main")], {"phase": "Failed", "reason": "Evicted", "message": "The node was low on resource: memory."}))


def put_cluster(api):
    for number in (1, 2, 3):
        put(api, node(f"node-{number}", is_ready=number != 3))
    put(api, node("windows-1", system="windows"))
    put_namespace(api, NAMESPACE)
    put_workloads(api)
    put_jobs(api)
    put_odd_pods(api)
