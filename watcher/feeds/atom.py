"""Changes as an Atom feed (RFC 4287), each with both wordings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from xml.etree import ElementTree as ET

from jinja2 import Environment, PackageLoader, StrictUndefined

from notifier.phrases import DOCUMENTS
from notifier.sinks import cut, plain, web_link
from storage.model import RecordedChange
from watcher.report.page import card_of

_ATOM = "http://www.w3.org/2005/Atom"
# What XML 1.0 cannot hold (https://www.w3.org/TR/xml/#charsets), escaped or not.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LONGEST_TITLE = 120


def write_atom(
    changes: Sequence[RecordedChange], *, title: str, name: str, updated: datetime, base: str | None
) -> bytes:
    """The changes, newest first, as one feed.

    `name` tells it from the other feeds of this store; `updated` stands where there is no change yet. `base` is the
    address of the folder that it is served from, None if that is not known.
    """
    ET.register_namespace("", _ATOM)
    feed = ET.Element(_tag("feed"))
    _text(feed, "id", f"urn:clausewatch:feed:{name}")
    _text(feed, "title", title)
    _text(feed, "updated", _moment(max((change.seen_after for change in changes), default=updated)))
    _text(ET.SubElement(feed, _tag("author")), "name", "clausewatch")
    if base:
        ET.SubElement(feed, _tag("link"), rel="self", href=f"{base.rstrip('/')}/{name}.atom")
    for change in changes:
        _entry(feed, change)
    data: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return data + b"\n"


def _entry(feed: ET.Element, recorded: RecordedChange) -> None:
    change = recorded.change
    entry = ET.SubElement(feed, _tag("entry"))
    _text(entry, "id", f"urn:clausewatch:change:{recorded.source_id}:{recorded.version}:{recorded.position}")
    about = f"{recorded.vendor}, {DOCUMENTS[recorded.document]}: {change.summary}"
    _text(entry, "title", cut(plain(about), _LONGEST_TITLE))
    _text(entry, "updated", _moment(recorded.seen_after))
    link = web_link(recorded.url)
    if link:
        ET.SubElement(entry, _tag("link"), rel="alternate", href=link)
    for term in dict.fromkeys((change.severity.value, *change.topics)):
        ET.SubElement(entry, _tag("category"), term=_clean(term))
    content = ET.SubElement(entry, _tag("content"), type="html")
    content.text = _clean(_html(recorded))


@cache
def _environment() -> Environment:
    """Kept, and with it the compiled template: it is read once, however many entries there are."""
    return Environment(
        loader=PackageLoader("watcher.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )


def _html(recorded: RecordedChange) -> str:
    return (
        _environment()
        .get_template("entry.html.jinja")
        .render(
            change=card_of(recorded.change),
            seen_before=_shown(recorded.seen_before),
            seen_after=_shown(recorded.seen_after),
            source=recorded.source_id,
            version=recorded.version,
        )
    )


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, _tag(name)).text = _clean(text)


def _tag(name: str) -> str:
    return f"{{{_ATOM}}}{name}"


def _clean(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)


def _moment(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _shown(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
