"""Versions as mementos: which one stood at a moment, and the list of all (RFC 7089)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import quote

from storage.model import Source, Version

MOMENT = "%Y%m%d%H%M%S"


def accepted(header: str) -> datetime:
    """The moment of an Accept-Datetime header. Raises ValueError with the remedy."""
    try:
        when = parsedate_to_datetime(header)
    except (ValueError, TypeError, IndexError, OverflowError):
        when = None
    if when is None:
        raise ValueError('Accept-Datetime is no date (write "Thu, 31 May 2007 20:35:00 GMT")')
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)


def written(moment: datetime) -> str:
    """A moment as headers write it."""
    return format_datetime(moment.astimezone(UTC).replace(microsecond=0), usegmt=True)


def stood_at(versions: Sequence[Version], moment: datetime) -> Version:
    """The version that stood at a moment; the first one before that (RFC 7089, 4.5.3). Never empty `versions`.

    A header has whole seconds: what was seen within that second counts.
    """
    stood = [version for version in versions if version.first_seen.replace(microsecond=0) <= moment]
    return stood[-1] if stood else versions[0]


def found_source(sources: Sequence[Source], wanted: str) -> Source | None:
    """The source with this id, or the one that watches this address."""
    for source in sources:
        if wanted in (source.id, *source.urls):
            return source
    return None


def memento_path(source_id: str, version: Version) -> str:
    """Where the text of a version stands, under the root of the service."""
    return f"memento/{version.first_seen.astimezone(UTC):{MOMENT}}/{source_id}"


def links(source: Source, versions: Sequence[Version], root: str, shown: Version | None = None) -> str:
    """The Link header of a memento: original, TimeGate, TimeMap, first, last, and its neighbours."""
    marked: dict[int, list[str]] = {versions[0].number: ["first"]}
    marked.setdefault(versions[-1].number, []).append("last")
    if shown is not None:
        place = next(index for index, version in enumerate(versions) if version.number == shown.number)
        for beside, name in ((place - 1, "prev"), (place + 1, "next")):
            if 0 <= beside < len(versions):
                marked.setdefault(versions[beside].number, []).append(name)
        marked.setdefault(shown.number, [])
    named = [
        _memento(source, version, root, marked[version.number]) for version in versions if version.number in marked
    ]
    return ", ".join([*_around(source, root), *named])


def time_map(source: Source, versions: Sequence[Version], root: str) -> str:
    """All mementos of a source, in application/link-format (RFC 6690)."""
    last = len(versions) - 1
    ends = {0: ["first"]}
    ends.setdefault(last, []).append("last")
    named = [_memento(source, version, root, ends.get(index, [])) for index, version in enumerate(versions)]
    return ",\n".join([*_around(source, root), *named]) + "\n"


def _around(source: Source, root: str) -> list[str]:
    original = _uri(source.urls[0])
    return [
        f'<{original}>; rel="original"',
        f'<{root}memento/timegate/{source.id}>; rel="timegate"',
        f'<{root}memento/timemap/{source.id}>; rel="timemap"; type="application/link-format"',
    ]


def _memento(source: Source, version: Version, root: str, names: Sequence[str]) -> str:
    kind = " ".join([*names, "memento"])
    return f'<{root}{memento_path(source.id, version)}>; rel="{kind}"; datetime="{written(version.first_seen)}"'


def _uri(address: str) -> str:
    """An address that ends no header: only what a URI may hold, the rest percent-encoded."""
    return quote(address, safe=":/?#[]@!$&'()*+,;=%~-._")
