#!/usr/bin/env python3
"""Generates what is generated in deployments/: each monitor.yaml from its parts, and the version in the parts from CMakeLists.txt.

    manifests.py            writes them (make manifests)
    manifests.py --check    changes nothing, names what is stale and ends with 1
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEPLOYMENTS = ROOT / "deployments"
# In the order in which they are applied.
VARIANTS = {
    "monitor.yaml": ["namespace.yaml", "rbac.yaml", "apiserver.yaml", "daemonset.yaml"],
    "hardened/monitor.yaml": ["namespace.yaml", "rbac.yaml", "apiserver.yaml", "hardened/daemonset.yaml"],
    "ha/monitor.yaml": ["namespace.yaml", "rbac.yaml", "ha/apiserver.yaml", "daemonset.yaml"],
}


def project_version():
    return re.search(r"^project\(kubemonitor VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text(), re.MULTILINE)[1]


def with_version(text, version):
    text = re.sub(r"(app\.kubernetes\.io/version: ).*", rf"\g<1>{version}", text)
    return re.sub(r"(image: kubemonitor/\w+:).*", rf"\g<1>{version}", text)


def generated():
    """Path below deployments/ -> what should be in it."""
    version = project_version()
    parts = sorted({part for parts in VARIANTS.values() for part in parts})
    texts = {part: with_version((DEPLOYMENTS / part).read_text(), version) for part in parts}
    for name, parts in VARIANTS.items():
        head = f"# Generated from {', '.join(parts)} by `make manifests`: edit those. To install: kubectl apply -f deployments/{name}\n"
        texts[name] = head + "".join(f"---\n# {part}\n{texts[part]}" for part in parts)
    return texts


def main():
    stale = []
    for name, text in generated().items():
        path = DEPLOYMENTS / name
        if path.exists() and path.read_text() == text:
            continue
        stale.append(name)
        if "--check" not in sys.argv[1:]:
            path.write_text(text)
    if "--check" in sys.argv[1:]:
        for name in stale:
            print(f"deployments/{name} is stale: run make manifests")
        sys.exit(1 if stale else 0)
    print("\n".join(f"wrote deployments/{name}" for name in stale) or "deployments/ is up to date")


if __name__ == "__main__":
    main()
