"""What a mail carries along on request: the whole wording of its changes, and the last day to object."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from notifier.calendar import Event, write_calendar
from notifier.language import Words
from notifier.overview import undirected
from notifier.parties import view_objection
from notifier.phrases import ENGLISH
from notifier.sinks import plain, web_link
from notifier.views import language_of
from storage.model import Attachment, Change, Parcel, Post, Span

_LONGEST = 200_000  # characters of wording in one page: a mail has to stay below what servers take


@dataclass(frozen=True, slots=True)
class Attached:
    """A file of a mail: UTF-8 text of type text/`subtype`."""

    name: str
    subtype: str
    body: bytes


@dataclass(frozen=True, slots=True)
class _Document:
    """One document of the page: its changes as (summary, severity, spans), and how many more there are in words."""

    name: str
    place: str
    language: str | None
    changes: list[tuple[str, str, list[Span]]]
    left: str


def attachments(parcels: Sequence[Post], wanted: Sequence[Attachment], words: Words = ENGLISH) -> tuple[Attached, ...]:
    """What is wanted of these parcels, in the reader's language.

    No calendar where nothing has a deadline, nothing for notices.
    """
    alerts = [parcel for parcel in parcels if isinstance(parcel, Parcel)]
    found = []
    if Attachment.DIFF in wanted and alerts:
        found.append(Attached("changes.html", "html", _page(alerts, words).encode("utf-8", "replace")))
    dated = [parcel for parcel in alerts if parcel.deadline]
    if Attachment.CALENDAR in wanted and dated:
        found.append(Attached("deadline.ics", "calendar", write_calendar([_event(parcel, words) for parcel in dated])))
    return tuple(found)


def _page(parcels: Sequence[Parcel], words: Words) -> str:
    room, documents = _LONGEST, []
    for parcel in parcels:
        changes = []
        for change in parcel.changes:
            room -= len(change.before or "") + len(change.after or "")
            if room > 0:
                changes.append((undirected(plain(change.summary, 220)), change.severity.value, _spans(change)))
        left = len(parcel.changes) - len(changes)
        before = parcel.previous.number if parcel.previous else parcel.version.number - 1
        numbers = {"from": str(before), "to": str(parcel.version.number)}
        documents.append(
            _Document(
                name=_name(parcel, words),
                place=words.say("alert.version", source=plain(parcel.source.id), **numbers),
                language=language_of(parcel.comparison.language),
                changes=changes,
                left=words.count("more.unfit", left) if left else "",
            )
        )
    of = len({parcel.source.id for parcel in parcels})  # two versions of one document are one
    return _template().render(documents=documents, of=of, say=words.say, count=words.count, lang=words.code)


def _name(parcel: Parcel, words: Words) -> str:
    return f"{plain(parcel.source.vendor, 60)}: {words.say(f'document.{parcel.source.document}')}"


def _spans(change: Change) -> list[Span]:
    spans = change.spans or (Span("delete", change.before or ""), Span("insert", change.after or ""))
    return [Span(span.op, _line(span.text)) for span in spans if span.text]


def _line(text: str) -> str:
    """Harmless, with the blank at each end that parts it from its neighbours."""
    lead, trail = (" " if text[:1].isspace() else ""), (" " if text[-1:].isspace() else "")
    return f"{lead}{plain(text)}{trail}"


@cache
def _template() -> Template:
    loader = PackageLoader("notifier")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("changes.html.jinja")


def _event(parcel: Parcel, words: Words) -> Event:
    """The same event as that of the feed, by its name: a calendar that has both shows it once."""
    deadline, source = parcel.deadline, parcel.source
    assert deadline is not None
    document, view = words.say(f"document.{source.document}"), view_objection(parcel, words)
    quote = [view.granted] if view.granted else []
    return Event(
        name=f"objection:{source.id}:{parcel.version.number}",
        on=deadline.on,
        title=words.say("calendar.title", vendor=plain(source.vendor, 100), document=document),
        text="\n".join([*([view.head] if view.head else []), view.counted, *quote]),
        url=web_link(source.urls[0] if source.urls else None),
        made=parcel.version.first_seen,
        alarm=True,
    )
