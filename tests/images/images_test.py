#!/usr/bin/env python3
"""Both images, built offline with buildah by scripts/build-images.sh from the real Dockerfiles, on a base made from Debian packages, and what
runs inside them.

images_test.py [--bin DIR] [--compile]

So that it takes a minute and not a quarter of an hour, the base brings the programs of DIR (default: out/bin) along and the build stage only
strips them; --compile makes it compile them, as it does for everybody else. Ends with "N passed, N failed"; leaves the archives in
out/images.
"""
import argparse
import gzip
import hashlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
OUT = ROOT / "out" / "images"
ARCH = "amd64"
BASE_PACKAGES = "binutils"
BASE = "localhost/kubemonitor-prebuilt:1"
MAX_COMPRESSED = 40_000_000


class Report:
    passed = 0
    failed = 0

    def check(self, what, good, seen=""):
        self.passed += bool(good)
        self.failed += not good
        print(f"{'ok  ' if good else 'FAIL'} {what}" + (f": {seen}" if seen != "" else ""), flush=True)


def run(*words, **kwargs):
    return subprocess.run([str(word) for word in words], check=True, text=True, **kwargs)


def output(*words, **kwargs):
    return run(*words, stdout=subprocess.PIPE, **kwargs).stdout.strip()


class Store:
    """A container store of its own, gone afterwards. Containers are mounted in it: it must not be in /tmp on every machine, so it is in out/."""

    def __init__(self, folder):
        self.folder = folder
        self.configuration = folder / "storage.conf"
        for driver in ["overlay", "vfs"]:  # vfs copies, and works everywhere
            self.configuration.write_text(f'[storage]\ndriver = "{driver}"\ngraphroot = "{folder}/graph"\nrunroot = "{folder}/run"\n')
            os.environ["CONTAINERS_STORAGE_CONF"] = str(self.configuration)
            tried = subprocess.run(["buildah", "from", "scratch"], capture_output=True, text=True)
            if tried.returncode == 0:
                return
        raise RuntimeError(f"buildah has no storage here: {tried.stderr}")

    def remove(self):
        subprocess.run(["buildah", "rm", "--all"], capture_output=True)
        subprocess.run(["buildah", "rmi", "--all", "--force"], capture_output=True)
        if os.path.ismount(self.folder / "graph" / "overlay"):
            run("umount", self.folder / "graph" / "overlay")
        shutil.rmtree(self.folder, ignore_errors=True)


def base_archive():
    """A Debian root with little more than its essentials, kept between runs."""
    key = hashlib.sha256(BASE_PACKAGES.encode()).hexdigest()[:12]
    path = OUT / f"prebuilt-base-{key}.tar"
    if not path.exists():
        print("making a base of Debian packages (half a minute)", file=sys.stderr, flush=True)
        new = path.with_suffix(".new.tar")
        run("mmdebstrap", "--quiet", "--variant=minbase", f"--include={BASE_PACKAGES}", '--aptopt=Acquire::Languages "none"', "bookworm", new)
        new.rename(path)
    return path


def make_base(bin_dir):
    container = output("buildah", "from", "scratch")
    run("buildah", "add", "--quiet", container, base_archive(), "/", stdout=subprocess.DEVNULL)
    for program in ["collector", "apiserver"]:
        run("buildah", "copy", "--quiet", container, bin_dir / f"kubemonitor-{program}", f"/prebuilt/{ARCH}/", stdout=subprocess.DEVNULL)
    run("buildah", "commit", "--quiet", "--rm", container, BASE, stdout=subprocess.DEVNULL)


def build(arguments):
    run(ROOT / "scripts" / "build-images.sh", "--arch", ARCH, *arguments, env={**os.environ, "KUBEMONITOR_ENGINE": "buildah"})


