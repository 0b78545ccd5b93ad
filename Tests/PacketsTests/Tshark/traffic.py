"""Makes traffic over a veth pair and captures it: what the kernel sends for sockets, then frames of the caller's.

Usage: unshare --net --pid --fork --kill-child python3 traffic.py CAPTURE < lines of hexadecimal digits

It needs root, ip (iproute2) and dumpcap (wireshark-common). Both ends of the pair are in namespaces of their own, which are
gone with the process: nothing of the machine's network is touched.
"""

import ctypes
import fcntl
import os
import signal
import socket
import ssl
import struct
import subprocess
import sys
import time

CLONE_NEWNET = 0x40000000  # sched.h
SIOCETHTOOL = 0x8946  # linux/sockios.h
# linux/ethtool.h: transmit checksums, segmentation: switched off, so that what is captured is what a wire would carry.
ETHTOOL_OFF = {"ETHTOOL_STXCSUM": 0x17, "ETHTOOL_STSO": 0x1F, "ETHTOOL_SGSO": 0x24}
libc = ctypes.CDLL(None, use_errno=True)
MARK = b"the end of the traffic"


def setns(descriptor):
    if libc.setns(descriptor, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def ip(*words):
    subprocess.run(["ip", *words], check=True)


def offloads_off(name):
    with socket.socket() as s:
        for command in ETHTOOL_OFF.values():
            value = ctypes.create_string_buffer(struct.pack("II", command, 0))
            request = struct.pack("16sP", name.encode(), ctypes.addressof(value))
            try:
                fcntl.ioctl(s, SIOCETHTOOL, request)
            except OSError:
                pass  # A kernel without the feature has nothing to switch off.


def configure(name, number):
    offloads_off(name)
    ip("link", "set", "lo", "up")
    ip("link", "set", name, "address", "02:00:00:00:00:0%d" % number)
    # Without these a kernel sends reports and solicitations whenever it likes.
    ip("link", "set", name, "up", "mtu", "1500")
    ip("address", "add", "10.9.0.%d/24" % number, "dev", name)
    ip("address", "add", "fd00:9::%d/64" % number, "dev", name)


class Pair:
    """Two network namespaces with a veth pair between: `left` is where it is captured."""

    def __init__(self):
        self.left = os.open("/proc/self/ns/net", os.O_RDONLY)
        if libc.unshare(CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "unshare")
        self.right = os.open("/proc/self/ns/net", os.O_RDONLY)
        setns(self.left)
        ip("link", "add", "left", "type", "veth", "peer", "name", "right", "netns", "/proc/%s/fd/%d" % (os.readlink("/proc/self"), self.right))

    def socket(self, side, family, kind, protocol=0, bind=None):
        """A socket stays in the namespace that it was made in."""
        setns(self.left if side == "left" else self.right)
        try:
            s = socket.socket(family, kind, protocol)
            s.settimeout(5)
            if bind:
                s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                s.bind(bind)
            return s
        finally:
            setns(self.left)

    def configure(self):
        configure("left", 1)
        setns(self.right)
        try:
            configure("right", 2)
        finally:
            setns(self.left)


def checksum(data):
    words = struct.unpack("!%dH" % (len(data) // 2), data)
    total = sum(words)
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def ping(pair):
    s = pair.socket("left", socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    for sequence in (1, 2):
        head = struct.pack("!BBHHH", 8, 0, 0, 0x4242, sequence)
        body = b"ping payload " + bytes(range(19))
        s.sendto(struct.pack("!BBHHH", 8, 0, checksum(head + body), 0x4242, sequence) + body, ("10.9.0.2", 0))
        s.recv(2000)
    s = pair.socket("left", socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
    s.sendto(struct.pack("!BBHHH", 128, 0, 0, 0x6666, 9) + b"six", ("fd00:9::2", 0))
    while s.recv(2000)[0] != 129:
        pass


def tcp(pair, family, address, port, request, answer):
    server = pair.socket("right", family, socket.SOCK_STREAM, bind=(address, port))
    server.listen()
    client = pair.socket("left", family, socket.SOCK_STREAM)
    client.connect((address, port))
    peer = server.accept()[0]
    peer.settimeout(5)
    client.sendall(request)
    peer.recv(len(request) + 1)
    if answer:
        peer.sendall(answer)
        client.recv(4000)
    client.close()
    peer.recv(1)
    peer.close()
    server.close()


def client_hello():
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = ssl.create_default_context()
    context.set_alpn_protocols(["h2", "http/1.1"])
    try:
        context.wrap_bio(incoming, outgoing, server_hostname="bpf.example.org").do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()


def name(text):
    return b"".join(bytes([len(part)]) + part.encode() for part in text.split(".")) + b"\0"


def dns(pair, family, address, kind, data):
    server = pair.socket("right", family, socket.SOCK_DGRAM, bind=(address, 53))
    client = pair.socket("left", family, socket.SOCK_DGRAM)
    question = name("www.example.org") + struct.pack("!HH", kind, 1)
    client.sendto(struct.pack("!6H", 0x1234, 0x0100, 1, 0, 0, 0) + question, (address, 53))
    peer = server.recvfrom(1000)[1]
    record = b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 300, len(data)) + data
    server.sendto(struct.pack("!6H", 0x1234, 0x8180, 1, 1, 0, 0) + question + record, peer)
    client.recv(1000)


def datagrams(pair):
    for family, address in ((socket.AF_INET, "10.9.0.2"), (socket.AF_INET6, "fd00:9::2")):
        server = pair.socket("right", family, socket.SOCK_DGRAM, bind=(address, 7777))
        client = pair.socket("left", family, socket.SOCK_DGRAM)
        # Larger than the link: it goes in fragments.
        client.sendto(b"fragment" * 400, (address, 7777))
        server.recv(9000)
        client.sendto(b"nobody is there", (address, 9))
        time.sleep(0.05)


def groups(pair):
    s = pair.socket("left", socket.AF_INET, socket.SOCK_DGRAM)
    s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton("239.1.2.3") + socket.inet_aton("10.9.0.1"))
    six = pair.socket("left", socket.AF_INET6, socket.SOCK_DGRAM)
    index = socket.if_nametoindex("left")
    six.setsockopt(
        socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, socket.inet_pton(socket.AF_INET6, "ff05::7") + struct.pack("I", index))
    time.sleep(0.3)
    return s, six


def main():
    path = sys.argv[1]
    # Whoever started this may have blocked signals, and dumpcap ends by one.
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    frames = [bytes.fromhex(line) for line in sys.stdin]
    pair = Pair()
    ip("link", "set", "left", "up")
    dumpcap = subprocess.Popen(["dumpcap", "-q", "-i", "left", "-w", path], stderr=subprocess.PIPE, text=True)
    for line in dumpcap.stderr:
        if line.startswith("File:"):
            break
    pair.configure()
    # Duplicate address detection takes a second or two; until then an address can't be used.
    deadline = time.monotonic() + 20
    while True:
        try:
            pair.socket("right", socket.AF_INET6, socket.SOCK_DGRAM, bind=("fd00:9::2", 5)).close()
            pair.socket("left", socket.AF_INET6, socket.SOCK_DGRAM, bind=("fd00:9::1", 5)).close()
            break
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
    ping(pair)
    request = b"GET /index.html HTTP/1.1\r\nHost: www.example.org\r\nUser-Agent: traffic\r\n\r\n"
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
    tcp(pair, socket.AF_INET, "10.9.0.2", 80, request, answer)
    tcp(pair, socket.AF_INET6, "fd00:9::2", 80, request, answer)
    tcp(pair, socket.AF_INET, "10.9.0.2", 443, client_hello(), b"")
    dns(pair, socket.AF_INET, "10.9.0.2", 1, socket.inet_aton("192.0.2.1"))
    dns(pair, socket.AF_INET6, "fd00:9::2", 28, socket.inet_pton(socket.AF_INET6, "2001:db8::1"))
    datagrams(pair)
    kept = groups(pair)
    raw = pair.socket("left", socket.AF_PACKET, socket.SOCK_RAW)
    raw.bind(("left", 0))
    for frame in frames:
        raw.send(frame)
        # Sent as fast as one can, some would be missing.
        time.sleep(0.002)
    client = pair.socket("left", socket.AF_INET, socket.SOCK_DGRAM)
    client.sendto(MARK, ("10.9.0.2", 7))
    deadline = time.monotonic() + 20
    while MARK not in open(path, "rb").read():
        if time.monotonic() > deadline:
            sys.exit("the capture has not come to its end")
        time.sleep(0.05)
    dumpcap.terminate()
    dumpcap.wait(timeout=10)
    del kept


if __name__ == "__main__":
    main()
