"""One source on its way through a run: what was had of it, and which host is asked next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from storage.model import Claim, Source
from watcher.fetcher import FetchFailure
from watcher.fetcher.origin import host_of
from watcher.fetcher.politeness import Held
from watcher.job import Candidate, Fetched


class Pending(Protocol):
    """A page on its way, whose next request goes to `host`."""

    @property
    def host(self) -> str:
        """The host to be asked next."""
        ...

    def go_on(self) -> Fetched | Pending | Held:
        """Send the next request."""
        ...


@dataclass(frozen=True, slots=True)
class Task:
    """One source being fetched: the first time, or once more to confirm a candidate.

    `answers` are those of its first addresses, in order; `page` is the next one on its way. `held` says why the rest
    was not asked for. `rendered`: its pages are to be rendered, whatever was remembered. `seconds` is what requests and
    judging have taken so far; waiting for the host's turn is no part of it.
    """

    source: Source
    claim: Claim
    candidate: Candidate | None = None
    answers: tuple[Fetched, ...] = ()
    page: Pending | None = None
    held: Held | None = None
    rendered: bool = False
    seconds: float = 0.0

    @property
    def host(self) -> str:
        """The host of the next request."""
        return self.page.host if self.page is not None else host_of(self.source.urls[len(self.answers)])

    @property
    def laden(self) -> bool:
        """Whether it holds pages."""
        return bool(self.answers)

    @property
    def over(self) -> bool:
        """Whether all addresses have answered, or no more are to be asked."""
        return (
            self.held is not None
            or len(self.answers) == len(self.source.urls)
            or any(isinstance(answer, FetchFailure) for answer in self.answers[-1:])
        )
