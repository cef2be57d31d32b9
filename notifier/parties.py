"""Who gets the data, as a message shows it: what happened to the recipients, and until when one may object to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from notifier.language import Words
from notifier.phrases import ENGLISH, deadline_words
from notifier.sinks import plain
from storage.model import Change, Parcel, Recipient, RecipientChange, Topic

_NAMED = 3  # recipients that are named where it says what may be objected to
_KINDS = {"added": "added", "removed": "removed", "changed": "modified"}
_FIELDS = frozenset({"name", "purpose", "location", "role"})
_ABOUT_RECIPIENTS = frozenset({Topic.SUBPROCESSORS, Topic.SHARING, Topic.TRANSFERS})


@dataclass(frozen=True, slots=True)
class RecipientView:
    """A recipient that came, went or changed; `what` is "added", "removed" or "changed", `label` the word for it."""

    what: str
    label: str
    name: str
    detail: str


@dataclass(frozen=True, slots=True)
class ObjectionView:
    """Until when one may object and to what; how that was counted, by whose words, or what to do where it is unknown.

    `day` is the last day in words; each is empty where there is nothing to say.
    """

    head: str = ""
    counted: str = ""
    granted: str = ""
    advice: str = ""
    day: str = ""


def view_objection(parcel: Parcel, words: Words = ENGLISH) -> ObjectionView:
    """Until when one may object; that it is not known, where a new sub-processor asks for it."""
    deadline, delta = parcel.deadline, parcel.comparison.recipients
    told = any(Topic.SUBPROCESSORS in (change.topic, *change.topics) for change in parcel.changes)
    names = (
        _named([*(new.name for new in delta.added), *(other.name for other in delta.changed)], words) if told else ""
    )
    if deadline is None:
        none = words.say("deadline.none", names=names)
        return ObjectionView(head=none, advice=words.say("deadline.look")) if names else ObjectionView()
    day = words.weekday(deadline.on)
    quoted = f"\u201c{plain(deadline.quote, 300)}\u201d ({plain(deadline.source_id)})" if deadline.quote else ""
    return ObjectionView(
        head=words.say("deadline.by-about", names=names, day=day) if names else words.say("deadline.by", day=day),
        counted=words.sentence(deadline_words(deadline, words)),
        granted=quoted,
        day=words.day(deadline.on),
    )


def _named(names: Sequence[str], words: Words) -> str:
    """The first names of a list, and how many more."""
    told = list(dict.fromkeys(name for each in names if (name := plain(each, 60))))
    left = len(told) - _NAMED
    return words.count("more.name", left, names=", ".join(told[:_NAMED])) if left > 0 else words.together(told)


def view_recipients(parcel: Parcel, words: Words = ENGLISH) -> list[RecipientView]:
    """What happened to the recipients, where one of the changes that are told is about who gets the data."""
    if not _about_recipients(parcel.changes):
        return []
    delta = parcel.comparison.recipients
    labels = {what: words.say(f"kind.{kind}") for what, kind in _KINDS.items()}
    added = [("added", each.name, _detail(each)) for each in delta.added]
    removed = [("removed", each.name, _detail(each)) for each in delta.removed]
    changed = [("changed", each.name, _step(each, words)) for each in delta.changed]
    return [
        RecipientView(what, labels[what], plain(name, 100), detail)
        for what, name, detail in (*added, *removed, *changed)
    ]


def _step(change: RecipientChange, words: Words) -> str:
    """Say "location: Germany → United States"."""
    label = words.say(f"recipient-field.{change.field}") if change.field in _FIELDS else plain(change.field)
    nothing = words.say("value.not-stated")
    return f"{label}: {plain(change.before, 80) or nothing} → {plain(change.after, 80) or nothing}"


def _detail(recipient: Recipient) -> str:
    return " · ".join(words for part in (recipient.purpose, recipient.location) if (words := plain(part, 100)))


def _about_recipients(changes: Sequence[Change]) -> bool:
    """Whether one of the changes is about who gets the data."""
    return any(not _ABOUT_RECIPIENTS.isdisjoint((change.topic, *change.topics)) for change in changes)
