"""Documents in a short form: what can be worked out from the rest is left out, and comes back to the byte.

The JSON of a document repeats itself: member names, the headings above each block, a hash of each text, a fingerprint
over all. The short form is a head, one sign for each block, what is odd about some, and then the texts one below the
other as pages have them, so that page and text are packed well upon each other.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from hashlib import blake2b
from itertools import compress, count, repeat
from json.encoder import encode_basestring
from operator import ne
from typing import Any

from storage.codec import value
from storage.model import Block, BlockKind, Cell, Document, Link
from storage.sqlite.parting import Parted

# One sign for kind, level and order of a block; what has none is odd.
_KINDS = ("heading", "paragraph", "list-item", "table-row", "definition")
_SIGNS = {
    (kind, level, ordered): chr(48 + 20 * place + 2 * level + ordered)
    for place, kind in enumerate(_KINDS)
    for level in range(10)
    for ordered in (0, 1)
}
_MEANT = {sign: meant for meant, sign in _SIGNS.items()}
_BLOCKS = {sign: (BlockKind(kind), level, bool(ordered)) for sign, (kind, level, ordered) in _MEANT.items()}
_HEADINGS = {sign for sign, (kind, _, _) in _MEANT.items() if kind == "heading"}
_PLAIN = {
    sign: (
        f'{{"kind":"{kind}","text":'.encode(),
        f',"level":{level},"cells":[],"links":[],"ordered":{ordered}}}'.encode(),
        f"{kind}\x1f".encode(),
    )
    for sign, (kind, level, ordered) in _MEANT.items()
}
# The headings above, with their levels; and a block as it is kept: its text, its sign, and what is odd about it.
_Headings = tuple[tuple[int, str], ...]
_Kept = tuple[bytes, str, dict[str, Any] | None]
_MEMBERS = ["kind", "text", "path", "key", "level", "cells", "links", "ordered"]
_HEAD = ["title", "language", "effective", "updated", "blocks", "fingerprint", "extraction"]
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
# Between two texts, as between two paragraphs of a plain text; no text holds it.
_GAP = "\n\n"
_BETWEEN, _NOTHING = _GAP.encode(), b"[]"
_ESCAPED = bytes(range(32)) + b'"\\'


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
        self._texts = Parted(_BETWEEN)
        self._kept: list[_Kept] = []
        self._signs = ""  # of its blocks, where nothing is odd about any
        self._made: list[bytes] = []
        self._above: list[_Headings] = [()]  # each block, and behind the last
        self._under: tuple[_Headings | None, bytes] = (None, b"")  # headings, and them as JSON
        self._head: tuple[bytes, bytes, str | None, str] | None = None  # and what is made of it

    def restore(self, short: bytes, fingerprint: str | None = None) -> bytes:
        """See `restore`.

        A fingerprint that is known need not be worked out; whoever gives one holds the result against its hash.
        """
        head, signs, odd, text = short.split(b"\n", 3)
        kept, same = self._taken(signs.decode(), odd, text)
        self._follow(kept, *same)
        self._signs = signs.decode() if odd == _NOTHING else ""
        start, sealed, behind = self._around(head)
        seal = sealed if sealed is not None else fingerprint or _seal(kept)
        return b"%b%b%b" % (start, b",".join(self._made), f'],"fingerprint":{_json(seal)}{behind}'.encode())

    def _taken(self, signs: str, odd: bytes, text: bytes) -> tuple[list[_Kept], tuple[int, int]]:
        """The blocks, and how many are those of the last from the front, and from the back."""
        texts, head, tail = self._texts.follow(text) if signs else ([], 0, 0)
        last, was = self._kept, self._signs
        end, stop = len(texts) - tail, len(last) - tail
        plain = was and odd == _NOTHING and len(signs) == len(texts)
        self._signs = ""  # until all is made: what is damaged is left on the way
        if plain and signs[:head] == was[:head] and signs[end:] == was[stop:]:
            between = zip(texts[head:end], signs[head:end], repeat(None), strict=False)
            return [*last[:head], *between, *last[stop:]], (head, tail)
        kept = _kept(signs, json.loads(odd.decode()), texts)
        return kept, alike(last, kept)

    def _around(self, head: bytes) -> tuple[bytes, str | None, str]:
        """What stands before the blocks; the fingerprint where it is told; and what stands behind it."""
        if self._head is None or self._head[0] != head:
            self._head = (head, *_around(json.loads(head.decode())))
        return self._head[1:]

    def _follow(self, kept: list[_Kept], head: int, tail: int) -> None:
        """Make each block anew but those of the last document that stand below the same headings.

        So many are the same from the front, and so many of the others from the back.
        """
        last, was, passed = self._kept, self._made, self._above
        made, above = was[:head], passed[: head + 1]
        at, end, here = head, len(last) - tail, above[-1]
        place, stop = head, len(kept) - tail
        while place < stop:
            one = kept[place]
            if at + 1 < end and last[at] != one and last[at + 1] == one:
                at += 1  # one was taken out
            same = at < end and last[at] == one
            if same and passed[at] == here:  # and so it goes on to the next difference
                run = _front(last[at:end], kept[place:stop])
                made += was[at : at + run]
                above += passed[at + 1 : at + run + 1]
                at, place, here = at + run, place + run, above[-1]
                continue
            made.append(self._block(one, here))
            here = _below(here, one)
            above.append(here)
            # Where neither is the other, one was put in if the next is the one that was due, else it was written anew.
            at += same or not (at < end and place + 1 < len(kept) and kept[place + 1] == last[at])
            place += 1
        for place in range(len(kept) - tail, len(kept)):
            at = len(last) - len(kept) + place
            if passed[at] == here:  # and so it goes on to the end
                made += was[at:]
                above += passed[at + 1 :]
                break
            made.append(self._block(kept[place], here))
            here = _below(here, kept[place])
            above.append(here)
        self._kept, self._made, self._above = kept, made, above

    def _block(self, kept: _Kept, above: _Headings) -> bytes:
        """A block as JSON."""
        body, sign, told = kept
        if told is not None:
            return _odd(told, sign, body.decode(), above)
        start, end, _ = _PLAIN[sign]
        if sign in _HEADINGS:
            path = _json(_path(above, *_MEANT[sign][:2])).encode()
        else:
            if self._under[0] is not above:  # most blocks stand below the same as the one before
                self._under = (above, _json(_path(above, "", 0)).encode())
            path = self._under[1]
        key = blake2b(body, digest_size=8).hexdigest()  # as `_key` makes it
        return b'%b%b,"path":%b,"key":"%b"%b' % (start, _quoted(body), path, key.encode(), end)


def document(short: bytes, fingerprint: str | None = None) -> tuple[bytes, Document]:
    """The document whose short form this is: its bytes, as `restore` makes them, and what they say.

    Both at once, for a text that is read by itself: what was put together need not be taken apart. Raises ValueError.
    """
    head, signs, odd, text = short.split(b"\n", 3)
    told = json.loads(head.decode())
    start, sealed, behind = _around(told)
    kept = _kept(signs.decode(), json.loads(odd.decode()), text.split(_BETWEEN) if signs else [])
    made, blocks = _both(kept)
    seal = sealed if sealed is not None else fingerprint or _seal(kept)
    bare = value(Document, dict(zip(_HEAD, [*told[:4], [], seal, told[5]], strict=True)))
    ends = f'],"fingerprint":{_json(seal)}{behind}'.encode()
    made = [start + made[0], *made[1:-1], made[-1] + ends] if len(made) > 1 else [b"".join((start, *made, ends))]
    return b",".join(made), replace(bare, blocks=tuple(blocks))


def _both(kept: Iterable[_Kept]) -> tuple[list[bytes], list[Block]]:
    """Each block as JSON, and as it is."""
    made, blocks = list[bytes](), list[Block]()
    above: _Headings = ()
    path, written = tuple[str, ...](), b"[]"
    for body, sign, told in kept:
        kind, level, ordered = _BLOCKS[sign]
        text, key = body.decode(), blake2b(body, digest_size=8).hexdigest()
        if sign in _HEADINGS:
            path = tuple(_path(above, kind, level))
            written = _json(path).encode()
        if told is None:
            start, end, _ = _PLAIN[sign]
            made.append(b'%b%b,"path":%b,"key":"%b"%b' % (start, _quoted(body), written, key.encode(), end))
            blocks.append(Block(kind, text, path, key, level, (), (), ordered))
        else:
            made.append(_odd(told, sign, text, above))
            here, own = tuple(told.get("path", path)), told.get("key", key)
            cells = value(tuple[Cell, ...], told.get("cells", []))
            links = value(tuple[Link, ...], told.get("links", []))
            blocks.append(Block(kind, text, here, own, level, cells, links, ordered))
        if sign in _HEADINGS:
            above = _passed(above, level, text)
            path = tuple([one for _, one in above])
            written = _json(path).encode()
    return made, blocks


def outline(short: bytes) -> list[tuple[str, list[str]]]:
    """The text of each block with the headings above it, without the rest. Raises ValueError."""
    _, signs, odd, texts = short.decode().split("\n", 3)
    strange = _strange(json.loads(odd))
    above: _Headings = ()
    path, found = list[str](), []
    for place, (sign, text) in enumerate(zip(signs, texts.split(_GAP) if signs else [], strict=True)):
        kind, level, _ = _MEANT[sign]
        here = _path(above, kind, level) if kind == "heading" else path
        found.append((text, strange[place].get("path", here) if place in strange else here))
        if kind == "heading":
            above = _passed(above, level, text)
            path = _path(above, "", 0)
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
    odd, last = [], 0
    above: _Headings = ()
    for place, block in enumerate(blocks):
        strange: dict[str, Any] = {name: block[name] for name in ("cells", "links") if block[name]}
        if block["path"] != _path(above, block["kind"], block["level"]):
            strange["path"] = block["path"]
        if block["key"] != _key(block["text"]):
            strange["key"] = block["key"]
        if strange:
            odd.append([place - last, strange])
            last = place
        if block["kind"] == "heading":
            above = _passed(above, block["level"], block["text"])
    signs = "".join([_SIGNS[block["kind"], block["level"], block["ordered"]] for block in blocks])
    return "\n".join((_json(head), signs, _json(odd), _GAP.join([block["text"] for block in blocks])))


def _kept(signs: str, odd: Sequence[Any], texts: Sequence[bytes]) -> list[_Kept]:
    """The blocks of a short form. Raises ValueError."""
    if len(signs) != len(texts):
        raise ValueError(f"{len(signs)} blocks and {len(texts)} texts")
    kept: list[_Kept] = list(zip(texts, signs, repeat(None), strict=False))
    for place, told in _strange(odd).items():
        kept[place] = (texts[place], signs[place], told)
    return kept


def _odd(told: dict[str, Any], sign: str, text: str, above: _Headings) -> bytes:
    """A block of which not all follows from the others."""
    kind, level, ordered = _MEANT[sign]
    here = _json(told.get("path", _path(above, kind, level)))
    key = _json(told.get("key", _key(text)))
    cells, links = _json(told.get("cells", [])), _json(told.get("links", []))
    return (
        f'{{"kind":"{kind}","text":{encode_basestring(text)},"path":{here},"key":{key},"level":{level},'
        f'"cells":{cells},"links":{links},"ordered":{ordered}}}'
    ).encode()


def _path(above: _Headings, kind: str, level: int) -> list[str]:
    """The headings above, outermost first; of a heading those of higher rank."""
    return [text for rank, text in above if kind != "heading" or rank < level]


def _below(above: _Headings, kept: _Kept) -> _Headings:
    """The headings behind a block."""
    body, sign, _ = kept
    return _passed(above, _MEANT[sign][1], body.decode()) if sign in _HEADINGS else above


def _passed(above: _Headings, level: int, text: str) -> _Headings:
    """The headings behind a heading."""
    return (*[one for one in above if one[0] < level], (level, text))


def alike(old: Sequence[object], new: Sequence[object]) -> tuple[int, int]:
    """How many of two lists are the same from the front, and how many of the rest from the back."""
    least = min(len(old), len(new))
    head = _front(old, new)
    tail = next(compress(count(), map(ne, reversed(old), reversed(new))), least)
    return head, min(tail, least - head)


def _front(old: Sequence[object], new: Sequence[object]) -> int:
    return next(compress(count(), map(ne, old, new)), min(len(old), len(new)))


def _key(text: str) -> str:
    """As `watcher.extractor.text` makes it; where that changes, keys are kept as they are."""
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _fingerprint(blocks: Iterable[tuple[str, str]]) -> str:
    """As `watcher.extractor.pieces` makes it; likewise."""
    return hashlib.sha256("".join([f"{kind}\x1f{text}\x1e" for kind, text in blocks]).encode()).hexdigest()


def _seal(kept: Iterable[_Kept]) -> str:
    """That of blocks as they are kept."""
    return hashlib.sha256(b"".join([b"%b%b\x1e" % (_PLAIN[sign][2], text) for text, sign, _ in kept])).hexdigest()


def _quoted(text: bytes) -> bytes:
    if len(text.translate(None, _ESCAPED)) == len(text):  # most texts hold nothing that JSON escapes
        return b'"%b"' % text
    return encode_basestring(text.decode()).encode()


def _around(head: Sequence[Any]) -> tuple[bytes, str | None, str]:
    """What stands before the blocks; the fingerprint where it is told; and what stands behind it."""
    *ends, sealed, extraction = head
    title, language, effective, updated = map(_json, ends)
    start = f'{{"title":{title},"language":{language},"effective":{effective},"updated":{updated},"blocks":['
    return start.encode(), sealed, f',"extraction":{_json(extraction)}}}'


def _json(value: object) -> str:
    """As the encoder makes it, quicker for texts and lists of them."""
    if value is None:
        return "null"
    if isinstance(value, str):
        return encode_basestring(value)
    return f"[{','.join(map(_json, value))}]" if isinstance(value, (list, tuple)) else _ENCODER(value)