def version():
    return re.search(r"^project\(kubemonitor VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text(), re.MULTILINE)[1]


def archive_of(program):
    return OUT / f"{program}-{version()}-{ARCH}.tar"


def contents(archive):
    """(configuration, names with mode and owner of the files in all layers) of a docker archive."""
    files = []
    with tarfile.open(archive) as image:
        manifest = json.load(image.extractfile("manifest.json"))[0]
        configuration = json.load(image.extractfile(manifest["Config"]))
        for layer in manifest["Layers"]:
            with tarfile.open(fileobj=image.extractfile(layer)) as content:
                files += [(entry.name, oct(entry.mode & 0o7777), entry.uid, entry.mtime) for entry in content if entry.isfile()]
    return manifest, configuration, files


def check_image(report, program, user):
    archive = archive_of(program)
    size = len(gzip.compress(archive.read_bytes(), 6))
    report.check(f"{program}: at most 40 MB compressed", size <= MAX_COMPRESSED, f"{size / 1e6:.1f} MB")
    manifest, image, files = contents(archive)
    report.check(f"{program}: is named as the manifests name it", f"kubemonitor/{program}:{version()}" in manifest["RepoTags"][0], manifest["RepoTags"])
    names = sorted(name for name, *_ in files)
    report.check(f"{program}: holds its program and nothing of Debian", names == ["etc/nsswitch.conf", f"kubemonitor-{program}"], names)
    report.check(f"{program}: its files are root's, not writable by others", all(owner == 0 and mode in ("0o644", "0o755") for _, mode, owner, _ in files), files)
    settings = image["config"]
    report.check(f"{program}: runs as {user}", settings.get("User") == user, settings.get("User"))
    report.check(f"{program}: starts its program", settings.get("Entrypoint") == [f"/kubemonitor-{program}"] and not settings.get("Cmd"))
    labels = settings.get("Labels") or {}
    report.check(f"{program}: says its version", labels.get("org.opencontainers.image.version") == version(), labels)


def in_container(container, *words, **kwargs):
    return subprocess.run(["buildah", "run", "--isolation", "chroot", container, "--", *words], capture_output=True, text=True, timeout=120, **kwargs)


def check_programs(report):
    for program in ["collector", "apiserver"]:
        container = output("buildah", "from", "--pull-never", f"docker.io/kubemonitor/{program}:{version()}")
        done = in_container(container, f"/kubemonitor-{program}", "--version")
        report.check(f"{program}: --version inside", done.returncode == 0 and done.stdout.startswith(f"kubemonitor-{program} {version()} (commit "),
                     done.stdout.strip() or done.stderr.strip())
        if program == "collector":
            done = in_container(container, "/kubemonitor-collector", "--dry-run", "--node-name", "image-test", "--cri-endpoint", "none")
            try:
                ticks = json.loads(done.stdout)
                good = "image-test" in done.stdout
            except ValueError:
                ticks, good = None, False
            report.check("collector: --dry-run inside samples this machine", done.returncode == 0 and good and ticks, f"{len(done.stdout)} bytes of JSON {done.stderr[-300:]}")
        else:
            check_server(report, container)


def check_server(report, container):
    command = ["buildah", "run", "--isolation", "chroot", container, "--", "/kubemonitor-apiserver", "--grpc-listen=127.0.0.1:0",
               "--http-listen=127.0.0.1:0", "--health-listen=127.0.0.1:0", "--memory-limit=64Mi"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        line = server.stdout.readline()
        report.check("apiserver: listens inside", line.startswith("listening grpc="), line.strip())
        pids = [pid for pid in descendants(server.pid) if first_word(pid) == "/kubemonitor-apiserver"]
        owners = {os.stat(f"/proc/{pid}").st_uid for pid in pids}
        report.check("apiserver: is not root inside", owners == {65532}, owners)
        for pid in pids:
            os.kill(pid, signal.SIGTERM)
        try:
            server.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
        report.check("apiserver: SIGTERM ends it cleanly", server.returncode == 0, server.returncode)


def descendants(pid):
    children = {}
    for entry in os.listdir("/proc"):
        try:
            if entry.isdigit():
                with open(f"/proc/{entry}/stat") as file:
                    children.setdefault(int(file.read().rpartition(")")[2].split()[1]), []).append(int(entry))
        except OSError:
            continue
    found = [pid]
    for each in found:  # grows as it goes
        found += children.get(each, [])
    return found


def first_word(pid):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read().split(b"\0")[0].decode(errors="replace")
    except OSError:
        return ""


def check_build_stages(report):
    """Both files compile the same, so that an engine's cache does it once."""
    stages = [re.search(r"^ARG BUILD_IMAGE.*?(?=^FROM --platform)", (ROOT / "build" / f"{program}.Dockerfile").read_text(), re.MULTILINE | re.DOTALL)[0]
              for program in ["collector", "apiserver"]]
    report.check("both Dockerfiles have the same build stage", stages[0] == stages[1])


def digests():
    return [hashlib.sha256(archive_of(program).read_bytes()).hexdigest() for program in ["collector", "apiserver"]]


def run_checks(report, options):
    check_build_stages(report)
    if options.compile:
        build(["--debian-base"])
    else:
        make_base(options.bin)
        build(["--base", BASE])
    check_image(report, "collector", "0:0")
    check_image(report, "apiserver", "65532:65532")
    check_programs(report)
    if not options.compile:
        before = digests()
        build(["--base", BASE])
        report.check("built again, the archives are the same to the byte", digests() == before)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, default=ROOT / "out" / "bin")
    parser.add_argument("--compile", action="store_true")
    options = parser.parse_args()
    if not shutil.which("buildah") or os.geteuid() != 0:
        print("SKIPPED: the images are NOT tested: buildah is not installed, or this is not root")
        return 0
    OUT.mkdir(parents=True, exist_ok=True)
    store = Store(pathlib.Path(tempfile.mkdtemp(prefix="store-", dir=OUT)))
    report = Report()
    try:
        run_checks(report, options)
    finally:
        store.remove()
    print(f"{report.passed} passed, {report.failed} failed")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
