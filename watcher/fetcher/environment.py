"""Proxies and logins of the environment, where the configuration asks for them."""

from __future__ import annotations

import contextlib
import os
from netrc import NetrcParseError, netrc
from pathlib import Path

from requests.utils import get_environ_proxies, select_proxy


def proxy_of(url: str) -> str | None:
    """The proxy for an address by `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`; None for none."""
    return select_proxy(url, get_environ_proxies(url))


def login_of(host: str) -> tuple[str, str] | None:
    """Name and password for a host in `$NETRC`, `~/.netrc` or `~/_netrc`; None for none.

    The entry `default` counts for nothing, though curl and requests take it: it would go to every vendor.
    """
    named = os.environ.get("NETRC")
    for path in [Path(named)] if named else [Path("~/.netrc"), Path("~/_netrc")]:
        with contextlib.suppress(OSError, NetrcParseError, ValueError, RuntimeError):
            entry = netrc(path.expanduser()).hosts.get(host)
            if entry is not None and host != "default":
                return entry[0], entry[2]
    return None
