"""What a mail carries along on request: the whole wording of its changes, and the last day to object."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from notifier.calendar import Event, write_calendar
from notifier.phrases import DOCUMENTS, deadline_words
from notifier.sinks import cut, plain, web_link
from storage.model import Attachment, Change, Parcel, Post, Span

_LONGEST = 200_000  # characters of wording in one page: a mail has to stay below what servers take


@dataclass(frozen=True, slots=True)
class Attached:
    """A file of a mail: UTF-8 text of type text/`subtype`."""

    name: str
    subtype: str
    body: bytes


def attachments(parcels: Sequence[Post], wanted: Sequence[Attachment]) -> tuple[Attached, ...]:
    """What is wanted of these parcels; no calendar where nothing has a deadline, nothing for notices."""
    alerts = [parcel for parcel in parcels if isinstance(parcel, Parcel)]
    found = []
    if Attachment.DIFF in wanted and alerts:
        found.append(Attached("changes.html", "html", _page(alerts).encode("utf-8", "replace")))
    dated = [parcel for parcel in alerts if parcel.deadline]
    if Attachment.CALENDAR in wanted and dated:
        found.append(Attached("deadline.ics", "calendar", write_calendar([_event(parcel) for parcel in dated])))
    return tuple(found)


def _page(parcels: Sequence[Parcel]) -> str:
    room, documents = _LONGEST, []
    for parcel in parcels:
        changes = []
        for change in parcel.changes:
            room -= len(change.before or "") + len(change.after or "")
            if room > 0:
                changes.append((plain(change.summary, 220), change.severity.value, _spans(change)))
        left = len(parcel.changes) - len(changes)
        name = f"{plain(parcel.source.vendor, 60)}: {DOCUMENTS[parcel.source.document]}"
        documents.append((name, f"{plain(parcel.source.id)}, version {parcel.version.number}", changes, left))
    return _template().render(documents=documents)


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


def _event(parcel: Parcel) -> Event:
    """The same event as that of the feed, by its name: a calendar that has both shows it once."""
    deadline, source = parcel.deadline, parcel.source
    assert deadline is not None
    quote = [f'"{plain(deadline.quote, 300)}" ({plain(deadline.source_id)})'] if deadline.quote else []
    return Event(
        name=f"objection:{source.id}:{parcel.version.number}",
        on=deadline.on,
        title=cut(plain(f"Last day to object: {source.vendor}, {DOCUMENTS[source.document]}"), 200),
        text="\n".join([deadline_words(deadline), *quote]),
        url=web_link(source.urls[0] if source.urls else None),
        made=parcel.version.first_seen,
        alarm=True,
    )
