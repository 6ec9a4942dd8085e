#!/usr/bin/env python3
"""Builds the dashboard with npm, once for all build folders of a clone.

    build_web.py WEB SHARED STAMP DEPFILE

WEB is the project's folder, SHARED/dist gets the built files. STAMP is touched when they changed since it was, DEPFILE names what they are
made from. Nothing is done if SHARED has what the present sources make.
"""

import fcntl
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys

NPM_CI = ["npm", "ci", "--no-audit", "--no-fund"]
MACHINE_CERTIFICATES = pathlib.Path("/etc/ssl/certs/ca-certificates.crt")
# What a build reads; node_modules is known by package-lock.json.
LEFT_OUT = {"node_modules", "dist", "e2e", "coverage", ".vite"}


def sources(web: pathlib.Path) -> tuple[list[pathlib.Path], list[pathlib.Path]]:
    files, folders = [], []
    for root, names, members in os.walk(web):
        names[:] = sorted(name for name in names if name not in LEFT_OUT)
        folders.append(pathlib.Path(root))
        files += [pathlib.Path(root) / member for member in sorted(members)]
    return files, folders


def digest(web: pathlib.Path, files: list[pathlib.Path]) -> str:
    sha = hashlib.sha256()
    for path in files:
        content = path.read_bytes()
        sha.update(f"{path.relative_to(web)} {len(content)}\n".encode())
        sha.update(content)
    return sha.hexdigest()


def run(command: list[str], web: pathlib.Path, log: pathlib.Path, env: dict[str, str] | None = None) -> None:
    with open(log, "wb") as out:
        done = subprocess.run(command, cwd=web, stdout=out, stderr=subprocess.STDOUT, check=False, env=env)
    if done.returncode != 0:
        tail = log.read_text(errors="replace").splitlines()[-30:]
        sys.exit("\n".join(tail) + f"\nthe dashboard could not be built: '{' '.join(command)}' failed (whole output: {log}). "
                 "The option KUBEMONITOR_DASHBOARD=OFF builds the server without it.")


def major(version: str) -> int:
    """22 of "v22.23.3"."""
    return int(version.strip().lstrip("v").split(".")[0])


def newer_node(web: pathlib.Path, shared: pathlib.Path) -> dict[str, str] | None:
    """The environment in which npm runs on the Node.js that was just installed, where the machine's is older: Debian's is, and its npm leaves
    out, without a word, the compiled parts of packages that want a newer one."""
    own = web / "node_modules" / "node"
    present = subprocess.run(["node", "--version"], cwd=web, stdout=subprocess.PIPE, text=True, check=True).stdout
    if not (own / "package.json").exists() or major(present) >= major(json.loads((own / "package.json").read_text())["version"]):
        return None
    folder = shared / "node"  # npm ci removes the other one
    folder.mkdir(exist_ok=True)
    shutil.copy(own / "bin" / "node", folder / "node")
    env = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}
    if MACHINE_CERTIFICATES.exists():  # Debian's Node.js trusts these, others have certificates of their own
        env.setdefault("NODE_EXTRA_CA_CERTS", str(MACHINE_CERTIFICATES))
    return env


def install(web: pathlib.Path, shared: pathlib.Path) -> None:
    lock = hashlib.sha256((web / "package-lock.json").read_bytes()).hexdigest()
    installed = web / "node_modules" / ".package-lock.json"
    stamp = web / "node_modules" / ".kubemonitor-lock"
    if installed.exists() and stamp.exists() and stamp.read_text() == lock:
        return
    if not installed.exists() or installed.stat().st_mtime < (web / "package-lock.json").stat().st_mtime:
        run(NPM_CI, web, shared / "npm-ci.log")
        env = newer_node(web, shared)
        if env is not None:
            run(NPM_CI, web, shared / "npm-ci.log", env)
    stamp.write_text(lock)


def main() -> None:
    web, shared, stamp, depfile = (pathlib.Path(argument).resolve() for argument in sys.argv[1:5])
    shared.mkdir(parents=True, exist_ok=True)
    with open(shared / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        files, folders = sources(web)
        wanted, built = digest(web, files), shared / "built"
        if not built.exists() or built.read_text() != wanted:
            install(web, shared)
            fresh = shared / "dist.new"
            run(["npm", "run", "build", "--", "--outDir", str(fresh), "--emptyOutDir"], web, shared / "npm-build.log")
            if not (fresh / "index.html").exists():
                sys.exit(f"the dashboard's build made no index.html (whole output: {shared / 'npm-build.log'})")
            shutil.rmtree(shared / "dist", ignore_errors=True)
            fresh.rename(shared / "dist")
            built.write_text(wanted)
    if not stamp.exists() or stamp.read_text() != wanted:
        stamp.write_text(wanted)
    else:
        stamp.touch()
    escaped = (str(path).replace(" ", "\\ ") for path in files + folders)
    depfile.write_text(f"{str(stamp).replace(' ', chr(92) + ' ')}: " + " \\\n  ".join(escaped) + "\n")


if __name__ == "__main__":
    main()
