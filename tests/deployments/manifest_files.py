"""The files of deployments/, and Kubernetes' published schema (Debian's python3-kubernetes) held against them."""
import pathlib
import re
import sys

import yaml

sys.path.append("/usr/lib/python3/dist-packages")  # for another Python than Debian's
from kubernetes.client import models  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEPLOYMENTS = ROOT / "deployments"
KUSTOMIZATIONS = [path.relative_to(DEPLOYMENTS) for path in DEPLOYMENTS.rglob("kustomization.yaml")]
FILES = sorted(str(path.relative_to(DEPLOYMENTS)) for path in DEPLOYMENTS.rglob("*.yaml") if path.name != "kustomization.yaml")
SCALARS = {"str": str, "int": int, "bool": bool, "datetime": str, "float": (int, float)}
QUANTITY = re.compile(r"[0-9]+(\.[0-9]+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?")


def documents(name):
    return list(yaml.safe_load_all((DEPLOYMENTS / name).read_text()))


def find(name, kind):
    """The only object of the kind in the file."""
    found = [item for item in documents(name) if item["kind"] == kind]
    if len(found) != 1:
        raise AssertionError(f"{name} has {len(found)} objects of kind {kind}")
    return found[0]


def problems(value, wanted, path):
    """What is wrong with a value that should be of the schema's type `wanted`; path says where it is."""
    if wanted == "object":  # int-or-string and the like
        return [] if isinstance(value, (int, str)) else [f"{path}: neither number nor text"]
    if wanted in SCALARS:
        right = isinstance(value, SCALARS[wanted]) and (wanted == "bool" or not isinstance(value, bool))
        return [] if right else [f"{path}: {value!r} is no {wanted}"]
    if wanted.startswith("list["):
        if not isinstance(value, list):
            return [f"{path}: no list"]
        return [text for i, item in enumerate(value) for text in problems(item, wanted[5:-1], f"{path}[{i}]")]
    if not isinstance(value, dict):
        return [f"{path}: no mapping"]
    if wanted.startswith("dict("):
        inner = wanted[5:-1].split(", ")[1]
        return [text for key, item in value.items() for text in problems(item, inner, f"{path}.{key}")]
    return model_problems(value, getattr(models, wanted), path)


def model_problems(value, model, path):
    names = {json_name: name for name, json_name in model.attribute_map.items()}
    found = [f"{path}.{key}: {model.__name__} has no such field" for key in value if key not in names]
    try:
        model(**{names[key]: item for key, item in value.items() if key in names})
    except ValueError as error:  # what is required is missing, or a pattern is not met
        found.append(f"{path}: {error}")
    for key, item in value.items():
        if key in names:
            found += problems(item, model.openapi_types[names[key]], f"{path}.{key}")
    return found


def schema_problems(item):
    """All that the schema has against an object."""
    if not isinstance(item, dict) or "kind" not in item or "apiVersion" not in item:
        return ["an object without kind or apiVersion"]
    version = item["apiVersion"].rpartition("/")[2]
    name = version[0].upper() + version[1:] + item["kind"]
    if not hasattr(models, name):
        return [f"{item['apiVersion']} {item['kind']}: unknown"]
    return problems(item, name, item["kind"])
