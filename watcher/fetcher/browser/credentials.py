"""What a browser can be given of a source's access, such that no other origin ever sees it.

Chromium itself keeps a login to its origin and a cookie to its host. It keeps no other header to anything: scripts and
redirects would carry it along, so a source that needs one is not rendered.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field

from storage.model import Reason
from watcher.fetcher.failure import FetchError
from watcher.fetcher.outcome import Manner


@dataclass(frozen=True, slots=True)
class Credentials:
    """A login by name and password, and cookies by name; both for the origin of the page alone."""

    login: tuple[str, str] | None = field(default=None, repr=False)
    cookies: tuple[tuple[str, str], ...] = field(default=(), repr=False)


def credentials(manner: Manner) -> Credentials:
    """What of a manner the browser gets. Raises FetchError (`browser`) for what it cannot keep to itself."""
    if manner.certificate is not None:
        raise _unfit("a client certificate")
    login, cookies = None, list[tuple[str, str]]()
    for name, value in manner.secrets:
        if name.lower() == "cookie":
            cookies += [_pair(one) for one in value.split(";") if one.strip()]
        elif name.lower() == "authorization" and value.lower().startswith("basic "):
            login = _login(value)
        else:
            raise _unfit("a secret header other than a cookie and a basic login")
    return Credentials(login, tuple(cookies))


def _pair(cookie: str) -> tuple[str, str]:
    name, _, value = cookie.partition("=")
    return name.strip(), value.strip()


def _login(value: str) -> tuple[str, str]:
    try:
        user, _, password = base64.b64decode(value[6:].strip(), validate=True).decode().partition(":")
    except ValueError:
        raise _unfit("a basic login that is none") from None
    return user, password


def _unfit(what: str) -> FetchError:
    return FetchError(
        Reason.BROWSER, f'{what} cannot be given to the browser; use fetcher = "http" for this source', transient=False
    )
