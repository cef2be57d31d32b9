"""Deadlines and effective dates as a calendar (RFC 5545): all-day events, deadlines with an alarm before them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from notifier.calendar import Event
from notifier.phrases import DOCUMENTS, deadline_words
from notifier.sinks import cut, plain, web_link
from storage.model import DueDeadline, Source, Version

_LONGEST = 200


def events_of(
    due: Iterable[DueDeadline], versions: Iterable[Version], sources: Sequence[Source], since: date
) -> list[Event]:
    """What is still to come on that day: deadlines, and the days on which documents say that they take effect."""
    known = {source.id: source for source in sources}
    found = [_deadline(one) for one in due if one.deadline.on >= since]
    latest = {version.source_id: version for version in versions}
    for version in latest.values():
        source = known.get(version.source_id)
        if source is not None and version.effective_date is not None and version.effective_date >= since:
            found.append(_effective(source, version, version.effective_date))
    return sorted(found, key=lambda event: (event.on, event.name))


def _deadline(due: DueDeadline) -> Event:
    document = DOCUMENTS[due.document]
    quote = [f'"{plain(due.deadline.quote)}" ({due.deadline.source_id})'] if due.deadline.quote else []
    about = f"{due.source_id}, version {due.version}"
    return Event(
        name=f"objection:{due.source_id}:{due.version}",
        on=due.deadline.on,
        title=cut(plain(f"Last day to object: {due.vendor}, {document}"), _LONGEST),
        text="\n".join([plain(due.summary), deadline_words(due.deadline), *quote, about]),
        url=web_link(due.url),
        made=due.seen_after,
        alarm=True,
    )


def _effective(source: Source, version: Version, on: date) -> Event:
    document = DOCUMENTS[source.document]
    return Event(
        name=f"effective:{source.id}:{version.number}",
        on=on,
        title=cut(plain(f"Takes effect: {source.vendor}, {document}"), _LONGEST),
        text=f"{source.id}, version {version.number}, says that it is effective from this day.",
        url=web_link(source.urls[0]),
        made=version.first_seen,
        alarm=False,
    )
