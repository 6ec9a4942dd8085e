#!/usr/bin/env python3
"""Turns a folder of built files into what the API server embeds: an assembler file with the bytes, plain and compressed, and their table.

    embed_assets.py FOLDER OUT

FOLDER may be empty or missing: the table is empty then. OUT gets assets.S, assets_table.cc and encoded/.
"""

import gzip
import hashlib
import pathlib
import re
import shutil
import subprocess
import sys

CONTENT_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
}
COMPRESSED_ALREADY = {".png", ".woff2"}
HASHED = re.compile(r"^assets/.*-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$")
NAME = re.compile(r"^[A-Za-z0-9._/-]+$")


def brotli(data: bytes) -> bytes | None:
    program = shutil.which("brotli")
    if program is None:
        return None
    return subprocess.run([program, "--stdout", "--quality=11", "-"], input=data, stdout=subprocess.PIPE, check=True).stdout


def encodings(name: str, data: bytes):
    """The label, field and bytes of every representation that is worth its place."""
    yield "identity", data
    if pathlib.PurePosixPath(name).suffix in COMPRESSED_ALREADY:
        return
    for field, encoded in (("gzip", gzip.compress(data, 9, mtime=0)), ("brotli", brotli(data))):
        if encoded is not None and len(encoded) < len(data):
            yield field, encoded


def main() -> None:
    folder, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    encoded_folder = out / "encoded"
    shutil.rmtree(encoded_folder, ignore_errors=True)
    encoded_folder.mkdir(parents=True)
    assembler = ["// The dashboard's files; made by embed_assets.py.", "    .section .rodata"]
    externs, rows = [], []
    files = sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []
    for number, path in enumerate(files):
        name = path.relative_to(folder).as_posix()
        if not NAME.match(name):
            sys.exit(f"{name!r} is no name for a file of the dashboard")
        data = path.read_bytes()
        fields = []
        for field, encoded in encodings(name, data):
            label = f"kubemonitor_asset_{number}_{field}"
            target = encoded_folder / label
            target.write_bytes(encoded)
            assembler += [f"    .global {label}", f"    .hidden {label}", f"{label}:", f'    .incbin "{target}"', "    .byte 0"]
            externs.append(f"extern const char {label}[];")
            fields.append(f".{field} = {{{label}, {len(encoded)}}}")
        content_type = CONTENT_TYPES.get(path.suffix, "application/octet-stream")
        hashed = "true" if HASHED.match(name) else "false"
        digest = hashlib.sha256(data).hexdigest()[:32]
        rows.append(f'    {{.path = "{name}", .content_type = "{content_type}", .digest = "{digest}", .hashed = {hashed}, {", ".join(fields)}}},')
    assembler.append('    .section .note.GNU-stack, "", %progbits')
    (out / "assets.S").write_text("\n".join(assembler) + "\n")
    if rows:
        table = ['extern "C" {', *externs, "}", "namespace kubemonitor {", f"static const Asset kAssets[{len(rows)}] = {{", *rows, "};",
                 "std::span<const Asset> EmbeddedAssets() { return kAssets; }", "}  // namespace kubemonitor"]
    else:
        table = ["namespace kubemonitor {", "std::span<const Asset> EmbeddedAssets() { return {}; }", "}  // namespace kubemonitor"]
    (out / "assets_table.cc").write_text("\n".join(['#include "apiserver/dashboard/assets.h"', "", *table]) + "\n")


if __name__ == "__main__":
    main()
