"""Which addresses may be contacted: those of the public Internet, and the networks that the configuration opens.

Whoever writes a page may redirect to `http://169.254.169.254/` and whoever runs a name server may answer with
127.0.0.1, so a name says nothing: what counts is the address that a connection goes to.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable, Sequence

from storage.model import Reason
from watcher.fetcher.blocks import Networks
from watcher.fetcher.failure import FetchError
from watcher.fetcher.lookup import Address, look_up


class Guard:
    """Tells which addresses may be contacted. Holds no state but the networks that are open; safe for all threads."""

    def __init__(self, networks: Iterable[str] = (), *, proxy_resolves: bool = False) -> None:
        """Take the networks that are open besides the public Internet, as `10.0.0.0/8`. Raises ValueError.

        `proxy_resolves`: names that are not known here may be known to a proxy.
        """
        self._networks = Networks(networks)
        self._proxy_resolves = proxy_resolves

    def refuse(self, address: str) -> str | None:
        """Why a numeric address is not contacted, in words for a person; None when it may be."""
        return self._networks.refuse(address)

    def admit(self, host: str, addresses: Sequence[Address]) -> list[Address]:
        """The addresses of a host that may be contacted, in their order.

        A name that leads to public and private addresses at once is a trick and refused as a whole. Only where one of
        its addresses lies in an open network the others are left out in silence: `localhost` has two. Raises FetchError
        (`blocked-address`).
        """
        judged = [(address, self._why_not(address)) for address in addresses]
        free = [address for address, why in judged if why is None]
        refused = next(((address, why) for address, why in judged if why is not None), None)
        if refused is not None and not any(self._networks.opened(str(address[3][0])) for address in free):
            raise blocked(host, str(refused[0][3][0]), refused[1] or "")
        return free

    def _why_not(self, address: Address) -> str | None:
        place = str(address[3][0])
        if (why := self.refuse(place)) is not None or self._networks.opened(place):
            return why
        return "it is an address of this machine" if _is_here(address) else None

    def check(self, host: str, place: tuple[object, ...]) -> None:
        """Raise FetchError (`blocked-address`) unless this one address of a host may be contacted."""
        if (why := self.refuse(str(place[0]))) is not None:
            raise blocked(host, str(place[0]), why)

    def resolve(self, host: str, port: int, seconds: float = 10.0) -> tuple[str, ...]:
        """The numeric addresses of a host that may be contacted, for one who connects by himself.

        Connect to one of these and to nothing else: a second lookup may have another answer. Raises FetchError
        (`blocked-address`, `dns`).
        """
        try:
            found = look_up(host.strip("[]"), port, seconds)
        except socket.gaierror as error:
            raise FetchError(Reason.DNS, f"the name of the host is not known ({error.strerror})") from error
        return tuple(dict.fromkeys(str(address[3][0]) for address in self.admit(host, found)))

    def judge(self, host: str, port: int, seconds: float) -> None:
        """Judge a host that a proxy will connect to, by what its name means here.

        Raises FetchError (`blocked-address`, `dns`).
        """
        try:
            self.resolve(host, port, seconds)
        except FetchError as error:
            if error.reason is not Reason.DNS or not self._proxy_resolves:
                raise


def _is_here(address: Address) -> bool:
    """True for an address of this machine, by the way that the system would take; no packet is sent.

    A service that the firewall hides from the Internet can be reached from here, by the public address too.
    """
    family, _, _, place = address
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect(place)
            return bool(probe.getsockname()[0] == place[0])
    except OSError:
        return False


def blocked(host: str, address: str, why: str) -> FetchError:
    """The error for an address that may not be contacted, with the remedy."""
    shown = host[:100] if host.isascii() and host.isprintable() else f"{host[:100]!a}"
    where = shown if shown.strip("[]") == address else f"{shown} ({address})"
    return FetchError(
        Reason.BLOCKED_ADDRESS, f"{where} is not contacted: {why}; [fetch] allow_networks opens it if it must be"
    )
