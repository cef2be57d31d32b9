"""What a request carries besides its address, by which way it goes, and who may see it.

A secret goes to the source's own origin and nowhere else: not to the target of a redirect, not from https down to http,
and it never stands in what the caller gets back.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TypeVar
from urllib.parse import quote, urlsplit

from storage.model import Capture, Hop
from watcher.fetcher.outcome import FetchFailure, Manner, NotModified

Answer = TypeVar("Answer")

_LEAST = 4  # characters of a secret that is looked for in what was received: shorter ones are in every text


@dataclass(frozen=True, slots=True)
class Way:
    """By which way a request goes. Requests of different ways never share a connection.

    `secrets` are headers for the origin that is asked; `proxy` and `certificate` are as in `Manner`.
    """

    proxy: str | None = field(default=None, repr=False)
    certificate: tuple[str, str | None] | None = None
    secrets: tuple[tuple[str, str], ...] = field(default=(), repr=False)


PLAIN_WAY = Way()


def way(manner: Manner, url: str, target: str, environment_proxy: str | None) -> Way:
    """The way of a request for `target`, to which the source's own address `url` has led."""
    proxy = environment_proxy if manner.proxy is None else manner.proxy or None
    if is_own(url, target):
        return Way(proxy, manner.certificate, manner.secrets)
    return Way(proxy) if proxy else PLAIN_WAY


def is_own(url: str, target: str) -> bool:
    """True for an address of the same origin (RFC 6454), and for one that only goes from http to https."""
    ours, other = urlsplit(url), urlsplit(target)
    if (ours.hostname or "").rstrip(".") != (other.hostname or "").rstrip("."):
        return False
    ports = {"http": 80, "https": 443}
    one, two = ours.port or ports.get(ours.scheme), other.port or ports.get(other.scheme)
    if ours.scheme == other.scheme:
        return one == two
    return (ours.scheme, other.scheme, one, two) == ("http", "https", 80, 443)


def hiding(answer: Answer, hidden: tuple[str, ...]) -> Answer:
    """An answer in whose headers, addresses and words none of the secrets stands. The page itself is left as it is."""
    forms = _forms(hidden)
    if not forms:
        return answer
    if isinstance(answer, FetchFailure):
        return replace(answer, detail=_hide(answer.detail, forms))
    if isinstance(answer, Capture):
        headers = tuple((name, _hide(value, forms)) for name, value in answer.headers)
        final = _hide(answer.final_url, forms)
        return replace(answer, headers=headers, final_url=final, hops=_hops(answer.hops, forms))
    if isinstance(answer, NotModified):
        return replace(answer, final_url=_hide(answer.final_url, forms), hops=_hops(answer.hops, forms))
    return answer


def _hops(hops: tuple[Hop, ...], forms: tuple[str, ...]) -> tuple[Hop, ...]:
    return tuple(replace(hop, url=_hide(hop.url, forms), location=_hide(hop.location, forms)) for hop in hops)


def _forms(hidden: tuple[str, ...]) -> tuple[str, ...]:
    """Each secret as it is and as it stands in an address, the longest first."""
    long = [secret for secret in hidden if len(secret) >= _LEAST]
    return tuple(sorted({form for secret in long for form in (secret, quote(secret, safe=""))}, key=len, reverse=True))


def _hide(text: str, forms: tuple[str, ...]) -> str:
    for form in forms:
        text = text.replace(form, "\N{HORIZONTAL ELLIPSIS}")
    return text
