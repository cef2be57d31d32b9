"""Whom an address belongs to: its origin, which a robots.txt speaks for, and its host, the unit of politeness."""

from __future__ import annotations

from urllib.parse import urlsplit

_PORTS = {"http": 80, "https": 443}


def origin_of(url: str) -> str:
    """Scheme, host and port of an address (RFC 6454): what a robots.txt is for. The usual port is left out."""
    parts = urlsplit(url)
    host = host_of(url)
    shown = f"[{host}]" if ":" in host else host
    usual = parts.port is None or parts.port == _PORTS.get(parts.scheme)
    return f"{parts.scheme}://{shown}" + ("" if usual else f":{parts.port}")


def host_of(url: str) -> str:
    """The host of an address, lower case and without the dot of the root: the unit of politeness."""
    return (urlsplit(url).hostname or "").rstrip(".")
