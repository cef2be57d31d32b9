"""Logins as they are written in a header, and the login that stands in the address of a proxy."""

from __future__ import annotations

import base64
from urllib.parse import unquote, urlsplit


def basic(user: str, password: str) -> str:
    """The value of an `Authorization` by name and password, in UTF-8 (RFC 7617)."""
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"


def proxy_parts(proxy: str) -> tuple[str, str | None]:
    """A proxy's address without name and password, and these as a header. Raises ValueError."""
    try:
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        usual = {"http": 80, "https": 443}[parts.scheme]
        port = parts.port or usual
        host = parts.hostname or ""
    except (ValueError, KeyError):
        host = ""
    if not host:
        raise ValueError("the proxy has no address of the form http://host:port")
    bare = f"{parts.scheme}://{f'[{host}]' if ':' in host else host}:{port}"
    if parts.username is None:
        return bare, None
    return bare, basic(unquote(parts.username), unquote(parts.password or ""))
