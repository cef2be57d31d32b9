"""What a message shows, as values: chosen, ordered, worded and made harmless; no markup yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date
from urllib.parse import quote

from notifier.alphabet import in_register
from notifier.cadence import REMINDER
from notifier.excerpt import Piece, excerpt
from notifier.fields import fill
from notifier.language import Words
from notifier.manner import USUAL, Manner
from notifier.overview import in_short, placeless, undirected
from notifier.parties import ObjectionView, RecipientView, view_objection, view_recipients
from notifier.phrases import (
    ENGLISH,
    SIGNS,
    fact_label,
    fact_value,
    topic_words,
)
from notifier.sinks import plain, web_link
from storage.model import Change, ChangeKind, Direction, FactChange, Parcel, Severity, Topic, Version

IN_FULL = 20  # changes of one message that are shown with their wording
IN_BRIEF = 40  # further documents that are named in one line
NAMES = 25  # recipients of one document that are listed
FACTS = 12  # typed facts of one change that are listed


@dataclass(frozen=True, slots=True)
class FactView:
    """A typed fact on both sides, in words; a side is empty where the clause stands on the other one alone."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One change in words. `severity` and `direction` keep their ids, for the colours; `gist` is it in a few words."""

    number: int
    severity: Severity
    severity_label: str
    severity_words: str
    direction: str
    direction_sign: str
    direction_words: str
    kind: str
    topic: str
    topics: str
    section: str
    summary: str
    gist: str
    before: tuple[Piece, ...]
    after: tuple[Piece, ...]
    facts: tuple[FactView, ...]
    more_facts: str


@dataclass(frozen=True, slots=True)
class DocumentView:
    """One new version of one document: its changes in full, gravest first, and how many more there are."""

    source_id: str
    vendor: str
    kind: str
    severity: Severity
    severity_label: str
    total: int
    counts: str
    changes: tuple[ChangeView, ...]
    more: str
    recipients: tuple[RecipientView, ...]
    more_recipients: str
    in_force: str
    objection: ObjectionView
    url: str
    link: str | None
    archive: str | None
    language: str | None
    seen_before: str
    seen_after: str
    seen_day: str
    version: str
    command: str
    kept: str
    decide: str
    first: ChangeView | None
    first_summary: str


@dataclass(frozen=True, slots=True)
class Digest:
    """All that one message shows. `brief` are documents named in one line, `more` says how many are not named at all.

    `total` counts the changes of all documents and `of` the documents; `reminder` says until when one may still object
    where it reminds of that. `intro` and `outro` are the reader's own lines around it.
    """

    words: Words
    documents: tuple[DocumentView, ...]
    brief: tuple[DocumentView, ...]
    more: str
    total: int
    of: int
    subscriber: str
    title: str
    head: str
    reminder: str = ""
    intro: tuple[str, ...] = ()
    outro: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[DocumentView, ...]:
        """The documents that are named, in their order."""
        return (*self.documents, *self.brief)


def view(
    parcels: Sequence[Parcel],
    words: Words = ENGLISH,
    manner: Manner = USUAL,
    *,
    in_full: int = IN_FULL,
    in_brief: int = IN_BRIEF,
) -> Digest:
    """The parcels of one message as one value: gravest document first, at most `in_full` changes in full in all.

    Raises ValueError when there are no parcels.
    """
    if not parcels:
        raise ValueError("a message needs at least one parcel")
    ordered = sorted(parcels, key=gravity)
    shown = _chosen(ordered, in_full)
    views = [_document(parcel, shown.get(i, 0), words, manner) for i, parcel in enumerate(ordered)]
    documents = tuple(each for each in views if each.changes)
    rest = [each for each in views if not each.changes]
    left = len(rest) - in_brief
    return Digest(
        words=words,
        documents=documents,
        brief=tuple(rest[:in_brief]),
        more=words.count("more.document", left) if left > 0 else "",
        total=sum(each.total for each in views),
        of=_documents(parcels),
        subscriber=plain(parcels[0].delivery.subscriber, 60),
        title=_title(parcels, words),
        head=plain(parcels[0].head),
        reminder=_by(parcels[0], words),
    )


