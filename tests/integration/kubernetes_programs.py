"""What the tests beside a Kubernetes API share, be it the simulator's or a real one."""

import datetime
import json
import re
import subprocess
import time
import urllib.error
import urllib.request


def eventually(check, seconds=60):
    """The first truthy value of check(), or its last one."""
    deadline = time.monotonic() + seconds
    while True:
        value = check()
        if value or time.monotonic() > deadline:
            return value
        time.sleep(0.2)


def flags(numbers):
    return [f"--{name}={value}" for name, value in numbers.items()]


def get(address, path):
    try:
        with urllib.request.urlopen(f"http://{address}{path}", timeout=30) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise OSError(f"{path}: {error.code} {error.read().decode()}") from error


def unix(text):
    """Seconds, of a time in JSON."""
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def quantity(text):
    """Of a canonical one, in units."""
    number, suffix = re.fullmatch(r"(\d+)([A-Za-z]*)", text).groups()
    scale = {"": 1, "m": 0.001, "k": 1e3, "M": 1e6, "G": 1e9, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}
    return int(number) * scale[suffix]


def effective(pod, what, resource):
    """requests or limits of a pod, as the scheduler counts them; None where there are none, or a limit of a container is missing."""
    spec = pod["spec"]
    own = spec.get("resources", {}).get(what, {}).get(resource)
    overhead = quantity(spec.get("overhead", {}).get(resource, "0"))

    def of(container):
        return quantity(container["resources"].get(what, {}).get(resource, "0"))
    inits = spec.get("initContainers", [])
    running = spec["containers"] + [c for c in inits if c.get("restartPolicy") == "Always"]
    total = sum(of(c) for c in running)
    sidecars = 0
    for container in inits:
        if container.get("restartPolicy") == "Always":
            sidecars += of(container)
            total = max(total, sidecars)
        else:
            total = max(total, of(container) + sidecars)
    if own is not None:
        total = quantity(own)
    elif what == "limits" and not all(resource in c["resources"].get("limits", {}) for c in running):
        return None
    if what == "requests" or total:
        total += overhead
    return total or None


class Process:
    def __init__(self, *command, **options):
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **options)

    def fields(self):
        """Of the line in which it says where it listens."""
        return dict(word.split("=", 1) for word in self.process.stdout.readline().split()[1:])

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
