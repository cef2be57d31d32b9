"""A mail server of the tests' own, a clock that they move, and stores with something to deliver."""

from __future__ import annotations

import asyncio
import email
import email.policy
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from notifier_samples import MOMENT, PREVIOUS, RETENTION, RIGHT, SOURCE, VERSION, comparison

from notifier.deliver import DeliverSettings
from notifier.mail import MailSettings
from notifier.route import route
from storage.model import (
    Block,
    BlockKind,
    Cause,
    CheckResult,
    DeliveryState,
    Document,
    NewVersion,
    Outcome,
    Source,
    Subscriber,
    Target,
    Version,
)
from storage.protocol import Store

SENDER = "clausewatch <alerts@example.org>"
ALICE, BOB = "mailto:alice@example.org", "mailto:bob@example.org"


@dataclass
class Office:
    """A mail server that keeps what it gets and refuses whom it is told to."""

    refuse: dict[str, str] = field(default_factory=dict)
    letters: list[EmailMessage] = field(default_factory=list)
    port: int = 0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        """Refuse those that are to be refused."""
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Keep a mail."""
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.letters.append(message)
        return "250 kept"

    @property
    def addressed(self) -> list[str]:
        """Who got mail, in order."""
        return [str(letter["To"]) for letter in self.letters]


class _Controller(Controller):
    """A controller that finds its own free port: aiosmtpd's own would try itself at port 0."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextmanager
def working(office: Office, port: int = 0, **options: Any) -> Iterator[Office]:
    """The office at work, on a free port or on this one."""
    controller = _Controller(office, hostname="127.0.0.1", port=port, **options)
    controller.start()
    office.port = controller.port
    try:
        yield office
    finally:
        controller.stop()


@dataclass
class Clock:
    """A clock that the test moves."""

    moment: datetime = MOMENT

    def __call__(self) -> datetime:
        """Now."""
        return self.moment


def document(words: str) -> Document:
    """A document of one paragraph."""
    block = Block(BlockKind.PARAGRAPH, words, (), f"k{words}")
    return Document("Privacy", "en", None, None, (block,), fingerprint=f"f-{words}", extraction="1")


def version(source: Source, number: int, cause: Cause) -> Version:
    """A version of a source as of the sample moment."""
    made = VERSION if cause is Cause.CHANGED else PREVIOUS
    words = f"{source.id}{number}"
    return replace(
        made, source_id=source.id, number=number, cause=cause, fingerprint=f"f-{words}", captures=(), blocks=1, words=1
    )


def fill(
    store: Store,
    subscribers: Sequence[Subscriber],
    sources: int = 1,
    now: datetime = MOMENT,
    *,
    first: int = 0,
    zone: tzinfo = UTC,
) -> None:
    """Commit a changed version of so many sources, numbered from `first`, with the alerts of these subscribers."""
    known = [replace(SOURCE, id=f"acme/p{i}", vendor=f"Acme {i}") for i in range(first, first + sources)]
    store.sync_sources(known, now)
    for number, cause in ((1, Cause.FIRST), (2, Cause.CHANGED)):
        ids = [each.id for each in known]
        taken = store.claim("test", now, timedelta(minutes=5), limit=sources, only=ids)
        claims = {claim.source_id: claim for claim in taken}
        results = []
        for source in known:
            made = version(source, number, cause)
            found = comparison(RETENTION, RIGHT) if cause is Cause.CHANGED else None
            alerts, deliveries = route(subscribers, source, made, found, now, zone=zone) if found else ((), ())
            results.append(
                CheckResult(
                    claim=claims[source.id],
                    outcome=Outcome.CHANGED if found else Outcome.FIRST,
                    checked_at=now,
                    next_due=now + timedelta(days=1),
                    seconds=0.1,
                    versions=(NewVersion(made, document(f"{source.id}{number}"), (), found, alerts, deliveries),),
                )
            )
        store.commit(results)


def subscriber(name: str, *targets: str, **more: Any) -> Subscriber:
    """A subscriber with these targets."""
    return Subscriber(name=name, targets=tuple(Target(target) for target in targets), **more)


def settings(office: Office | None, *targets: str, **expanded: str) -> DeliverSettings:
    """Settings in which each target stands for itself, or for what `expanded` says."""
    mail = (
        MailSettings(f"smtp+insecure://127.0.0.1:{office.port}", "clausewatch <alerts@example.org>") if office else None
    )
    return DeliverSettings(mail=mail, targets={**{target: target for target in targets}, **expanded})


def states(store: Store) -> dict[str, DeliveryState]:
    """The state of each target's delivery."""
    return {delivery.target: delivery.state for delivery in store.deliveries()}
