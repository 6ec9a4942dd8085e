"""A real Kubernetes API on loopback, of the programs `etcd` and `kube-apiserver` in a folder: no controllers, no scheduler, no kubelets. What they
would do, the tests do. And a client for it."""

import base64
import contextlib
import ctypes
import http.client
import json
import pathlib
import signal
import socket
import ssl
import subprocess
import threading
import time
import urllib.parse

import yaml

START_SECONDS = 180
AUDIT_POLICY = "apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules: [{level: Metadata}]\n"
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


def free_address():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{found.getsockname()[1]}"


class Refused(Exception):
    """An answer that is none of success."""

    def __init__(self, request, code, body):
        super().__init__(f"{request}: {code} {body}")
        self.code = code


class Api:
    """Requests to a Kubernetes API. A connection a thread."""

    def __init__(self, server, context=None, token=None):
        self.server, self.context = urllib.parse.urlsplit(server), context
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.connections = threading.local()

    def connection(self):
        if self.server.scheme == "https":
            return http.client.HTTPSConnection(self.server.netloc, timeout=60, context=self.context)
        return http.client.HTTPConnection(self.server.netloc, timeout=60)

    def ask(self, method, path, body=None, content="application/json"):
        headers = {**self.headers, "Accept": "application/json"}
        if body is not None:
            body, headers["Content-Type"] = json.dumps(body), content
        for again in (True, False):
            connection = getattr(self.connections, "open", None) or self.connection()
            self.connections.open = connection
            try:
                connection.request(method, path, body, headers)
                answer = connection.getresponse()
                text = answer.read().decode()
                break
            except (OSError, http.client.HTTPException):
                connection.close()  # it may have been idle for too long
                self.connections.open = None
                if not again:
                    raise
        if answer.status >= 300:
            raise Refused(f"{method} {path}", answer.status, text[:500])
        return json.loads(text) if text.startswith("{") else text

    def get(self, path):
        return self.ask("GET", path)

    def items(self, path):
        return self.get(path)["items"]

    def create(self, path, item):
        """Its status, too, which only what runs in a cluster may set. Returns it as it then is."""
        created = self.ask("POST", path, item)
        if "status" not in item:
            return created
        own = f"{path}/{item['metadata']['name']}"
        return self.patch(own + "/status", {"status": item["status"]})

    def patch(self, path, change):
        return self.ask("PATCH", path, change, "application/merge-patch+json")

    def delete(self, path, grace_seconds=0):
        return self.ask("DELETE", path, {"kind": "DeleteOptions", "apiVersion": "v1", "gracePeriodSeconds": grace_seconds})


def api_of_kubeconfig(path):
    """Of its current context: certificates, tokens and token files."""
    path = pathlib.Path(path)
    config = yaml.safe_load(path.read_text())

    def named(entries, key, name):
        return next(entry[key] for entry in config[entries] if entry["name"] == name)

    def data(entry, key):
        if f"{key}-data" in entry:
            return base64.b64decode(entry[f"{key}-data"]).decode()
        return (path.parent / entry[key]).read_text() if key in entry else None
    context = named("contexts", "context", config["current-context"])
    cluster, user = named("clusters", "cluster", context["cluster"]), named("users", "user", context["user"])
    tls = ssl.create_default_context(cadata=data(cluster, "certificate-authority"))
    certificate = data(user, "client-certificate")
    if certificate:
        own = path.parent / "kubeconfig-client.pem"
        own.touch(mode=0o600)
        own.write_text(certificate + data(user, "client-key"))
        tls.load_cert_chain(own)
        own.unlink()
    token = (path.parent / user["tokenFile"]).read_text().strip() if "tokenFile" in user else user.get("token")
    return Api(cluster["server"], tls, token)