def _title(parcels: Sequence[Parcel], words: Words) -> str:
    cadence, _, rest = parcels[0].delivery.group.partition(":")
    if cadence in {"daily", "weekly"}:
        return words.say(f"title.{cadence}", day=_day(rest, words))
    if by := _by(parcels[0], words):
        return words.say("title.reminder", by=by)
    if len(parcels) == 1:
        return ""
    return words.say("title.pile", documents=words.count("count.document", _documents(parcels)))


def _documents(parcels: Sequence[Parcel]) -> int:
    """How many documents they are about; two versions of one are one."""
    return len({parcel.source.id for parcel in parcels})


def _day(iso: str, words: Words) -> str:
    """A day of the name of a group in words."""
    try:
        return words.day(date.fromisoformat(iso))
    except ValueError:
        return plain(iso, 20)


def _by(parcel: Parcel, words: Words) -> str:
    """Until when one may still object, where the delivery reminds of that; else empty.

    The day and not how many are left: a message that lay in the outbox must still be true when it arrives.
    """
    kind, _, rest = parcel.delivery.group.partition(":")
    return words.say("deadline.by", day=_day(rest.partition(":")[0], words)) if kind == REMINDER else ""


def _weight(change: Change) -> tuple[int, bool]:
    """Smaller is graver: by severity, then what is worse for the reader before all else."""
    return -change.severity.rank, change.direction is not Direction.WORSE


def gravest_first(changes: Sequence[Change]) -> list[Change]:
    """The changes in the order of a message; of those of one weight the comparison's own order decides."""
    return sorted(changes, key=_weight)


def gravity(parcel: Parcel) -> tuple[tuple[int, bool], int, tuple[str, str], str, int]:
    """What puts the documents of a message in order: the smallest is the gravest."""
    high = sum(change.severity is Severity.HIGH for change in parcel.changes)
    gravest = min(map(_weight, parcel.changes), default=(0, True))
    return gravest, -high, in_register(parcel.source.vendor), parcel.source.id, parcel.version.number


def _chosen(parcels: Sequence[Parcel], in_full: int) -> Counter[int]:
    """How many changes of each parcel are shown in full: the gravest of all, then in the order of the message."""
    ranked = sorted((-change.severity.rank, i) for i, parcel in enumerate(parcels) for change in parcel.changes)
    return Counter(i for _, i in ranked[:in_full])


def _document(parcel: Parcel, in_full: int, words: Words, manner: Manner) -> DocumentView:
    source, version, previous = parcel.source, parcel.version, parcel.previous
    changes = gravest_first(parcel.changes)
    views = [_change(number, change, words) for number, change in enumerate(changes[: max(in_full, 1)], 1)]
    recipients = view_recipients(parcel, words)
    before = previous.number if previous else version.number - 1
    name = plain(source.id)
    left, unnamed = len(changes) - in_full, len(recipients) - NAMES
    severity = changes[0].severity if changes else Severity.INFO
    return DocumentView(
        source_id=name,
        vendor=plain(source.vendor, 60),
        kind=words.say(f"document.{source.document}"),
        severity=severity,
        severity_label=words.say(f"severity.{severity}"),
        total=len(changes),
        counts=_counts(changes, words),
        changes=tuple(views[:in_full]),
        more=words.count("more.change", left) if left > 0 else "",
        recipients=tuple(recipients[:NAMES]),
        more_recipients=words.count("more.entry", unnamed) if unnamed > 0 else "",
        in_force=_in_force(version, previous, words),
        objection=view_objection(parcel, words),
        url=plain(source.urls[0], 300) if source.urls else "",
        link=web_link(source.urls[0]) if source.urls else None,
        archive=archive_of(parcel, manner),
        language=language_of(parcel.comparison.language),
        seen_before=words.moment(previous.last_seen) if previous else "",
        seen_after=words.moment(version.first_seen),
        seen_day=words.day(version.first_seen.astimezone(UTC).date()),
        version=words.say("alert.version", source=name, **{"from": str(before), "to": str(version.number)}),
        command=f"clausewatch diff {name} {before} {version.number}",
        kept=f"clausewatch show {name}@{version.number}",
        decide=f"clausewatch review ack {name}@{version.number}",
        first=views[0] if views else None,
        first_summary=views[0].summary if views else "",
    )


