"""Container images without a registry or an image builder: a docker-archive tar of one layer, the
form that `ctr images import` reads. The same directory always gives the same bytes."""

import hashlib
import io
import json
import os
import tarfile


def _anonymous(entry):
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mtime = 0
    return entry


def _add_bytes(archive, name, data):
    entry = tarfile.TarInfo(name)
    entry.size = len(data)
    archive.addfile(entry, io.BytesIO(data))


def write_image(path, reference, root, command):
    """Writes the directory `root` as the image `reference`; `command` is its default, a list."""
    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w") as archive:
        for name in sorted(os.listdir(root)):
            archive.add(os.path.join(root, name), arcname=name, filter=_anonymous)
    layer = layer.getvalue()
    layer_id = hashlib.sha256(layer).hexdigest()
    config = json.dumps(
        {
            "architecture": "amd64",
            "os": "linux",
            "created": "1970-01-01T00:00:00Z",
            "config": {"Cmd": command, "Env": ["PATH=/usr/bin:/bin"]},
            "rootfs": {"type": "layers", "diff_ids": ["sha256:" + layer_id]},
            "history": [{"created_by": "oci_image.py"}],
        }
    ).encode()
    config_name = hashlib.sha256(config).hexdigest() + ".json"
    manifest = json.dumps(
        [
            {
                "Config": config_name,
                "RepoTags": [reference],
                "Layers": [layer_id + "/layer.tar"],
            }
        ]
    ).encode()
    with tarfile.open(path, "w") as archive:
        _add_bytes(archive, config_name, config)
        _add_bytes(archive, layer_id + "/layer.tar", layer)
        _add_bytes(archive, "manifest.json", manifest)
