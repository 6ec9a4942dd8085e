"""A TCP proxy that goes wrong on demand: what may happen between a collector and its server."""

import socket
import struct
import threading
import time

CHUNK = 16384


class Proxy:
    """Listens on a loopback port and forwards to `target` ("127.0.0.1:50051"). Faults apply to connections old and new
    from the moment they are set; `heal` ends all of them."""

    def __init__(self, target):
        self._target = target
        self._lock = threading.Lock()
        self._sockets = set()
        self._forgotten = set()
        self._closed = False
        self.heal()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def heal(self):
        self.dropping = False  # nothing passes, nobody is told
        self.losing_answers = False  # what the server says is dropped
        self.delay_seconds = 0.0  # of every piece, each way
        self.bytes_per_second = None  # each way
        self.reset_after_bytes = None  # a connection is reset after so many bytes from the client
        self.duplicating = False  # new connections reach the server twice; what it says to the second is dropped

    def reset_all(self):
        """All connections end with RST."""
        for one in self._take():
            reset(one)

    def lose_server(self):
        """The server's ends are closed; the clients' stay open and silent until they are written to after `heal`, as when a
        machine loses its power and comes back."""
        with self._lock:
            servers = [one[1] for one in self._sockets if one[1] is not None]
        self.dropping = True
        for server in servers:
            reset(server)

    def forget(self):
        """Nothing ever passes on the connections that are open now, nor is anybody told, as when a firewall has forgotten
        them. New ones are not affected; `heal` brings none back."""
        with self._lock:
            self._forgotten |= {one for pair in self._sockets for one in pair}

    def close(self):
        self._closed = True
        self._listener.close()
        for one in self._take():
            one.close()

    def _take(self):
        with self._lock:
            pairs, self._sockets = self._sockets, set()
        return [one for pair in pairs for one in pair if one is not None]

    def _accept(self):
        while True:
            try:
                client = self._listener.accept()[0]
            except OSError:
                return
            try:
                server = None if self.dropping else self._connect()
                again = self._connect() if server and self.duplicating else None
            except OSError:
                reset(client)
                continue
            with self._lock:
                self._sockets.add((client, server, again))
            if server is None:
                continue  # the client waits for ever
            self._start(client, server, True, again)
            self._start(server, client, False)
            if again is not None:
                threading.Thread(target=swallow, args=(again,), daemon=True).start()

    def _connect(self):
        host, port = self._target.rsplit(":", 1)
        server = socket.create_connection((host, int(port)), timeout=5)
        server.settimeout(None)
        return server

    def _start(self, *arguments):
        threading.Thread(target=self._pump, args=arguments, daemon=True).start()

    def _pump(self, source, sink, upward, again=None):
        passed = 0
        try:
            while data := source.recv(CHUNK if self.bytes_per_second is None else 512):
                if self.delay_seconds:
                    time.sleep(self.delay_seconds)
                if self.bytes_per_second:
                    time.sleep(len(data) / self.bytes_per_second)
                if self.dropping or source in self._forgotten or (self.losing_answers and not upward):
                    continue
                passed += len(data)
                if upward and self.reset_after_bytes is not None and passed > self.reset_after_bytes:
                    reset(source)
                    reset(sink)
                    return
                sink.sendall(data)
                if again is not None:
                    again.sendall(data)
        except OSError:
            pass
        if not self.dropping:  # else the end is lost as well
            for one in (source, sink, again):
                if one is not None:
                    one.close()


def swallow(one):
    try:
        while one.recv(CHUNK):
            pass
    except OSError:
        pass


def reset(one):
    try:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        one.shutdown(socket.SHUT_RD)  # wakes who reads
    except OSError:
        pass
    one.close()