class Certificates:
    """An authority of its own, and what it signs."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        self.authority = folder / "authority.crt"
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=authority",
                     "-keyout", folder / "authority.key", "-out", self.authority)

    @staticmethod
    def openssl(*words):
        done = subprocess.run(["openssl", *map(str, words)], capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"openssl {words[0]}: {done.stderr}")

    def sign(self, name, subject, extensions=""):
        """The files of the certificate and of its key."""
        request, certificate, key = (self.folder / f"{name}.{kind}" for kind in ("csr", "crt", "key"))
        self.openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", subject, "-keyout", key, "-out", request)
        (self.folder / "extensions").write_text("basicConstraints=CA:FALSE\n" + extensions)
        self.openssl("x509", "-req", "-in", request, "-CA", self.authority, "-CAkey", self.folder / "authority.key", "-CAcreateserial", "-days", "2",
                     "-extfile", self.folder / "extensions", "-out", certificate)
        return certificate, key

    def signing_key(self, name):
        path = self.folder / name
        self.openssl("genrsa", "-out", path, "2048")
        return path


class ControlPlane(contextlib.ExitStack):
    """One etcd, and as many API servers beside each other as are started: the first one at .url, which the product is told of."""

    def __init__(self, assets, folder):
        super().__init__()
        self.assets, self.folder, self.audits, self.running = pathlib.Path(assets), folder, [], {}
        self.certificates = Certificates(folder / "pki")
        self.serving = self.certificates.sign("serving", "/CN=kube-apiserver", "subjectAltName=IP:127.0.0.1,DNS:localhost\n")
        self.administrator = self.certificates.sign("administrator", "/CN=administrator/O=system:masters", "extendedKeyUsage=clientAuth\n")
        self.signing_key = self.certificates.signing_key("accounts.key")
        (folder / "audit-policy").write_text(AUDIT_POLICY)
        try:
            self.start_etcd()
            self.address = free_address()
            self.url = f"https://{self.address}"
            self.start_api()
            self.api = self.client(self.address)
        except BaseException:
            self.close()
            raise

    def start(self, name, *command):
        log = self.enter_context(open(self.folder / f"{name}.log", "a"))
        process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder,
                                   preexec_fn=lambda: LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL))
        self.callback(lambda: (process.kill(), process.wait()))
        return process

    def start_etcd(self):
        self.etcd, peers = free_address(), free_address()
        self.start("etcd", self.assets / "etcd", f"--data-dir={self.folder}/etcd", f"--listen-client-urls=http://{self.etcd}",
                   f"--advertise-client-urls=http://{self.etcd}", f"--listen-peer-urls=http://{peers}", f"--initial-advertise-peer-urls=http://{peers}",
                   f"--initial-cluster=default=http://{peers}")

    def start_api(self, address=None):
        """Returns when it is ready. An address is another one beside the first."""
        address = address or self.address
        host, port = address.split(":")
        audit = self.folder / f"audit-{len(self.audits)}"
        self.audits.append(audit)
        certificate, key = self.serving
        process = self.start(
            f"kube-apiserver-{port}", self.assets / "kube-apiserver", f"--etcd-servers=http://{self.etcd}", f"--bind-address={host}",
            f"--advertise-address={host}", f"--secure-port={port}", f"--cert-dir={self.folder}/cert-{port}", f"--tls-cert-file={certificate}",
            f"--tls-private-key-file={key}", f"--client-ca-file={self.certificates.authority}", "--service-account-issuer=https://localhost",
            f"--service-account-key-file={self.signing_key}", f"--service-account-signing-key-file={self.signing_key}",
            "--service-cluster-ip-range=10.0.0.0/24", "--authorization-mode=RBAC", "--disable-admission-plugins=ServiceAccount", "--allow-privileged",
            "--endpoint-reconciler-type=none", f"--audit-policy-file={self.folder}/audit-policy", f"--audit-log-path={audit}")
        self.running[address] = process
        client, deadline = self.client(address), time.monotonic() + START_SECONDS
        while True:
            try:
                client.get("/readyz")
                return
            except (OSError, http.client.HTTPException, Refused) as error:
                if process.poll() is not None or time.monotonic() > deadline:
                    log = (self.folder / f"kube-apiserver-{port}.log").read_text()
                    raise RuntimeError(f"kube-apiserver does not start: {error}\n{log[-3000:]}") from error
                time.sleep(0.3)

    def client(self, address):
        context = ssl.create_default_context(cafile=self.certificates.authority)
        context.load_cert_chain(*self.administrator)
        return Api(f"https://{address}", context)

    def kill_api(self, address=None):
        process = self.running[address or self.address]
        process.kill()
        process.wait()

    def compact(self):
        """Forgets all but the newest version of everything."""
        etcd = Api(f"http://{self.etcd}")
        newest = etcd.ask("POST", "/v3/kv/range", {"key": "AA=="})["header"]["revision"]
        etcd.ask("POST", "/v3/kv/compaction", {"revision": newest, "physical": True})

    def requests(self, user):
        """What a user asked so far: {"verb":, "resource":, "uri":, "code":}, that which is under way included."""
        found = {}
        for audit in self.audits:
            for line in audit.read_text().splitlines() if audit.exists() else ():
                event = json.loads(line) if line.endswith("}") else {"user": {}}
                if event["user"].get("username") == user:
                    found[event["auditID"]] = {
                        "verb": event["verb"], "resource": event.get("objectRef", {}).get("resource"), "uri": event["requestURI"],
                        "code": event["responseStatus"]["code"]}
        return list(found.values())
