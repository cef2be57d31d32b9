"""Find the document in a page's data: a tree of nodes, as content systems without pages of their own hand texts out."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_MAX_DEPTH = 60
_MAX_SCRIPT = 5_000_000
_MAX_PARTS = 5_000
_SHARE = 0.8
_WORDS = 30
_NEAR = 3  # steps between a title and the text that it stands over
_TITLE_CHARS = 160
_START = re.compile(r"[\[{]")
_BLOCK_TAG = re.compile(r"<(?:p|h[1-6]|ul|ol|li|div|br|table|section)\b", re.IGNORECASE)
_ANY_TAG = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)
_NOT_NAME = re.compile(r"[^a-z0-9]+")
_NAME_CHARS = 40
_LEVEL = re.compile(r"(?:heading|header)(|[1-6]|one|two|three|four|five|six)|h([1-6])")
_NUMBERS = "zero one two three four five six"
_DIGITS = frozenset("123456")
# Where nodes say what they are and what is in them (Contentful, Sanity, ProseMirror, Slate, Lexical, Draft.js,
# Editor.js, Strapi and their like).
_KIND_KEYS = ("nodeType", "_type", "type", "tag", "tagName")
_CHILD_KEYS = ("content", "children", "nodes", "blocks")
_TEXT_KEYS = ("text", "value")
_TITLE_KEYS = ("title", "heading", "headline", "question", "label")
# Told of the page, not on it.
_ABOUT = re.compile(r"seo|meta|description|excerpt|summary|og|teaser|keywords", re.IGNORECASE)
_ELEMENTS = {
    **dict.fromkeys(("paragraph", "p", "block", "unstyled", "normal"), "p"),
    **dict.fromkeys(("unorderedlist", "bulletlist", "bulletedlist", "ul", "ullist", "listunordered"), "ul"),
    **dict.fromkeys(("orderedlist", "numberedlist", "ol", "ollist", "listordered"), "ol"),
    **dict.fromkeys(("listitem", "li", "unorderedlistitem", "orderedlistitem", "lic"), "li"),
    **dict.fromkeys(("table",), "table"),
    **dict.fromkeys(("tablerow", "tr"), "tr"),
    **dict.fromkeys(("tablecell", "td"), "td"),
    **dict.fromkeys(("tableheadercell", "tableheader", "th"), "th"),
    **dict.fromkeys(("blockquote", "quote"), "blockquote"),
    **dict.fromkeys(("hardbreak", "linebreak", "br"), "br"),
    **dict.fromkeys(("hyperlink", "link", "a", "entryhyperlink", "assethyperlink", "autolink"), "a"),
}
# Nodes of which one alone shows that a list is a text.
_TELLING = frozenset({"p", "ul", "ol", "table", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"})


@dataclass(frozen=True, slots=True)
class _Part:
    """A text in the data: the keys that lead to it, its HTML, its words."""

    path: tuple[str | int, ...]
    html: str
    words: int


def tree_text(scripts: Sequence[str]) -> str:
    """Return the text that stands in the scripts' JSON as HTML, in order; "" when there is none of 30 words and more.

    Of the data, the object that holds most of the words is the document's: what stands beside it is the site's. A list
    is never taken apart. Bounded in depth, size and number.
    """
    best: list[_Part] = []
    for script in scripts:
        parts = list(_unique(_parts(_data(script), (), 0)))
        if _words_of(parts) > _words_of(best):
            best = parts
    return "\n".join(part.html for part in _document(best)) if _words_of(best) >= _WORDS else ""


def _data(script: str) -> object:
    """The first JSON value in a script, which may be assigned to something; None where there is none."""
    start = _START.search(script[:2000])
    if start is None or len(script) > _MAX_SCRIPT:
        return None
    try:
        return json.JSONDecoder().raw_decode(script, start.start())[0]
    except (ValueError, RecursionError):
        return None


def _unique(parts: Iterator[_Part]) -> Iterator[_Part]:
    """Each text once: data often hold the same twice."""
    seen: set[str] = set()
    for count, part in enumerate(parts):
        if count >= _MAX_PARTS:
            return
        if part.html not in seen:
            seen.add(part.html)
            yield part


def _words_of(parts: Sequence[_Part]) -> int:
    return sum(part.words for part in parts)


def _document(parts: list[_Part]) -> list[_Part]:
    """The parts below the innermost object that holds most of the words, and what that is called."""
    depth = 0
    titles: list[_Part] = []
    while True:
        shares: dict[str | int, int] = {}
        for part in parts:
            if len(part.path) > depth:
                shares[part.path[depth]] = shares.get(part.path[depth], 0) + part.words
        key = max(shares, key=lambda name: shares[name], default=None)
        if key is None or isinstance(key, int) or shares[key] < _SHARE * _words_of(parts):
            return [part for part in titles[-1:] if part not in parts and len(part.path) > depth - _NEAR] + parts
        titles += [part for part in parts if len(part.path) == depth + 1 and part.path[depth] in _TITLE_KEYS]
        parts, depth = [part for part in parts if len(part.path) > depth and part.path[depth] == key], depth + 1


def _parts(value: object, path: tuple[str | int, ...], depth: int) -> Iterator[_Part]:
    """Every text in the data, in order; a title comes before what stands beside it."""
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, list):
        if any(_element(item) in _TELLING and _has_text(item) for item in value):
            yield _part(path, "".join(_written(item, depth + 1) for item in value))
        else:
            for place, item in enumerate(value):
                yield from _parts(item, (*path, place), depth + 1)
    elif isinstance(value, dict):
        yield from _object_parts(value, path, depth)
    elif isinstance(value, str) and path and not _ABOUT.search(str(path[-1])):
        yield from _string_parts(value, path, depth)


def _object_parts(value: dict[str, object], path: tuple[str | int, ...], depth: int) -> Iterator[_Part]:
    """The texts of an object; what it is called stands over them."""
    found = [part for key, inner in value.items() for part in _parts(inner, (*path, key), depth + 1)]
    if any(len(part.path) <= len(path) + _NEAR + 1 for part in found):
        for key in _TITLE_KEYS:
            title = value.get(key)
            if isinstance(title, str) and 0 < len(title.strip()) <= _TITLE_CHARS:
                level = 1 if not path or not any(isinstance(step, int) for step in path) else 2
                yield _part((*path, key), f"<h{level}>{_inline(title)}</h{level}>")
                break
    yield from found


def _string_parts(text: str, path: tuple[str | int, ...], depth: int) -> Iterator[_Part]:
    """The text of a string: HTML, sentences, or JSON within JSON."""
    if text.lstrip()[:1] in {"{", "["} and len(text) > 200:
        yield from _parts(_data(text), path, depth + 10)
    elif _BLOCK_TAG.search(text):
        yield _part(path, text)
    elif _is_prose(text):
        yield _part(
            path, "".join(f"<p>{_inline(line)}</p>" for line in re.split(r"\n\s*\n|\r\n", text) if line.strip())
        )


def _part(path: tuple[str | int, ...], text: str) -> _Part:
    return _Part(path, text, len(_ANY_TAG.sub(" ", text).split()))


def _is_prose(text: str) -> bool:
    """Tell whether a string reads like sentences rather than like code."""
    if len(text.split()) < _WORDS:
        return False
    letters = sum(1 for char in text if char.isalpha() or char.isspace())
    return letters >= 0.85 * len(text) and "{" not in text


def _has_text(node: object) -> bool:
    """Tell whether a node has text or nodes in it."""
    if not isinstance(node, dict):
        return False
    data = node.get("data")
    keys = (*_CHILD_KEYS, *_TEXT_KEYS)
    inside = [node.get(key) for key in keys] + (
        [data.get(key) for key in (*keys, "items")] if isinstance(data, dict) else []
    )
    return any(isinstance(value, list | str) and value for value in inside)


def _element(node: object) -> str:
    """The element that a node stands for; "" for a node that stands for none."""
    if not isinstance(node, dict):
        return ""
    data = node.get("data")
    attributes = {**node, **(data if isinstance(data, dict) else {}), **_dict(node.get("attrs"))}
    for key in ("listItem", "style", *_KIND_KEYS):
        found = _named(node.get(key), key, attributes)
        if found:
            return found
    return ""


def _named(name: object, key: str, attributes: dict[str, object]) -> str:
    """The element that a name stands for."""
    if not isinstance(name, str) or len(name) > _NAME_CHARS:
        return ""
    folded = "listitem" if key == "listItem" else _NOT_NAME.sub("", name.lower())
    if folded == "list":
        kind = str(attributes.get("listType") or attributes.get("style") or attributes.get("format") or "")
        return "ol" if kind.startswith(("number", "order")) or attributes.get("ordered") is True else "ul"
    return _ELEMENTS.get(folded) or _heading(folded, attributes)


def _heading(folded: str, attributes: dict[str, object]) -> str:
    """The element of a heading by its name ("heading-2", "h2", "header-two") or its level; "" for other names."""
    numbered = _LEVEL.fullmatch(folded)
    if numbered is None:
        return ""
    stated = numbered[1] or numbered[2] or str(attributes.get("level") or attributes.get("depth") or "")
    level = str(_NUMBERS.split().index(stated)) if stated in _NUMBERS.split() else stated
    return f"h{level}" if level in _DIGITS else "h2"


def _dict(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _written(node: object, depth: int) -> str:
    """A node as HTML."""
    if depth > _MAX_DEPTH:
        return ""
    if isinstance(node, list):
        return "".join(_written(item, depth + 1) for item in node)
    if not isinstance(node, dict):
        return _inline(node) if isinstance(node, str) else ""
    element = _element(node)
    inner = _inside(node, element, depth)
    if element:
        return "<br>" if element == "br" else f"<{element}>{inner}</{element}>"
    # What is unknown and holds nodes stands by itself, what holds text is a part of a line.
    part = not inner or any(isinstance(node.get(key), str) for key in _TEXT_KEYS)
    return inner if part else f"<div>{inner}</div>"


def _inside(node: dict[str, object], element: str, depth: int) -> str:
    """What is in a node: its text, its nodes, or the items and rows of its data."""
    data = _dict(node.get("data"))
    for holder in (node, data):
        for key in (*_CHILD_KEYS, *_TEXT_KEYS):
            value = holder.get(key)
            if isinstance(value, str):
                return _inline(value)
            if isinstance(value, list) and element == "table" and value and isinstance(value[0], list):
                return "".join(_row(row, depth) for row in value)
            if isinstance(value, list):
                return _written(value, depth + 1)
    items = data.get("items")
    if isinstance(items, list):
        return "".join(f"<li>{_written(item, depth + 1)}</li>" for item in items)
    return ""


def _row(cells: object, depth: int) -> str:
    """A row that is a list of cells."""
    inner = "".join(f"<td>{_written(cell, depth + 1)}</td>" for cell in cells) if isinstance(cells, list) else ""
    return f"<tr>{inner}</tr>"


def _inline(text: str) -> str:
    """A text inside a line, which may have markup of its own."""
    return text if _ANY_TAG.search(text) else html.escape(text, quote=False)
