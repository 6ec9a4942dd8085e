"""A DaemonSet's manifest as the pod that a kubelet makes of it, in the form of cri_driver/pod_spec.h.

Nothing is left out in silence: a field that neither this nor the list IGNORED knows is an error.
"""

import os
import re
import uuid

import yaml

import build_node

DEPLOYMENTS = os.path.join(build_node.ROOT, "deployments")
# What the scheduler and the DaemonSet's controller deal with, or what changes nothing on the node.
IGNORED = {
    "affinity",
    "automountServiceAccountToken",
    "enableServiceLinks",
    "imagePullPolicy",
    "nodeSelector",
    "priorityClassName",
    "serviceAccountName",
    "terminationGracePeriodSeconds",
    "tolerations",
}
APPARMOR = "container.apparmor.security.beta.kubernetes.io/"
UNITS = {"": 1, "Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30}


class ManifestError(ValueError):
    """The manifest has what the stand-in of the kubelet does not do."""


def _known(what, mapping, names):
    unknown = set(mapping) - set(names) - IGNORED
    if unknown:
        raise ManifestError(f"{what}: {sorted(unknown)} are not honoured")


def load(name):
    """The only DaemonSet of a file below deployments/."""
    with open(os.path.join(DEPLOYMENTS, name)) as file:
        found = [item for item in yaml.safe_load_all(file) if item["kind"] == "DaemonSet"]
    if len(found) != 1:
        raise ManifestError(f"{name} has {len(found)} DaemonSets")
    return found[0]


def _quantities(resources):
    result = {}
    for key, text in resources.items():
        number, unit = re.fullmatch(r"(\d+)(m|[KMG]i)?", str(text)).groups(default="")
        if key == "cpu":
            result["cpuMillicores"] = int(number) if unit == "m" else int(number) * 1000
        else:
            result["memoryBytes"] = int(number) * UNITS[unit]
    return result


def _environment(entries, fields):
    result = {}
    for entry in entries:
        _known("env", entry, ("name", "value", "valueFrom"))
        if "valueFrom" in entry:
            result[entry["name"]] = fields[entry["valueFrom"]["fieldRef"]["fieldPath"]]
        else:
            result[entry["name"]] = entry["value"]
    return result


def _mounts(mounts, volumes):
    paths = {volume["name"]: volume["hostPath"] for volume in volumes}
    result = []
    for mount in mounts:
        _known("volumeMounts", mount, ("name", "mountPath", "readOnly"))
        host = paths[mount["name"]]
        result.append(
            {
                "hostPath": host["path"],
                "containerPath": mount["mountPath"],
                "readOnly": mount.get("readOnly", False),
                "directory": host.get("type") == "Directory",
            }
        )
    return result


def _security(context, apparmor):
    _known(
        "securityContext",
        context,
        (
            "privileged",
            "readOnlyRootFilesystem",
            "allowPrivilegeEscalation",
            "runAsUser",
            "capabilities",
            "seccompProfile",
        ),
    )
    capabilities = context.get("capabilities", {})
    result = {
        key: context[key]
        for key in ("privileged", "readOnlyRootFilesystem", "allowPrivilegeEscalation", "runAsUser")
        if key in context
    }
    result["addCapabilities"] = capabilities.get("add", [])
    result["dropCapabilities"] = capabilities.get("drop", [])
    if "seccompProfile" in context:
        result["seccomp"] = context["seccompProfile"]["type"]
    if apparmor:
        result["appArmor"] = apparmor
    return result


def _container(container, volumes, annotations, fields):
    _known(
        "container",
        container,
        ("name", "image", "args", "env", "securityContext", "resources", "volumeMounts"),
    )
    image = container["image"]
    return {
        "name": container["name"],
        "image": image if "." in image.split("/")[0] else "docker.io/" + image,
        "args": container.get("args", []),
        "env": _environment(container["env"], fields),
        "requests": _quantities(container["resources"].get("requests", {})),
        "limits": _quantities(container["resources"].get("limits", {})),
        "mounts": _mounts(container["volumeMounts"], volumes),
        "securityContext": _security(
            container["securityContext"], annotations.get(APPARMOR + container["name"])
        ),
    }


def pod_of(daemonset, pod_name, node_name, dns):
    """The pod on the node; dns: what its dnsPolicy comes to there."""
    template = daemonset["spec"]["template"]
    spec = template["spec"]
    _known("pod", spec, ("hostPID", "hostNetwork", "dnsPolicy", "containers", "volumes"))
    if spec["dnsPolicy"] != "ClusterFirstWithHostNet":
        raise ManifestError("a hostNetwork pod of this dnsPolicy finds no Service")
    namespace = daemonset["metadata"]["namespace"]
    annotations = template["metadata"].get("annotations", {})
    fields = {"spec.nodeName": node_name}
    return {
        "name": pod_name,
        "namespace": namespace,
        "uid": str(uuid.uuid5(uuid.NAMESPACE_DNS, pod_name)),
        "labels": template["metadata"]["labels"],
        "annotations": annotations,
        "hostNetwork": spec.get("hostNetwork", False),
        "hostPid": spec.get("hostPID", False),
        "dns": dns,
        "containers": [
            _container(item, spec["volumes"], annotations, fields) for item in spec["containers"]
        ],
    }
