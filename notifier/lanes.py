"""One way out and the messages that share it: sends them in order, and stops trying when the way is blocked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Protocol, TextIO

from notifier.attached import attachments
from notifier.channels import ChatChannel, Terminal
from notifier.envelope import CONSOLE, MAIL, Envelope
from notifier.language import words_of
from notifier.mail import Mailer, MailSettings, Thread, compose
from notifier.manner import Manner
from notifier.refusal import WayBlocked
from notifier.render import Message, render
from storage.errors import DeliveryError
from storage.model import OPERATOR, Subscriber

TURN = timedelta(minutes=10)  # how long a lane may go on before it gives the rest back; less than the lease


@dataclass(frozen=True, slots=True)
class Lane:
    """Messages that share a way, and what is needed to open it. `addresses` are expanded and never leave here."""

    name: str
    envelopes: tuple[Envelope, ...]
    addresses: dict[str, str]
    mail: MailSettings | None
    console: TextIO
    instance: str
    zone: tzinfo
    subscribers: Mapping[str, Subscriber] = field(default_factory=dict)
    archive: str = ""
    operator: str = "en"

    def manner(self, envelope: Envelope) -> Manner:
        """How the reader of a message wants it; the operator's language is `operator`."""
        name = envelope.parcels[0].delivery.subscriber
        person = self.subscribers.get(name)
        if person is None:
            return Manner(lang=self.operator if name == OPERATOR else "en", archive=self.archive)
        return Manner(person.lang, person.subject, person.intro, person.outro, self.archive)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one message. `tried` is False where the way was blocked by `blocker`, or the turn was over."""

    envelope: Envelope
    error: DeliveryError | None = None
    tried: bool = True
    blocker: str = ""


class _Way(Protocol):
    def send(self, envelope: Envelope, message: Message, moment: datetime) -> None:
        """Raises DeliveryError."""
        ...


def serve(
    lane: Lane, now: Callable[[], datetime], report: Callable[[Outcome], None], ready: Callable[[], bool]
) -> None:
    """Send every message of a lane and report each outcome as it comes.

    After a WayBlocked the rest of the lane is reported untried, after another passing refusal the rest for the same
    target. Before a message leaves it waits for `ready`, which says whether to go on; where it does not the rest is not
    reported and stays leased.
    """
    blocked: dict[str, DeliveryError] = {}
    started = now()
    with ExitStack() as opened:
        way: _Way | None = None
        for envelope in lane.envelopes:
            blocker = next((name for name in (lane.name, envelope.target) if name in blocked), None)
            if blocker is not None:
                report(Outcome(envelope, blocked[blocker], tried=False, blocker=blocker))
                continue
            moment = now()
            if moment - started > TURN:
                report(Outcome(envelope, tried=False))
                continue
            try:
                way = way or _open(lane, opened)
                message = render([*envelope.parcels], lane.instance, lane.manner(envelope))
                if not ready():
                    return
                way.send(envelope, message, moment)
            except DeliveryError as error:
                report(Outcome(envelope, error))
                if isinstance(error, WayBlocked):
                    blocked[lane.name] = error
                elif not error.permanent:
                    blocked[envelope.target] = error
            except Exception as error:  # noqa: BLE001 - one message that cannot be made must not hold up the others
                report(Outcome(envelope, DeliveryError(f"internal error: {type(error).__name__}")))
            else:
                report(Outcome(envelope))


def _open(lane: Lane, opened: ExitStack) -> _Way:
    if lane.name == MAIL:
        if lane.mail is None:
            raise WayBlocked("there is no [mail] in the configuration")
        try:
            mailer = Mailer(lane.mail)
        except DeliveryError as error:  # ours to mend: no subscriber shall lose an alert for it
            raise WayBlocked(str(error)) from error
        return _Mail(opened.enter_context(mailer), lane.mail, lane)
    if lane.name == CONSOLE:
        return _Console(Terminal(lane.console))
    return _Chat(opened.enter_context(ChatChannel(lane.addresses[lane.name])))


@dataclass(frozen=True, slots=True)
class _Mail:
    mailer: Mailer
    settings: MailSettings
    lane: Lane

    def send(self, envelope: Envelope, message: Message, moment: datetime) -> None:
        recipient = self.lane.addresses[envelope.target].partition(":")[2]
        sources = tuple(dict.fromkeys(parcel.source.id for parcel in envelope.parcels if parcel.source))
        name = envelope.parcels[0].delivery.subscriber
        place = Thread(envelope.key, envelope.thread, sources, name)
        person = self.lane.subscribers.get(name)
        attached = attachments(envelope.parcels, person.attach, words_of(person.lang)) if person else ()
        mail = compose(message, self.settings, recipient, place, moment.astimezone(self.lane.zone), attached=attached)
        self.mailer.send(mail)


@dataclass(frozen=True, slots=True)
class _Console:
    terminal: Terminal

    def send(self, envelope: Envelope, message: Message, moment: datetime) -> None:  # noqa: ARG002 - the protocol's
        self.terminal.send(message)


@dataclass(frozen=True, slots=True)
class _Chat:
    channel: ChatChannel

    def send(self, envelope: Envelope, message: Message, moment: datetime) -> None:  # noqa: ARG002 - the protocol's
        self.channel.send(message, envelope.key)
