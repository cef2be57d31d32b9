"""Recipients laid out as cards: a heading with the name, and lines with labels ("Purpose: ...") under it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from storage.model import Block, BlockKind, Recipient
from watcher.differ.recipients.items import LONG_DETAIL, place_at_end
from watcher.differ.recipients.names import companies, has_form, is_generic, looks_like_name
from watcher.differ.recipients.phrases import PHRASES
from watcher.differ.recipients.rows import column_kind

_LABEL = re.compile(r"(?P<label>[^:]{2,60}?)(?:\s?:\s+|\s[–-]\s)(?P<value>\S.{0,400})")
# Where the next label of a line begins, behind the first: "Purpose: hosting Location: Ireland".
_NEXT = re.compile(r"(?<=[^\s:.])\s(?=[A-ZÀ-Þ][a-zà-ÿ'’-]+(?:\s[a-zà-ÿ'’]+){0,3}\s?:\s)")
_COLON = re.compile("[:–-]")
_LABEL_CHARS = 64  # characters of a line in which its label ends
_PARAGRAPH = 600  # characters of a paragraph that may tell purpose and place
_STOPS = re.compile(r"(?<=[^\W\d_]{2}[.)])\s+(?=[A-ZÀ-Þ])")
_LINES = 8  # blocks under a heading that may be lines of its card
_LINE = 120  # characters of a line that is but a company with its place
_TITLE = re.compile(r"(?P<name>[^:()–—]{2,50}?)(?:\s[–—-]\s|:\s|\s\()(?P<purpose>[^()]{2,40}?)\)?")
_FIELDS = ("purpose", "location", "role")


def card_at(blocks: Sequence[Block], index: int) -> tuple[Recipient, set[int]] | None:
    """The recipient of the card that begins at a heading, with the places of its labelled lines.

    The heading is the name, or a line labelled as such is ("Provider: ..."). Purpose and location must both be told,
    unless the headings above speak of parties that get or handle the data.
    """
    heading = blocks[index]
    if not 1 < len(heading.text) <= 90 or index + 1 >= len(blocks) or blocks[index + 1].kind is BlockKind.HEADING:
        return None
    values, places = _labels(blocks, index)
    values, places = (values, places) if values else _told_below(blocks, index)
    if not values:
        return _titled(blocks, index)
    name = heading.text if looks_like_name(heading.text) and not is_generic(heading.text) else None
    party = values.get("party", "")
    if name is None and looks_like_name(party):
        name = party
        values.setdefault("purpose", heading.text)
    told = any(PHRASES.strong.search(text.lower()) for text in heading.path[-2:])
    fields = [values.get(field) for field in _FIELDS]
    if name is None or not (all(fields[:2]) or (any(fields) and (told or (has_form(name) and fields[1])))):
        return None
    return Recipient(name, *fields), places


def _labels(blocks: Sequence[Block], index: int) -> tuple[dict[str, str], set[int]]:
    """The values of the labelled lines under a heading by what their labels mean, and the places of the lines."""
    values: dict[str, str] = {}
    places: set[int] = set()
    for place in range(index + 1, min(index + 1 + _LINES, len(blocks))):
        block = blocks[place]
        if block.kind is BlockKind.HEADING or (block.kind is BlockKind.LIST_ITEM and block.level > 1):
            break  # an item below another tells of that one
        if read := labelled(block.text):
            values = read | values
            places.add(place)
    return values, places


def labelled(text: str) -> dict[str, str]:
    """What a line says by what its label means; a line that runs into further labels tells each."""
    values: dict[str, str] = {}
    if not _COLON.search(text, 0, _LABEL_CHARS):
        return values
    label, colon, told = text.partition(":")
    first, *rest = _NEXT.split(told) if len(text) <= _PARAGRAPH else [told]
    for line in (f"{label}{colon}{first}", *rest):
        match = _LABEL.match(line)
        kind = column_kind(match["label"]) if match and not _STOPS.search(match["label"]) else ""
        if match and kind:
            values.setdefault(kind, match["value"].strip())
    return values


def _told_below(blocks: Sequence[Block], index: int) -> tuple[dict[str, str], set[int]]:
    """The same from the sentences of the one paragraph below: "Hosting of the site. Data: ... Location: Ireland."."""
    block = blocks[index + 1]
    if block.kind is not BlockKind.PARAGRAPH or len(block.text) > _PARAGRAPH or ": " not in block.text:
        return {}, set()
    values: dict[str, str] = {}
    first, *rest = _STOPS.split(block.text)
    for sentence in rest:
        match = _LABEL.match(sentence)
        if match and (kind := column_kind(match["label"])):
            values.setdefault(kind, match["value"].strip(" ."))
    if values and len(first.split()) <= LONG_DETAIL and not _LABEL.match(first):
        values.setdefault("purpose", first.strip(" ."))
    return values, {index + 1} if values else set()


def _titled(blocks: Sequence[Block], index: int) -> tuple[Recipient, set[int]] | None:
    """The party of a heading "Example – hosting" above the line of its company: "Example Ltd, Leeds"."""
    heading, line = blocks[index], blocks[index + 1]
    match = _TITLE.fullmatch(heading.text)
    if match is None or len(line.text) > _LINE or not PHRASES.strong.search(" ".join(heading.path[-1:]).lower()):
        return None
    found = companies(line.text)
    name = match["name"].strip()
    if not found or not line.text.startswith(name) or not looks_like_name(name):
        return None
    whole, place = found[0]
    recipient = Recipient(name if place else whole, match["purpose"], place_at_end(line.text))
    return recipient, {index + 1}
