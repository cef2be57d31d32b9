"""Hosts that programs read differently: judged by their spelling, before any lookup. Pure, and cheap to import."""

from __future__ import annotations

import re
import unicodedata
from ipaddress import IPv4Address, IPv6Address

_NUMBER = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*")
# Of ASCII, what no name holds: the URL Standard forbids most of it in a host, and resolvers differ about the rest.
_ODD = re.compile(r"[\x00-\x7f](?<![A-Za-z0-9._-])")
# UTS #46: these are full stops to a resolver of international names.
_DOTS = str.maketrans("\u3002\uff0e\uff61", "...")


def odd_host(host: str) -> str:
    """What is odd about a host, as `urlsplit` gives it; empty for a name or a plainly written address."""
    if ":" in host and "%" not in host:
        return "" if _is_address(host, IPv6Address) else "its host is no address in brackets"
    if odd := _ODD.search(_plain(host)):
        return f"its host holds {odd[0]!a}"
    if odd_number(host):
        return "its host is a number and no plain address, as 192.0.2.1 is"
    if len(host) > 253 or not all(0 < len(label) <= 63 for label in host.removesuffix(".").split(".")):
        return "its host is no name that can be looked up"
    return ""


def odd_number(host: str) -> bool:
    """True for a host that is a number and no plain IPv4 address.

    `2130706433`, `0x7f000001`, `0177.0.0.1`, `127.1` and digits of other scripts all reach 127.0.0.1 on some system,
    and another address on the next: a host whose last part is a number must be four plain numbers, as in the URL
    Standard of WHATWG ("ends in a number").
    """
    last = _plain(host).rstrip(".").rpartition(".")[2]
    return _NUMBER.fullmatch(last) is not None and not _is_address(host, IPv4Address)


def _plain(host: str) -> str:
    """A host with its letters, digits and full stops as those of ASCII, where they mean the same to a resolver."""
    return unicodedata.normalize("NFKC", host).translate(_DOTS)


def _is_address(host: str, kind: type[IPv4Address | IPv6Address]) -> bool:
    try:
        kind(host)
    except ValueError:
        return False
    return True
