"""Proxies and logins of the environment, where the configuration asks for them: as curl and requests read them."""

from __future__ import annotations

from requests.utils import get_environ_proxies, get_netrc_auth, select_proxy


def proxy_of(url: str) -> str | None:
    """The proxy for an address by `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`; None for none."""
    return select_proxy(url, get_environ_proxies(url))


def login_of(url: str) -> tuple[str, str] | None:
    """Name and password for the host of an address in `$NETRC`, `~/.netrc` or `~/_netrc`; None for none."""
    return get_netrc_auth(url)
