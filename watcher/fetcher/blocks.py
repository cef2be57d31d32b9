"""Addresses that no page on the public Internet has: a table of our own, and what hides behind an IPv6 address.

`ipaddress.is_global` takes multicast, NAT64, 6to4 and site-local addresses for public ones (Python 3.11), so the table
is our own. Pure, and cheap to import.

Sources: IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 and its successors), IANA IPv4 Multicast
Address Space, IANA Internet Protocol Version 6 Address Space (only 2000::/3 is given out). Every block of the
registries is refused, also those that packets can reach from elsewhere (AS112, AMT, port control): no page lives there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

_V4 = {
    "0.0.0.0/8": "this network",
    "10.0.0.0/8": "private use",
    "100.64.0.0/10": "shared address space of a provider",
    "127.0.0.0/8": "this machine",
    "168.63.129.16/32": "the platform of a cloud",  # Azure: learn.microsoft.com, "What is IP address 168.63.129.16?"
    "169.254.0.0/16": "link-local, where clouds keep their keys",
    "172.16.0.0/12": "private use",
    "192.0.0.0/24": "IETF protocol assignments",
    "192.0.2.0/24": "documentation",
    "192.31.196.0/24": "AS112",
    "192.52.193.0/24": "AMT",
    "192.88.99.0/24": "6to4 relays",
    "192.168.0.0/16": "private use",
    "192.175.48.0/24": "AS112",
    "198.18.0.0/15": "benchmarking",
    "198.51.100.0/24": "documentation",
    "203.0.113.0/24": "documentation",
    "224.0.0.0/4": "multicast",
    "240.0.0.0/4": "reserved, and broadcast",
}
_V6 = {
    "::/128": "the unspecified address",
    "::1/128": "this machine",
    "::/96": "IPv4-compatible, given up",
    "64:ff9b:1::/48": "local translation to IPv4",
    "100::/64": "discard only",
    "100:0:0:1::/64": "a dummy prefix",
    "2001::/32": "Teredo",
    "2001::/23": "IETF protocol assignments",
    "2001:db8::/32": "documentation",
    "2002::/16": "6to4",
    "2620:4f:8000::/48": "AS112",
    "3fff::/20": "documentation",
    "5f00::/16": "segment routing",
    "fc00::/7": "unique local, private use",
    "fe80::/10": "link-local",
    "fec0::/10": "site-local",
    "ff00::/8": "multicast",
}
_BLOCKS = tuple((ip_network(block), name) for block, name in (_V4 | _V6).items())
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052; reaches public IPv4 addresses where a network has no IPv4 of its own
_LOCAL_NAT64 = IPv6Network("64:ff9b:1::/48")  # RFC 8215
_COMPATIBLE = IPv6Network("::/96")  # RFC 4291, 2.5.5.1
_ISATAP = frozenset({0x0000_5EFE, 0x0200_5EFE})  # RFC 5214, 6.1: the upper half of the interface identifier
_LOW = 0xFFFF_FFFF

_Ip = IPv4Address | IPv6Address


class Networks:
    """The public Internet, and the networks that are open besides. Holds nothing else; safe for all threads."""

    def __init__(self, networks: Iterable[str] = ()) -> None:
        """Take the networks that are open, as `10.0.0.0/8`. Raises ValueError."""
        self._open = tuple(_plain(ip_network(network)) for network in networks)

    def refuse(self, address: str) -> str | None:
        """Why an address is not contacted, in words for a person; None when it may be.

        `address` is numeric, as `getpeername` gives it, with or without a zone. An IPv6 address that stands for an IPv4
        address is judged by that one too. What is no address is refused.
        """
        try:
            ip = ip_address(address.partition("%")[0])
        except ValueError:
            return "no numeric address"
        mapped = ip.ipv4_mapped if isinstance(ip, IPv6Address) else None
        ip = mapped or ip
        for inner in _inside(ip):
            if (why := self._special(inner)) is not None:
                return f"it stands for {inner} ({why})"
        return self._special(ip)

    def opened(self, address: str) -> bool:
        """True for a numeric address that lies in one of the networks that were opened."""
        ip = ip_address(address.partition("%")[0])
        return self._is_open(ip.ipv4_mapped or ip if isinstance(ip, IPv6Address) else ip)

    def _is_open(self, ip: _Ip) -> bool:
        return any(ip in network for network in self._open if network.version == ip.version)

    def _special(self, ip: _Ip) -> str | None:
        """What an address is set aside for, unless its network is open; what it may stand for is not looked at."""
        if self._is_open(ip):
            return None
        for block, name in _BLOCKS:
            if ip.version == block.version and ip in block:
                return f"{block} is {name}"
        if isinstance(ip, IPv6Address) and ip not in _GLOBAL_UNICAST and ip not in _NAT64:
            return "it is in no block that is given out"
        return None


def _plain(network: IPv4Network | IPv6Network) -> IPv4Network | IPv6Network:
    """A network of IPv4-mapped addresses as the IPv4 network that it is."""
    if isinstance(network, IPv6Network) and network.prefixlen >= 96:
        mapped = network.network_address.ipv4_mapped
        if mapped is not None:
            return IPv4Network((mapped, network.prefixlen - 96))
    return network


def _inside(ip: _Ip) -> Iterator[IPv4Address]:
    """The IPv4 addresses that packets to an IPv6 address may be handed on to."""
    if isinstance(ip, IPv4Address):
        return
    bits = int(ip)
    if ip in _NAT64 or (ip in _COMPATIBLE and bits > 1) or bits >> 32 & _LOW in _ISATAP:
        yield IPv4Address(bits & _LOW)
    if ip in _LOCAL_NAT64:
        yield _local_nat64(bits)
    if ip.sixtofour is not None:
        yield ip.sixtofour
    if ip.teredo is not None:
        yield from ip.teredo


def _local_nat64(bits: int) -> IPv4Address:
    """The IPv4 address in one of 64:ff9b:1::/48: at the end, or around the empty byte of RFC 6052, 2.2."""
    low = bits & (1 << 40) - 1  # empty where the whole /48 is the prefix
    if low:
        return IPv4Address(bits & _LOW)
    return IPv4Address((bits >> 64 & 0xFFFF) << 16 | bits >> 40 & 0xFFFF)
