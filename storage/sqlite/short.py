"""Documents in a short form: what can be worked out from the rest is left out, and comes back to the byte.

The JSON of a document repeats itself: member names, the headings above each block, a hash of each text, a fingerprint
over all. The short form is a head, one sign for each block, what is odd about some, and then the texts one below the
other as pages have them, so that page and text are packed well upon each other.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from json.encoder import encode_basestring
from typing import Any

# One sign for kind, level and order of a block; what has none is odd.
_KINDS = ("heading", "paragraph", "list-item", "table-row", "definition")
_SIGNS = {
    (kind, level, ordered): chr(48 + 20 * place + 2 * level + ordered)
    for place, kind in enumerate(_KINDS)
    for level in range(10)
    for ordered in (0, 1)
}
_MEANT = {sign: meant for meant, sign in _SIGNS.items()}
_HEADINGS = {sign for sign, (kind, _, _) in _MEANT.items() if kind == "heading"}
_PLAIN = {
    sign: (f'{{"kind":"{kind}","text":', f',"level":{level},"cells":[],"links":[],"ordered":{ordered}}}')
    for sign, (kind, level, ordered) in _MEANT.items()
}
# A block that was made: its text, its sign, the headings above, whether nothing is odd about it, and its JSON.
_Block = tuple[str, str, tuple[tuple[int, str], ...], bool, str]
_MEMBERS = ["kind", "text", "path", "key", "level", "cells", "links", "ordered"]
_HEAD = ["title", "language", "effective", "updated", "blocks", "fingerprint", "extraction"]
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
# Between two texts, as between two paragraphs of a plain text; no text holds it.
_GAP = "\n\n"


def shorten(body: bytes) -> bytes | None:
    """The short form of a stored document, or None where it would not come back to the byte."""
    try:
        short = _shorten(json.loads(body)).encode()
        return short if restore(short) == body else None
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        return None


def restore(short: bytes, like: Restored | None = None) -> bytes:
    """The document whose short form this is. Raises ValueError when it is none."""
    return (like or Restored()).restore(short)


class Restored:
    """Makes documents of their short forms, and remembers the last: most blocks of the next stand in it."""

    def __init__(self) -> None:
        self._last: list[_Block] = []

    def restore(self, short: bytes) -> bytes:
        """See `restore`."""
        head, signs, odd, text = short.decode().split("\n", 3)
        title, language, effective, updated, fingerprint, extraction = json.loads(head)
        texts = text.split(_GAP) if signs else []
        self._last = list(_blocks(signs, json.loads(odd), texts, self._last))
        blocks = ",".join([block[-1] for block in self._last])
        ends = [_json(one) for one in (title, language, effective, updated)]
        seal = (
            _fingerprint((_MEANT[sign][0], one) for sign, one in zip(signs, texts, strict=True))
            if fingerprint is None
            else fingerprint
        )
        return (
            f'{{"title":{ends[0]},"language":{ends[1]},"effective":{ends[2]},"updated":{ends[3]},'
            f'"blocks":[{blocks}],"fingerprint":{_json(seal)},"extraction":{_json(extraction)}}}'
        ).encode()


def outline(short: bytes) -> list[tuple[str, list[str]]]:
    """The text of each block with the headings above it, without the rest. Raises ValueError."""
    _, signs, odd, texts = short.decode().split("\n", 3)
    strange = _strange(json.loads(odd))
    above, path, found = _Above(), list[str](), []
    for place, (sign, text) in enumerate(zip(signs, texts.split(_GAP) if signs else [], strict=True)):
        kind, level, _ = _MEANT[sign]
        here = above.path(kind, level) if kind == "heading" else path
        found.append((text, strange[place].get("path", here) if place in strange else here))
        if kind == "heading":
            above.pass_by(kind, level, text)
            path = above.path("", 0)
    return found


def _strange(odd: Sequence[Any]) -> dict[int, dict[str, Any]]:
    """What is odd, by the place of the block."""
    found: dict[int, dict[str, Any]] = {}
    place = 0
    for step, told in odd:
        place += step
        found[place] = told
    return found


def _shorten(document: dict[str, Any]) -> str:
    blocks = document["blocks"]
    if list(document) != _HEAD or any(list(block) != _MEMBERS for block in blocks):
        raise ValueError("not the members of today")
    known = document["fingerprint"] == _fingerprint((one["kind"], one["text"]) for one in blocks)
    head = [document["title"], document["language"], document["effective"], document["updated"]]
    head += [None if known else document["fingerprint"], document["extraction"]]
    odd, above, last = [], _Above(), 0
    for place, block in enumerate(blocks):
        strange: dict[str, Any] = {name: block[name] for name in ("cells", "links") if block[name]}
        if block["path"] != above.path(block["kind"], block["level"]):
            strange["path"] = block["path"]
        if block["key"] != _key(block["text"]):
            strange["key"] = block["key"]
        if strange:
            odd.append([place - last, strange])
            last = place
        above.pass_by(block["kind"], block["level"], block["text"])
    signs = "".join([_SIGNS[block["kind"], block["level"], block["ordered"]] for block in blocks])
    return "\n".join((_json(head), signs, _json(odd), _GAP.join([block["text"] for block in blocks])))


def _blocks(signs: str, odd: Sequence[Any], texts: Sequence[str], last: Sequence[_Block]) -> Iterator[_Block]:
    """Each block; where the next of the last document is the same below the same headings, that one."""
    strange = _strange(odd)
    above, path, at, end = _Above(), "[]", 0, len(last)
    for place, (sign, text) in enumerate(zip(signs, texts, strict=True)):
        if at + 1 < end and last[at][0] != text and last[at + 1][0] == text:
            at += 1  # one was taken out
        same = at < end and last[at][0] == text
        if same and last[at][1] == sign and last[at][2] == above.headings and place not in strange and last[at][3]:
            block = last[at]
        else:
            block = (
                text,
                sign,
                above.headings,
                place not in strange,
                _block(sign, text, path, above, strange.get(place)),
            )
        # Where neither is the other, one was put in if the next is the one that was due, else it was written anew.
        at += same or not (at < end and place + 1 < len(texts) and texts[place + 1] == last[at][0])
        yield block
        if sign in _HEADINGS:
            above.pass_by("heading", _MEANT[sign][1], text)
            path = _json(above.path("", 0))


def _block(sign: str, text: str, path: str, above: _Above, told: dict[str, Any] | None) -> str:
    """A block as JSON."""
    said = (encode_basestring(text), _key(text))
    if told is not None:
        return _odd(told, sign, said, above)
    start, end = _PLAIN[sign]
    here = above.path_of_heading(sign) if sign in _HEADINGS else path
    return f'{start}{said[0]},"path":{here},"key":"{said[1]}"{end}'


def _odd(told: dict[str, Any], sign: str, said: tuple[str, str], above: _Above) -> str:
    """A block of which not all follows from the others."""
    kind, level, ordered = _MEANT[sign]
    here = _json(told.get("path", above.path(kind, level)))
    key = _json(told["key"]) if "key" in told else f'"{said[1]}"'
    cells, links = _json(told.get("cells", [])), _json(told.get("links", []))
    return (
        f'{{"kind":"{kind}","text":{said[0]},"path":{here},"key":{key},"level":{level},"cells":{cells},'
        f'"links":{links},"ordered":{ordered}}}'
    )


class _Above:
    """The headings above a block, as they follow from those that were passed."""

    def __init__(self) -> None:
        self.headings: tuple[tuple[int, str], ...] = ()

    def path(self, kind: str, level: int) -> list[str]:
        """The headings above, outermost first; of a heading those of higher rank."""
        return [text for rank, text in self.headings if kind != "heading" or rank < level]

    def path_of_heading(self, sign: str) -> str:
        """That of a heading with this sign, as JSON."""
        return _json(self.path("heading", _MEANT[sign][1]))

    def pass_by(self, kind: str, level: int, text: str) -> None:
        """Go on behind a block."""
        if kind == "heading":
            self.headings = (*[one for one in self.headings if one[0] < level], (level, text))


def _key(text: str) -> str:
    """As `watcher.extractor.text` makes it; where that changes, keys are kept as they are."""
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _fingerprint(blocks: Iterable[tuple[str, str]]) -> str:
    """As `watcher.extractor.pieces` makes it; likewise."""
    return hashlib.sha256("".join([f"{kind}\x1f{text}\x1e" for kind, text in blocks]).encode()).hexdigest()


def _json(value: object) -> str:
    return _ENCODER(value)
