"""One QEMU process: its control socket, the agent on its second serial port, freeze and thaw.

Emulation in software (TCG) only, so that it behaves the same on every machine. QEMU ends with the
process that started it; it keeps no file of its own outside the folder of its disks.
"""

import base64
import collections
import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time

MEMORY_MIB = 768
# no_timer_check: on a busy machine the emulated timer is late, and the kernel would give up on it.
KERNEL_ARGUMENTS = (
    "console=ttyS0 quiet panic=-1 psi=1 net.ifnames=0 mitigations=off "
    "random.trust_cpu=on tsc=reliable no_timer_check systemd.unit=node.target "
    "systemd.show_status=0"
)
# "-cpu max" takes twice as long to boot as Nehalem.
HARDWARE = [
    "-M",
    "pc",
    "-accel",
    "tcg,thread=multi,tb-size=128",
    "-cpu",
    "Nehalem",
    "-smp",
    "2",
    "-m",
    str(MEMORY_MIB),
    "-nodefaults",
    "-display",
    "none",
    "-no-reboot",
    "-rtc",
    "base=utc,clock=host",
]
INIT = {"cgroupfs": "/node/cgroupfs/init", "systemd": "/lib/systemd/systemd"}


class VmError(RuntimeError):
    """The machine, or a command in it, failed."""


Result = collections.namedtuple("Result", "code output")


def say(text):
    print(f"[vm] {text}", file=sys.stderr, flush=True)


def _end_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


class Machine:
    """A running guest. Make it in the main thread: QEMU ends with the thread that started it."""

    def __init__(self, driver, image, disks, throw_away, state=None, forward=()):
        """image: folder of kernel and initrd; disks: folder of root.img and data.img, written only
        where throw_away is false; state: a file of freeze(); forward: guest ports, each reachable
        at ports[guest port] on this machine's loopback."""
        self.driver = driver
        self.ports = {}
        self._commands = 0
        self._pending = b""
        self._console = collections.deque(maxlen=200)
        control, control_theirs = socket.socketpair()
        self._agent, agent_theirs = socket.socketpair()
        network = "user,id=net"
        for guest_port in forward:
            self.ports[guest_port] = _free_port()
            network += f",hostfwd=tcp:127.0.0.1:{self.ports[guest_port]}-10.0.2.15:{guest_port}"
        command = [
            "qemu-system-x86_64",
            *HARDWARE,
            "-kernel",
            image + "/vmlinuz",
            "-initrd",
            image + "/initrd.gz",
            "-append",
            f"{KERNEL_ARGUMENTS} init={INIT[driver]}",
            "-chardev",
            f"socket,id=control,fd={control_theirs.fileno()}",
            "-mon",
            "chardev=control,mode=control",
            "-chardev",
            "stdio,id=console,signal=off",
            "-serial",
            "chardev:console",
            "-chardev",
            f"socket,id=agent,fd={agent_theirs.fileno()}",
            "-serial",
            "chardev:agent",
        ]
        for name in ("root", "data"):
            command += [
                "-drive",
                f"file={disks}/{name}.img,format=raw,if=virtio,cache=unsafe,"
                f"snapshot={'on' if throw_away else 'off'}",
            ]
        command += ["-netdev", network, "-device", "virtio-net-pci,netdev=net,romfile="]
        if state:
            command += ["-incoming", f"exec:cat '{state}'"]
        # QEMU makes the throw-away layers in TMPDIR and unlinks them at once.
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=[control_theirs.fileno(), agent_theirs.fileno()],
            env={**os.environ, "TMPDIR": os.path.dirname(disks)},
            preexec_fn=_end_with_parent,
            start_new_session=True,
        )
        control_theirs.close()
        agent_theirs.close()
        self._control_socket = control
        self._control = control.makefile("rw")
        threading.Thread(target=self._read_console, daemon=True).start()
        try:
            control.settimeout(60)
            self._control.readline()
            self.control("qmp_capabilities")
        except (OSError, ValueError) as error:
            self.stop()
            raise VmError(f"QEMU did not start: {error}\n{self.console()}") from error

    def _read_console(self):
        for line in self._process.stdout:
            self._console.append(line.decode(errors="replace").rstrip())

    def console(self):
        """The last lines of the guest's console and of QEMU's messages."""
        return "\n".join(self._console)

    def control(self, name, **arguments):
        """One QMP command; returns its answer."""
        self._control.write(json.dumps({"execute": name, "arguments": arguments}) + "\n")
        self._control.flush()
        while True:
            line = self._control.readline()
            if not line:
                raise VmError(f"QEMU is gone during {name}\n{self.console()}")
            answer = json.loads(line)
            if "error" in answer:
                raise VmError(f"{name}: {answer['error']}")
            if "return" in answer:
                return answer["return"]

    def _wait_for_status(self, name, wanted, limit):
        end = time.monotonic() + limit
        while True:
            answer = self.control(name)
            if answer.get("status") in wanted:
                return answer["status"]
            if time.monotonic() > end:
                raise VmError(f"{name} stays {answer}\n{self.console()}")
            time.sleep(0.02)

    def resume(self):
        """Waits for the state to be loaded and lets the guest run."""
        if (
            self._wait_for_status("query-status", ("paused", "running", "prelaunch"), 120)
            != "running"
        ):
            self.control("cont")
        self._wait_for_status("query-status", ("running",), 60)

    def freeze(self, path):
        """Stops the guest and writes its memory and devices to the file."""
        self.control("stop")
        self.control("migrate-set-parameters", **{"max-bandwidth": 4 << 30})
        self.control("migrate", uri=f"exec:cat > '{path}'")
        if self._wait_for_status("query-migrate", ("completed", "failed"), 300) != "completed":
            raise VmError("the guest's state could not be written")

    def _read_line(self, end):
        while b"\n" not in self._pending:
            left = end - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self._agent.settimeout(left)
            data = self._agent.recv(65536)
            if not data:
                raise VmError(f"QEMU is gone\n{self.console()}")
            self._pending += data
        line, self._pending = self._pending.split(b"\n", 1)
        return line.decode(errors="replace").strip()

    def wait_for_agent(self, limit):
        end = time.monotonic() + limit
        try:
            while self._read_line(end) != "@ready":
                pass
        except TimeoutError:
            raise VmError(f"the guest did not come up in {limit} s\n{self.console()}") from None

    def run(self, command, limit=60, check=True):
        """Runs a shell command in the guest; returns exit code and output (stdout and stderr)."""
        self._commands += 1
        number = self._commands
        request = f"{number} {int(limit)} {base64.b64encode(command.encode()).decode()}\n"
        end = time.monotonic() + limit + 30
        self._agent.settimeout(60)
        self._agent.sendall(request.encode())
        try:
            line = self._read_line(end)
            while not line.startswith(f"@begin {number} "):
                line = self._read_line(end)
            code = int(line.split()[2])
            encoded = ""
            while (line := self._read_line(end)) != f"@end {number}":
                encoded += line
        except TimeoutError:
            raise VmError(f"no answer in {limit} s to: {command}\n{self.console()}") from None
        output = base64.b64decode(encoded).decode(errors="replace")
        if check and code != 0:
            raise VmError(f"exit code {code} of: {command}\n{output[-2000:]}")
        return Result(code, output)

    def alive(self):
        return self._process.poll() is None

    def stop(self):
        """Ends the guest as a power cut would. May be called more than once."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        for item in (self._control, self._control_socket, self._agent):
            item.close()


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
