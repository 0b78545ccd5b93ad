"""Scapy as the oracle: what bytes does an expression build?

Usage: oracle.py < expressions > lines of hex (or of `error: ...`)

Scapy fills in addresses that are not given from the machine's interfaces and routes, and asks the network for them.
Here they are the constants that bpftest documents, so that the answer is the same everywhere.
"""

import logging
import sys

logging.disable(logging.CRITICAL)

from scapy.config import conf  # noqa: E402

conf.verb = 0

import scapy.all as scapy_all  # noqa: E402
from scapy import fields  # noqa: E402
from scapy.layers import inet, inet6, l2  # noqa: E402
from scapy.layers.vxlan import VXLAN  # noqa: E402,F401


def constant(cls, base, value, arp=None):
    """Makes a field that looks its default up somewhere have a constant one, in ARP another one if given."""

    def default(pkt):
        return arp if arp and isinstance(pkt, l2.ARP) else value

    def i2h(self, pkt, x):
        return base.i2h(self, pkt, default(pkt) if x is None else x)

    def i2m(self, pkt, x):
        return base.i2m(self, pkt, default(pkt) if x is None else x)

    cls.i2h = i2h
    cls.i2m = i2m


constant(l2.DestMACField, fields.MACField, "ff:ff:ff:ff:ff:ff")
constant(l2.SourceMACField, fields.MACField, "00:00:00:00:00:00")
constant(fields.SourceIPField, fields.IPField, "127.0.0.1", arp="0.0.0.0")
constant(inet.DestIPField, fields.IPField, "127.0.0.1")
constant(fields.SourceIP6Field, fields.IP6Field, "::1")
constant(inet6.DestIP6Field, fields.IP6Field, "::1")

from scapy.main import load_contrib, load_layer  # noqa: E402

for contrib in ["mpls", "geneve", "erspan", "wireguard", "gtp"]:
    load_contrib(contrib)
for layer in ["quic", "igmp", "ntp", "sctp", "ipsec", "dns", "dhcp", "ppp", "tls"]:
    load_layer(layer)

NAMES = {name: getattr(scapy_all, name) for name in dir(scapy_all)}
NAMES["VXLAN"] = VXLAN
for module in ["scapy.layers.quic", "scapy.layers.igmp", "scapy.layers.ntp", "scapy.layers.ppp", "scapy.contrib.mpls",
               "scapy.contrib.geneve", "scapy.contrib.erspan", "scapy.contrib.wireguard", "scapy.contrib.gtp",
               "scapy.layers.sctp", "scapy.layers.inet6", "scapy.layers.dns", "scapy.layers.tls.record", "scapy.layers.tls.handshake",
               "scapy.layers.tls.extensions"]:
    NAMES.update(vars(sys.modules[module]))


def build(expression):
    """The bytes of an expression, or an exception."""
    packet = eval(expression, dict(NAMES))  # written by ourselves, in this folder
    if isinstance(packet, str):
        packet = NAMES["Raw"](packet)
    return bytes(packet)


def main():
    for line in sys.stdin:
        try:
            print(build(line.rstrip("\n")).hex(), flush=True)
        except Exception as problem:
            print("error: %s: %s" % (type(problem).__name__, str(problem).replace("\n", " ")), flush=True)


if __name__ == "__main__":
    main()
