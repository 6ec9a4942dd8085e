#!/usr/bin/env python3
"""Layers point down: cmd -> collector | apiserver | simulator -> wire | http -> common. Prints every include that points up or sideways."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
# What each layer may include, besides itself.
ALLOWED = {
    "common": {"common"},
    "wire": {"wire", "common"},
    "http": {"http", "common"},
    "collector": {"collector", "wire", "common"},
    "apiserver": {"apiserver", "wire", "http", "common"},
    "simulator": {"simulator", "wire", "http", "common"},
}
# gRPC is linked by the edges alone.
GRPC_EDGES = re.compile(r"(grpc|cri_client|server_main)[a-z_]*\.(cc|h)$|/cmd/|server\.cc$|_test\.cc$")
errors = []
for path in sorted((ROOT / "pkg").rglob("*")):
    if path.suffix not in (".cc", ".h"):
        continue
    layer = path.relative_to(ROOT / "pkg").parts[0]
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        include = re.match(r'#include [<"]([^">]+)[">]', line)
        if not include:
            continue
        target = include.group(1)
        top = target.split("/")[0]
        if top in ALLOWED and top not in ALLOWED[layer]:
            errors.append(f"{path.relative_to(ROOT)}:{number}: {layer} must not include {target}")
        if (target.startswith("grpcpp/") or target.endswith(".grpc.pb.h")) and not GRPC_EDGES.search(str(path)):
            errors.append(f"{path.relative_to(ROOT)}:{number}: gRPC belongs to the edge files (*grpc*, cri_client, server.cc)")
print("\n".join(errors), end="\n" if errors else "")
sys.exit(1 if errors else 0)
