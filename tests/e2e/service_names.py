"""What a cluster does with the name of a Service, for the node in the virtual machine: a DNS server on
this machine, and in the guest the address translation that kube-proxy would set up."""

import socket
import struct
import threading

import node_vm

DNS_ADDRESS = "10.96.0.10"
DOMAIN = "svc.cluster.local"
TYPE_A = 1


def _question(packet):
    """(name in small letters, type, end of the question) of a query."""
    labels, at = [], 12
    while packet[at]:
        labels.append(packet[at + 1 : at + 1 + packet[at]].decode("ascii", "replace"))
        at += 1 + packet[at]
    return ".".join(labels).lower(), struct.unpack_from("!H", packet, at + 1)[0], at + 5


def _answer(packet, addresses):
    """The answer to a query; addresses: name -> list of addresses. Other names do not exist."""
    name, kind, end = _question(packet)
    known = name in addresses
    found = addresses[name] if known and kind == TYPE_A else []
    header = packet[:2] + struct.pack(
        "!HHHHH", 0x8580 if known else 0x8583, 1, len(found), 0, 0
    )
    records = b"".join(
        struct.pack("!HHHIH", 0xC00C, TYPE_A, 1, 5, 4) + socket.inet_aton(address)
        for address in found
    )
    return header + packet[12:end] + records


class ServiceNames:
    """Answers the guest's questions for names until it is closed."""

    def __init__(self, node):
        self._node = node
        self._addresses = {}
        self.asked = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()
        self._translate(DNS_ADDRESS, "udp", 53, self._socket.getsockname()[1])

    def _serve(self):
        while True:
            try:
                packet, client = self._socket.recvfrom(4096)
                self.asked.append(_question(packet)[0])
                self._socket.sendto(_answer(packet, self._addresses), client)
            except (IndexError, struct.error):
                continue
            except OSError:
                return

    def _translate(self, address, protocol, port, here):
        """Leads the address and port to a port of this machine."""
        self._node.run(
            f"iptables -t nat -A OUTPUT -d {address} -p {protocol} --dport {port} "
            f"-j DNAT --to-destination {node_vm.HOST}:{here}"
        )

    def add_address(self, address, port, here):
        self._translate(address, "tcp", port, here)

    def name(self, service, namespace, addresses):
        """From now on the Service's name has these addresses."""
        self._addresses[f"{service}.{namespace}.{DOMAIN}"] = list(addresses)

    def pod_dns(self, namespace):
        """The kubelet's configuration for a pod of dnsPolicy ClusterFirst or ClusterFirstWithHostNet."""
        return {
            "servers": [DNS_ADDRESS],
            "searches": [f"{namespace}.{DOMAIN}", DOMAIN, DOMAIN.partition(".")[2]],
            "options": ["ndots:5"],
        }

    def close(self):
        self._socket.close()