def _change(number: int, change: Change, words: Words) -> ChangeView:
    before, after = excerpt(change)
    topic = topic_words(change.topic, words)
    others = (each for each in change.topics if each != Topic.OTHER)  # beside another one it says nothing
    topics = dict.fromkeys((change.topic, *others))
    kind = words.say(f"kind.{change.kind}")
    summary = undirected(plain(change.summary, 220)) or words.say("alert.text", topic=words.sentence(topic), kind=kind)
    more_facts = len(change.facts) - FACTS
    return ChangeView(
        number=number,
        severity=change.severity,
        severity_label=words.say(f"severity.{change.severity}"),
        severity_words=words.say(f"severity-means.{change.severity}"),
        direction=change.direction.value,
        direction_sign=SIGNS[change.direction],
        direction_words=words.say(f"direction.{change.direction}"),
        kind=kind,
        topic=topic,
        topics=", ".join(topic_words(topic, words) for topic in topics),
        section=" › ".join(heading for part in change.section if (heading := plain(part, 100))),
        summary=summary,
        gist=in_short(topic, change.facts, placeless(summary), words),
        before=before,
        after=after,
        facts=tuple(_fact(fact, change, words) for fact in change.facts[:FACTS]),
        more_facts=words.count("more.entry", more_facts) if more_facts > 0 else "",
    )


def _fact(fact: FactChange, change: Change, words: Words) -> FactView:
    """Of a clause that is new nothing was stated before, of one that is gone nothing is now: that need not be said."""
    before, after = (fact_value(fact, value, words) for value in (fact.before, fact.after))
    came = change.kind is ChangeKind.ADDED and fact.after and not fact.before
    went = change.kind is ChangeKind.REMOVED and fact.before and not fact.after
    return FactView(fact_label(fact, words), "" if came else before, "" if went else after)


def _counts(changes: Sequence[Change], words: Words) -> str:
    """Say "3 changes: 1 high, 2 low"; "1 change: low"."""
    found = Counter(change.severity for change in changes)
    label = {severity: words.say(f"severity.{severity}") for severity in Severity}
    parts = [f"{found[severity]} {label[severity]}" for severity in Severity if found[severity]]
    told = ", ".join(parts) if len(changes) != 1 else label[changes[0].severity]
    return words.say("alert.counts", changes=words.count("count.change", len(changes)), parts=told)


def _in_force(version: Version, previous: Version | None, words: Words) -> str:
    """The day the page says it takes effect, where it says so newly."""
    day = version.effective_date
    new = day and (previous is None or previous.effective_date != day)
    return words.say("alert.in-force", day=words.day(day)) if day and new else ""


def archive_of(parcel: Parcel, manner: Manner) -> str | None:
    """Where this version lies in the archive that was configured, if that is an address that may be clicked."""
    source, version = parcel.source, parcel.version
    if not manner.archive:
        return None
    values = {
        "url": source.urls[0] if source.urls else "",
        "source": quote(source.id),
        "version": str(version.number),
        "seen": f"{version.first_seen.astimezone(UTC):%Y%m%d%H%M%S}",
    }
    return web_link(fill(manner.archive, values))


def language_of(code: str | None) -> str | None:
    """A language code that may stand in an attribute."""
    return code if code and code.isascii() and code.replace("-", "").isalnum() and len(code) <= 12 else None
