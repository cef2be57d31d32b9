"""A reader's own subject and lines around a message, with their places filled in by lines of plain text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from notifier.fields import fill, named
from notifier.manner import Manner
from notifier.notice_view import NoticeDigest
from notifier.sinks import cut, plain
from notifier.views import Digest

SUBJECT = 89  # characters: what a phone shows in two lines
_VENDORS = 60  # characters of the names of vendors
_LEAST = 20  # characters of a headline that are shown even where the rest of the subject is long

Values = Mapping[str, str]


def subject_of(manner: Manner, usual: str, values: Values) -> str:
    """The subject by the reader's template, or the usual one: one line under 90 characters.

    A headline, or a usual subject inside, that is too long for it is shortened before what stands behind it.
    """
    if not manner.subject:
        return cut(usual, SUBJECT)
    fixed = {**values, "usual": usual}
    for name in ("usual", "headline"):
        if name in named(manner.subject):
            rest = len(plain(fill(manner.subject, {**fixed, name: ""}))) + 1  # a blank that was folded away
            fixed[name] = cut(fixed[name], max(SUBJECT - rest, _LEAST))
    return cut(plain(fill(manner.subject, fixed)), SUBJECT) or cut(usual, SUBJECT)


def lines_of(template: str, usual: str, values: Values) -> tuple[str, ...]:
    """The lines of `intro` or `outro`, filled in; those that are empty then are left out."""
    filled = (plain(fill(line, {**values, "usual": usual})) for line in template.splitlines())
    return tuple(line for line in filled if line)


def alert_values(digest: Digest, instance: str) -> dict[str, str]:
    """What the places stand for in a message of changes."""
    words, documents = digest.words, digest.all
    first = documents[0]
    change = first.first
    return {
        "vendor": _together(document.vendor for document in documents),
        "document": first.kind if digest.of == 1 else words.count("count.document", digest.of),
        "headline": digest.reminder or (change.gist if change else ""),
        "severity": first.severity_label,
        "direction": change.direction_words if change else "",
        "topic": change.topic if change else "",
        "changes": words.count("count.change", digest.total),
        "deadline": next((one.objection.day for one in documents if one.objection.day), ""),
        "seen": first.seen_day,
        "source": _together(document.source_id for document in documents),
        "subscriber": digest.subscriber,
        "instance": instance,
    }


def notice_values(digest: NoticeDigest, instance: str) -> dict[str, str]:
    """What the places stand for in a message of notices; empty where a notice has no such thing."""
    words, first = digest.words, digest.causes[0]
    many = words.count("count.document", len(digest.kinds)) if digest.kinds else ""
    return {
        "vendor": _together(digest.vendors) or instance,
        "document": digest.kinds[0] if len(digest.kinds) == 1 else many,
        "headline": first.title,
        "severity": words.say(f"severity.{first.severity}"),
        "direction": "",
        "topic": "",
        "changes": words.count("count.notice", digest.total),
        "deadline": "",
        "seen": "",
        "source": "",
        "subscriber": digest.subscriber,
        "instance": instance,
    }


def _together(names: Iterable[str]) -> str:
    return cut(", ".join(dict.fromkeys(names)), _VENDORS)
