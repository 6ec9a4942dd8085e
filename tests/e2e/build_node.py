#!/usr/bin/env python3
"""Makes the disks, kernel and initial RAM disk of the virtual machine node from Debian packages.

Nothing is installed on this machine: the guest's kernel package is downloaded and unpacked, and
containerd and the loads exist in the guest's root file system alone. Every stage is a folder of
out/vm named after the hash of what it was made from, so a repeated call finds it there and needs no
network. Progress goes to stderr; the folder of the finished image is printed on stdout.

Needs mmdebstrap, busybox-static, cpio, e2fsprogs, kmod, gcc and, without root, sudo.
"""

import argparse
import contextlib
import fcntl
import glob
import gzip
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time

import oci_image

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
OUT = os.path.join(ROOT, "out", "vm")
GUEST = os.path.join(HERE, "guest")

SUITE = "bookworm"
KERNEL_META_PACKAGE = "linux-image-cloud-amd64"
PACKAGES = [
    "systemd",
    "systemd-sysv",
    "dbus",
    "kmod",
    "containerd",
    "runc",
    "containernetworking-plugins",
    "iptables",
    "iproute2",
    "procps",
    "busybox-static",
    "stress-ng",
    "iperf3",
]
MODULE_FOLDERS = [
    "net",
    "fs/overlayfs",
    "drivers/net",
    "drivers/block",
    "drivers/virtio",
    "lib",
    "crypto",
    "arch",
]
INITRD_MODULES = ["virtio_pci", "virtio_blk"]
# What a node has no use for, or what makes an emulated boot slow.
MASKED_UNITS = [
    "systemd-timesyncd.service",
    "systemd-logind.service",
    "systemd-update-utmp.service",
    "systemd-firstboot.service",
    "systemd-binfmt.service",
    "apt-daily.timer",
    "apt-daily-upgrade.timer",
    "dpkg-db-backup.timer",
    "e2scrub_all.timer",
    "fstrim.timer",
    "ldconfig.service",
]
PRUNED = [
    "usr/share/perl",
    "usr/share/perl5",
    "usr/share/zoneinfo",
    "usr/share/i18n",
    "usr/share/X11",
    "usr/lib/x86_64-linux-gnu/perl",
    "usr/lib/x86_64-linux-gnu/gconv",
    "usr/bin/containerd-shim",
    "usr/bin/containerd-shim-runc-v1",
    "usr/bin/containerd-stress",
    "var/cache/apt",
    "var/lib/apt/lists",
]
PAUSE_SOURCE = """
#include <signal.h>
#include <unistd.h>
static void quit(int signal_number) { (void)signal_number; _exit(0); }
int main(void) {
  signal(SIGTERM, quit);
  signal(SIGINT, quit);
  for (;;) pause();
}
"""


def say(text):
    print(f"[vm] {text}", file=sys.stderr, flush=True)


def run(*words, **kwargs):
    return subprocess.run(words, check=True, **kwargs)


def as_root(words):
    """Runs a step that must own files as root, through sudo where this user is not."""
    prefix = [] if os.geteuid() == 0 else ["sudo"]
    run(*prefix, *words, stdout=sys.stderr)


def digest(*parts):
    """A short hash of texts and of the contents of files and folders ("@path")."""
    total = hashlib.sha256()
    for part in parts:
        if not part.startswith("@"):
            total.update(part.encode() + b"\0")
            continue
        path = part[1:]
        files = (
            [path]
            if os.path.isfile(path)
            else sorted(
                os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names
            )
        )
        for name in files:
            total.update(os.path.relpath(name, HERE).encode() + b"\0")
            with open(name, "rb") as file:
                total.update(file.read() + b"\0")
    return total.hexdigest()[:16]


