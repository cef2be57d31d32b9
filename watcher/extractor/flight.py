"""Find the document in a stream of elements that a page's scripts push, where the page itself shows none of it."""

from __future__ import annotations

import contextlib
import html
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

_PUSH = re.compile(r"\.push\(\s*(\[\s*1\s*,\s*\"(?:[^\"\\]|\\.)*+\"\s*\])\s*\)", re.DOTALL)
_ROW = re.compile(r"([0-9a-f]{1,8}):(?:T([0-9a-f]{1,8}),)?")
_REFERENCE = re.compile(r"\$[L@]?([0-9a-f]{1,8})")
_NAME = re.compile(r"[a-z][a-z0-9]*")
_EMPTY = frozenset({"br", "hr", "img", "input", "wbr"})
_MOST_CHARS = 5_000_000
_MAX_DEPTH = 200


def flight_page(scripts: Sequence[str]) -> str:
    """Return the elements of the stream as a page of HTML; "" when the scripts push none.

    The rows of the stream name elements (`["$", "p", key, {"children": ...}]`), texts and each other. What is a
    component of the site is a box. Bounded in size and depth; a row is written out once.
    """
    source = "".join(_pushed(script) for script in scripts if "__next_f" in script)[:_MOST_CHARS]
    rows = _rows(source)
    if not rows:
        return ""
    writer = _Writer(rows)
    return "".join(writer.row(name) for name in list(rows))


def _pushed(script: str) -> str:
    """The parts of the stream that one script pushes."""
    parts: list[str] = []
    for match in _PUSH.finditer(script):
        try:
            parts.append(json.loads(match[1])[1])
        except ValueError:
            continue
    return "".join(parts)


def _rows(source: str) -> dict[str, object]:
    """The rows of the stream by their names: texts of a stated length in bytes, JSON up to the end of the line."""
    rows: dict[str, object] = {}
    place = 0
    while match := _ROW.match(source, place):
        place = match.end()
        if match[2]:
            size = int(match[2], 16)
            text = source[place : place + size].encode("utf-8", "replace")[:size].decode("utf-8", "ignore")
            rows[match[1]] = text
            place += len(text)
            continue
        end = source.find("\n", place)
        end = len(source) if end < 0 else end
        with contextlib.suppress(ValueError, RecursionError):  # of another kind: modules, hints
            rows[match[1]] = json.loads(source[place:end])
        place = end + 1
    return rows


def _is_element(value: object) -> TypeGuard[list[Any]]:
    return isinstance(value, list) and len(value) >= 4 and value[0] == "$" and isinstance(value[1], str)


def _has_elements(value: object) -> bool:
    return isinstance(value, list) and (_is_element(value) or any(map(_is_element, value)))


class _Writer:
    """Writes rows as HTML, each once."""

    def __init__(self, rows: Mapping[str, object]) -> None:
        self.rows = rows
        self.written: set[str] = set()

    def row(self, name: str, depth: int = 0) -> str:
        """A row that was not written yet; one that is only a text stands where it is named."""
        value = self.rows.get(name)
        if name in self.written or (depth == 0 and not _has_elements(value)):
            return ""
        self.written.add(name)
        return self.node(value, depth)

    def node(self, value: object, depth: int) -> str:
        """An element, a list of nodes, a text."""
        if depth > _MAX_DEPTH:
            return ""
        if isinstance(value, list):
            if _is_element(value):
                return self.element(value[1], value[3], depth)
            return "".join(self.node(item, depth + 1) for item in value)
        if isinstance(value, str):
            return self.text(value, depth)
        return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""

    def text(self, value: str, depth: int) -> str:
        """A text, or the row that it names; other signs of the stream say nothing to a reader."""
        reference = _REFERENCE.fullmatch(value)
        if reference:
            return self.row(reference[1], depth + 1)
        return html.escape(value, quote=False) if value[:1] != "$" else html.escape(value[1:]) * value.startswith("$$")

    def element(self, name: str, given: object, depth: int) -> str:
        """An element with what the walk looks at of its attributes."""
        props = given if isinstance(given, dict) else {}
        tag = name if _NAME.fullmatch(name) else "div"
        names = (("class", "className"), ("id", "id"), ("role", "role"), ("href", "href"))
        stated = ((known, props.get(key)) for known, key in names)
        attributes = "".join(f' {known}="{html.escape(text)}"' for known, text in stated if isinstance(text, str))
        if tag in _EMPTY:
            return f"<{tag}{attributes}>"
        raw = props.get("dangerouslySetInnerHTML")
        if isinstance(raw, dict):
            inner = str(raw.get("__html") or "")
            reference = _REFERENCE.fullmatch(inner)
            inner = str(self.rows.get(reference[1]) or "") if reference else inner
        else:
            inner = self.node(props.get("children"), depth + 1)
        return f"<{tag}{attributes}>{inner}</{tag}>"
