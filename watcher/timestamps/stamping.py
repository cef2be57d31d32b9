"""When the chain is stamped, by whom, and what becomes of the answer. A stamp that fails stops nothing."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from storage.errors import ClausewatchError
from storage.model import Stamp
from storage.protocol import Store
from watcher.fetcher.login import basic
from watcher.fetcher.outcome import FetchFailure, FetchSettings
from watcher.fetcher.post import Poster, bare
from watcher.timestamps.authority import Authority
from watcher.timestamps.standing import certificates, standing
from watcher.timestamps.token import MISSING, MOST_BYTES, check_token, installed, request_for

# Where runs follow one another all day, an authority that does not answer is left alone for so long.
PATIENCE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class _Login:
    """The login at the authority, as a header and as the texts that must be shown nowhere."""

    secrets: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    hidden: tuple[str, ...] = field(default=(), repr=False)


class Stamper:
    """Asks one authority for stamps of the chain. `close` cuts off what is under way, from any thread."""

    def __init__(self, authority: Authority | None, fetch: FetchSettings, login: str | None = None) -> None:
        """Take the authority, if there is one, the ways to it, and its login filled in (`user:password`)."""
        self._authority = authority
        self._poster = Poster(fetch)
        self._login = _login(login)

    def keep_up(self, store: Store, clock: Callable[[], datetime], patience: timedelta = timedelta(0)) -> Stamp | None:
        """Have the chain stamped if it is time; what came of it, None when there is nothing to do.

        It is time when there are records since the last stamp and that is as old as the authority's `every`; after an
        attempt that failed, at once, or when `patience` has passed. Never raises but for a closed stamper: what went
        wrong is in the stamp.
        """
        if self._authority is None:
            return None
        now = clock()
        where = standing(store)
        if not where.unstamped:
            return None
        if where.last is not None and timedelta(0) <= now - where.last.asked_at < self._authority.every:
            return None
        if where.failed is not None and timedelta(0) <= now - where.failed.asked_at < patience:
            return None
        return self.stamp(store, clock)

    def stamp(self, store: Store, clock: Callable[[], datetime]) -> Stamp | None:
        """Have the head of the chain stamped now; None in an empty store, and without an authority."""
        tip = store.tip()
        if tip is None or self._authority is None:
            return None
        name = bare(self._authority.url)
        try:
            made = self._asked(self._authority, Stamp(tip.seq, tip.link, name, clock()), clock)
        except (ValueError, ClausewatchError) as error:
            made = Stamp(tip.seq, tip.link, name, clock(), error=" ".join(str(error).split())[:500])
        try:
            store.add_stamp(made)
        except ClausewatchError as error:
            return Stamp(tip.seq, tip.link, name, clock(), error=str(error))
        return made

    def close(self) -> None:
        """Cut off what is under way. Idempotent."""
        self._poster.close()

    def _asked(self, authority: Authority, wanted: Stamp, clock: Callable[[], datetime]) -> Stamp:
        """The answer of the authority, checked. Raises ValueError, UsageError."""
        if not installed():
            raise ValueError(MISSING)
        trusted = certificates(authority.ca)
        nonce = secrets.randbits(63)
        answer = self._poster.post(
            authority.url,
            request_for(wanted.head, nonce, authority.policy),
            "application/timestamp-query",
            most=MOST_BYTES,
            secrets=self._login.secrets,
            hidden=self._login.hidden,
            now=clock,
        )
        if isinstance(answer, FetchFailure):
            raise ValueError(answer.detail)  # noqa: TRY004 - one of the ways in which an attempt fails
        token = check_token(answer, wanted.head, trusted=trusted, nonce=nonce, policy=authority.policy)
        return Stamp(wanted.seq, wanted.head, wanted.authority, wanted.asked_at, token.at, answer)


def _login(text: str | None) -> _Login:
    if text is None:
        return _Login()
    user, _, password = text.partition(":")
    header = basic(user, password)
    return _Login((("Authorization", header),), (password, header.partition(" ")[2]))