@contextlib.contextmanager
def locked():
    """One builder at a time in this checkout."""
    os.makedirs(OUT, exist_ok=True)
    with open(os.path.join(OUT, ".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def publish(stage, key, make, progress):
    """Returns out/vm/<stage>-<key>, made by make(folder) unless it is there; drops older
    ones of the stage."""
    target = os.path.join(OUT, f"{stage}-{key}")
    if os.path.isdir(target):
        return target
    os.makedirs(OUT, exist_ok=True)
    for stale in glob.glob(os.path.join(OUT, f"{stage}-*")) + glob.glob(
        os.path.join(OUT, f".making-{stage}-*")
    ):
        shutil.rmtree(stale)
    say(progress)
    started = time.monotonic()
    making = tempfile.mkdtemp(prefix=f".making-{stage}-", dir=OUT)
    try:
        make(making)
        os.chmod(making, 0o755)
        os.rename(making, target)
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise
    say(f"{stage} ready after {time.monotonic() - started:.0f} s")
    return target


def make_kernel(folder):
    """Downloads the package that the meta package depends on and unpacks its kernel and modules."""
    depends = subprocess.run(
        ["apt-cache", "depends", KERNEL_META_PACKAGE], check=True, text=True, capture_output=True
    ).stdout
    names = [
        line.split()[1]
        for line in depends.splitlines()
        if "linux-image-" in line and line.strip().startswith("Depends:")
    ]
    if not names:
        raise RuntimeError(f"apt knows no {KERNEL_META_PACKAGE}; try apt-get update")
    with tempfile.TemporaryDirectory(dir=folder) as work:
        # The current folder belongs to this user, not to apt's own: apt says so, and goes on.
        run("apt-get", "-qq", "download", names[0], cwd=work, stderr=subprocess.DEVNULL)
        run("dpkg", "-x", glob.glob(work + "/*.deb")[0], work + "/tree")
        shutil.move(glob.glob(work + "/tree/boot/vmlinuz-*")[0], folder + "/vmlinuz")
        os.makedirs(folder + "/lib")
        shutil.move(work + "/tree/lib/modules", folder + "/lib/modules")
    version = os.listdir(folder + "/lib/modules")[0]
    run("depmod", "-b", folder, version)


def make_rootfs(folder):
    as_root(
        [
            "mmdebstrap",
            "--quiet",
            "--variant=minbase",
            "--include=" + ",".join(PACKAGES),
            '--aptopt=Acquire::Languages "none"',
            "--dpkgopt=path-exclude=/usr/share/man/*",
            "--dpkgopt=path-exclude=/usr/share/doc/*",
            "--dpkgopt=path-exclude=/usr/share/locale/*",
            SUITE,
            folder + "/rootfs.tar",
        ]
    )


def make_container_images(work, tree):
    """The pause image and the one with the loads, into the guest's /node/images."""
    os.makedirs(tree + "/node/images")
    pause = work + "/pause"
    os.makedirs(pause)
    run(
        "gcc",
        "-Os",
        "-static",
        "-s",
        "-x",
        "c",
        "-o",
        pause + "/pause",
        "-",
        input=PAUSE_SOURCE.encode(),
    )
    oci_image.write_image(tree + "/node/images/pause.tar", "localhost/pause:1", pause, ["/pause"])

    workload = work + "/workload"
    for name in ["bin", "dev", "etc", "lib64", "proc", "sys", "tmp", "usr/bin"]:
        os.makedirs(f"{workload}/{name}")
    shutil.copy2(tree + "/bin/busybox", workload + "/bin/busybox")
    applets = subprocess.run(
        [tree + "/bin/busybox", "--list"], check=True, text=True, capture_output=True
    ).stdout.split()
    for applet in applets:
        if applet != "busybox":
            os.symlink("busybox", f"{workload}/bin/{applet}")
    for program in ["stress-ng", "iperf3"]:
        shutil.copy2(f"{tree}/usr/bin/{program}", f"{workload}/usr/bin/{program}")
        listing = subprocess.run(
            ["chroot", tree, "ldd", "/usr/bin/" + program],
            check=True,
            text=True,
            capture_output=True,
        ).stdout
        for library in (word for word in listing.split() if word.startswith("/")):
            os.makedirs(workload + os.path.dirname(library), exist_ok=True)
            shutil.copy2(tree + library, workload + library)
    with open(workload + "/etc/passwd", "w") as file:
        file.write("root:x:0:0:root:/:/bin/sh\n")
    oci_image.write_image(
        tree + "/node/images/workload.tar", "localhost/workload:1", workload, ["/bin/sh"]
    )
    os.remove(tree + "/usr/bin/stress-ng")


def install_guest_files(tree, driver_program):
    node = tree + "/node"
    for name in ["agent.sh", "setup.sh", "pods.json"]:
        shutil.copy(f"{GUEST}/{name}", f"{node}/{name}")
    shutil.copytree(GUEST + "/cgroupfs", node + "/cgroupfs")
    for name in ["boot.sh", "service.sh"]:
        os.chmod(f"{node}/cgroupfs/{name}", 0o755)
    os.symlink("/bin/busybox", node + "/cgroupfs/init")
    shutil.copy(GUEST + "/cgroupfs/inittab", tree + "/etc/inittab")
    with open(GUEST + "/containerd.toml.in") as file:
        template = file.read()
    os.makedirs(tree + "/etc/containerd", exist_ok=True)
    for path, value in (
        (node + "/containerd-cgroupfs.toml", "false"),
        (tree + "/etc/containerd/config.toml", "true"),
    ):
        with open(path, "w") as file:
            file.write(template.replace("@SYSTEMD_CGROUP@", value))
    os.makedirs(tree + "/etc/cni/net.d", exist_ok=True)
    shutil.copy(GUEST + "/10-pods.conflist", tree + "/etc/cni/net.d/")
    units = tree + "/etc/systemd/system"
    for name in os.listdir(GUEST + "/systemd"):
        shutil.copy(f"{GUEST}/systemd/{name}", units)
    for name in MASKED_UNITS:
        with contextlib.suppress(FileNotFoundError):
            os.remove(f"{units}/{name}")
        os.symlink("/dev/null", f"{units}/{name}")
    os.makedirs(tree + "/usr/local/bin", exist_ok=True)
    run("strip", "-o", tree + "/usr/local/bin/e2e_cri_driver", driver_program)
    for path, text in (("etc/hostname", "node\n"), ("etc/fstab", ""), ("etc/machine-id", "")):
        with open(f"{tree}/{path}", "w") as file:
            file.write(text)


def install_modules(tree, kernel):
    version = os.listdir(kernel + "/lib/modules")[0]
    source = f"{kernel}/lib/modules/{version}"
    target = f"{tree}/usr/lib/modules/{version}"
    os.makedirs(target)
    for name in MODULE_FOLDERS:
        if os.path.isdir(f"{source}/kernel/{name}"):
            shutil.copytree(f"{source}/kernel/{name}", f"{target}/kernel/{name}")
    for name in ["modules.order", "modules.builtin", "modules.builtin.modinfo"]:
        shutil.copy(f"{source}/{name}", target)
    run("depmod", "-b", tree, version)


def make_initrd(work, tree, kernel, target):
    version = os.listdir(kernel + "/lib/modules")[0]
    folder = work + "/initrd"
    os.makedirs(folder + "/bin")
    os.makedirs(folder + "/modules")
    shutil.copy2(tree + "/bin/busybox", folder + "/bin/busybox")
    shutil.copy(GUEST + "/initrd-init", folder + "/init")
    os.chmod(folder + "/init", 0o755)
    order = []
    for module in INITRD_MODULES:
        lines = subprocess.run(
            ["modprobe", "-d", kernel, "-S", version, "--show-depends", module],
            check=True,
            text=True,
            capture_output=True,
        ).stdout.splitlines()
        for path in (line.split()[1] for line in lines if line.startswith("insmod")):
            if os.path.basename(path) not in order:
                order.append(os.path.basename(path))
                shutil.copy(path, folder + "/modules/")
    with open(folder + "/modules.order", "w") as file:
        file.write("".join(name + "\n" for name in order))
    names = subprocess.run(
        ["find", ".", "-print0"], cwd=folder, check=True, capture_output=True
    ).stdout
    archive = run(
        "cpio",
        "--quiet",
        "--null",
        "-o",
        "-H",
        "newc",
        cwd=folder,
        input=names,
        capture_output=True,
    ).stdout
    with gzip.open(target, "wb", compresslevel=1) as file:
        file.write(archive)


def make_image(folder, kernel, rootfs, driver_program):
    with tempfile.TemporaryDirectory(dir=folder) as work:
        tree = work + "/tree"
        os.makedirs(tree)
        run("tar", "-x", "-f", rootfs + "/rootfs.tar", "-C", tree, "--exclude=./dev/*")
        make_container_images(work, tree)
        for path in PRUNED:
            if os.path.isdir(f"{tree}/{path}"):
                shutil.rmtree(f"{tree}/{path}")
            elif os.path.exists(f"{tree}/{path}"):
                os.remove(f"{tree}/{path}")
        install_guest_files(tree, driver_program)
        install_modules(tree, kernel)
        make_initrd(work, tree, kernel, folder + "/initrd.gz")
        for name, size in (("root.img", "1200M"), ("data.img", "256M")):
            run("truncate", "-s", size, f"{folder}/{name}")
        # The root disk is thrown away with each run: no journal. The data disk is as in real life.
        run(
            "mkfs.ext4",
            "-q",
            "-F",
            "-m",
            "0",
            "-O",
            "^has_journal",
            "-E",
            "root_owner=0:0",
            "-d",
            tree,
            folder + "/root.img",
        )
        run("mkfs.ext4", "-q", "-F", folder + "/data.img")
    shutil.copy(kernel + "/vmlinuz", folder + "/vmlinuz")


def image_key():
    return digest(
        "@" + os.path.join(HERE, "build_node.py"),
        "@" + os.path.join(HERE, "oci_image.py"),
        "@" + GUEST,
        "@" + os.path.join(HERE, "cri_driver"),
    )


def build(bin_dir):
    """Makes what is missing and returns the image's folder."""
    with locked():
        image = os.path.join(OUT, f"image-{image_key()}")
        if os.path.isdir(image):
            return image
        driver_program = os.path.join(bin_dir, "e2e_cri_driver")
        if not os.path.exists(driver_program):
            raise RuntimeError(f"{driver_program} is missing: build the release preset first")
        kernel = publish(
            "kernel",
            digest(SUITE, KERNEL_META_PACKAGE),
            make_kernel,
            "downloading the guest's kernel",
        )
        rootfs = publish(
            "rootfs", digest(SUITE, *PACKAGES), make_rootfs, "building the root file system (1 min)"
        )

        def make(folder):
            as_root(
                [
                    sys.executable,
                    os.path.abspath(__file__),
                    "--stage-image",
                    folder,
                    kernel,
                    rootfs,
                    driver_program,
                ]
            )

        return publish("image", image_key(), make, "making the disks (half a minute)")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--bin",
        default=os.path.join(ROOT, "out", "bin"),
        help="folder with e2e_cri_driver (default: out/bin)",
    )
    parser.add_argument("--stage-image", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.stage_image:
        make_image(*options.stage_image)
        owner = os.stat(os.path.dirname(options.stage_image[0]))
        for name in os.listdir(options.stage_image[0]):
            os.chown(os.path.join(options.stage_image[0], name), owner.st_uid, owner.st_gid)
        return
    print(build(options.bin))


if __name__ == "__main__":
    main()
