"""A Kubernetes API that knows what a test tells it: list and watch, nothing else.

    with KubernetesApi() as api:
        api.put("pods", {"metadata": {"namespace": "shop", "name": "web", "uid": "…"}, …})
        api.write_kubeconfig(path)
        api.delete("pods", "shop", "web")

Plain HTTP on a loopback port of its own. Objects are as the real API has them; kind, apiVersion and
resourceVersion are added here.
"""

import http.server
import json
import threading
import urllib.parse

BOOKMARK_SECONDS = 5
GROUPS = {
    "/api/v1": {"pods": "Pod", "nodes": "Node", "namespaces": "Namespace"},
    "/apis/apps/v1": {
        "deployments": "Deployment",
        "replicasets": "ReplicaSet",
        "statefulsets": "StatefulSet",
        "daemonsets": "DaemonSet",
    },
    "/apis/batch/v1": {"jobs": "Job", "cronjobs": "CronJob"},
}
# resource → (path, apiVersion, kind)
RESOURCES = {
    resource: (f"{path}/{resource}", path.split("/", 2)[2].replace("api/", ""), kind)
    for path, kinds in GROUPS.items()
    for resource, kind in kinds.items()
}
VERSION = "v1.34.1+test"


def _status(code, reason, message):
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "status": "Failure",
        "code": code,
        "reason": reason,
        "message": message,
    }


def _metadata_only(item):
    """PartialObjectMetadata, for who asks for it."""
    return {
        "kind": "PartialObjectMetadata",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": item["metadata"],
    }


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        if url.path == "/version":
            return self._answer(200, {"major": "1", "minor": "34", "gitVersion": VERSION})
        resource = url.path.rpartition("/")[2]
        if RESOURCES.get(resource, ("",))[0] != url.path:
            return self._answer(404, _status(404, "NotFound", "no such resource"))
        self._shape = _metadata_only if "PartialObjectMetadata" in self.headers["Accept"] else dict
        if query.get("watch") == "true":
            return self._watch(resource, query)
        return self._list(resource)

    def _list(self, resource):
        version, items = self.server.api.snapshot(resource)
        items = [self._shape(item) for item in items]
        for item in items:  # as the real one: a list's items do not say what they are
            item.pop("kind"), item.pop("apiVersion")
        _, api_version, kind = RESOURCES[resource]
        self._answer(
            200,
            {
                "kind": kind + "List",
                "apiVersion": api_version,
                "metadata": {"resourceVersion": str(version)},
                "items": items,
            },
        )

    def _watch(self, resource, query):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            for event, item in self.server.api.events(resource, int(query["resourceVersion"])):
                self._chunk(json.dumps({"type": event, "object": self._shape(item)}) + "\n")
            self._chunk("")
        except OSError:
            self.close_connection = True  # whoever watched has gone

    def _chunk(self, text):
        body = text.encode()
        self.wfile.write(f"{len(body):x}\r\n".encode() + body + b"\r\n")

    def _answer(self, code, body):
        body = json.dumps(body).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class KubernetesApi:
    def __init__(self):
        self._changed = threading.Condition()
        self._objects = {resource: {} for resource in RESOURCES}
        self._events = []  # (resource, version, type, object), all that ever happened
        self._ended = False
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self._server.api = self
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        with self._changed:
            self._ended = True
            self._changed.notify_all()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def write_kubeconfig(self, path):
        address = f"http://127.0.0.1:{self._server.server_port}"
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "test",
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test"}}],
            "clusters": [{"name": "test", "cluster": {"server": address}}],
            "users": [{"name": "test", "user": {"token": "test"}}],
        }
        with open(path, "w") as file:
            json.dump(config, file)  # JSON is YAML

    def put(self, resource, item):
        metadata = item["metadata"]
        key = (metadata.get("namespace", ""), metadata["name"])
        with self._changed:
            event = "MODIFIED" if key in self._objects[resource] else "ADDED"
            self._objects[resource][key] = self._happen(resource, event, item)

    def delete(self, resource, namespace, name):
        with self._changed:
            item = self._objects[resource].pop((namespace, name))
            self._happen(resource, "DELETED", item)

    def _happen(self, resource, event, item):
        version = len(self._events) + 1
        _, api_version, kind = RESOURCES[resource]
        metadata = {**item["metadata"], "resourceVersion": str(version)}
        item = {**item, "kind": kind, "apiVersion": api_version, "metadata": metadata}
        self._events.append((resource, version, event, item))
        self._changed.notify_all()
        return item

    # What the handlers ask.

    def snapshot(self, resource):
        """(version, objects)"""
        with self._changed:
            return len(self._events), list(self._objects[resource].values())

    def events(self, resource, after):
        """(type, object) of what happens after that version, and bookmarks; ends with the API."""
        _, api_version, kind = RESOURCES[resource]
        while True:
            with self._changed:
                self._changed.wait_for(
                    lambda: self._ended or len(self._events) > after, BOOKMARK_SECONDS
                )
                if self._ended:
                    return
                news, after = self._events[after:], len(self._events)
            yield from ((event, item) for of, _, event, item in news if of == resource)
            yield "BOOKMARK", {
                "kind": kind,
                "apiVersion": api_version,
                "metadata": {"resourceVersion": str(after)},
            }
