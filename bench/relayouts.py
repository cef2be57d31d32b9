"""Edits of a policy that change no meaning: order, wrapping, tags, numbers, signs, links, case of headings."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from bench.mutants import Edit, Lines, Make
from bench.policy_text import Line

_NUMBERING = re.compile(r"^(\d+)((?:\.\d+)*[.)]?) (?=[^\W\d_])")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)([^<>]*)>")
_TEXT = re.compile(r">([^<>]+)<")
_SHORT = 8


def layouts() -> tuple[Make, ...]:
    """The mutations that must never be material."""
    return (
        _sections,
        _items,
        _rows,
        _wrapped,
        _recased,
        _renumbered,
        _typography,
        _entities,
        _wrappers,
        _tracked,
        _upper,
        _spaced,
    )


def _quiet(kind: str, lines: Sequence[Line]) -> Edit:
    return Edit(kind, tuple(lines), quiet=True)


def _sections(lines: Lines, chance: random.Random) -> Edit | None:
    """The sections below the second level in another order."""
    starts = [place for place, line in enumerate(lines) if line.kind == "heading" and line.level == 2]
    if len(starts) < 3 or _has_contents(lines):
        return None
    parts = [lines[a:b] for a, b in zip(starts, [*starts[1:], len(lines)], strict=True)]
    one = chance.randrange(len(parts) - 1)
    parts.insert(chance.randrange(len(parts)), parts.pop(one))
    return _quiet("~sections shuffled", [*lines[: starts[0]], *(line for part in parts for line in part)])


def _shuffled(kind: str, name: str, lines: Lines, chance: random.Random) -> Edit | None:
    """The members of one list or table in another order."""
    groups = [list(group) for _, group in groupby(enumerate(lines), key=lambda pair: pair[1].kind)]
    groups = [group for group in groups if group[0][1].kind == kind and len(group) > 2]
    if not groups:
        return None
    places = [place for place, _ in chance.choice(groups)]
    order = places[:]
    chance.shuffle(order)
    result = list(lines)
    for place, source in zip(places, order, strict=True):
        result[place] = lines[source]
    return _quiet(name, result)


def _items(lines: Lines, chance: random.Random) -> Edit | None:
    """List items shuffled."""
    return _shuffled("item", "~items shuffled", lines, chance)


def _rows(lines: Lines, chance: random.Random) -> Edit | None:
    """Table rows shuffled."""
    return _shuffled("row", "~rows shuffled", lines, chance)


def _wrapped(lines: Lines, chance: random.Random) -> Edit | None:
    """Lines broken elsewhere."""
    width = chance.choice((40, 60, 100))

    def wrap(text: str, form: str) -> str:
        def broken(run: str) -> str:
            out, size = [], 0
            for word in run.split(" "):
                size += len(word) + 1
                # A line of Markdown that begins with a number or a sign would be another kind of line.
                out.append(("\n" if size > width and word[:1].isalpha() else " ") + word)
                size = len(word) if size > width else size
            return "".join(out)[1:]

        if form != "markdown":
            return _TEXT.sub(lambda match: f">{broken(match[1])}<", text)
        paras = text.split("\n")
        return "\n".join(broken(line) if line[:1].isalpha() and len(line) > width else line for line in paras)

    return replace(_quiet("~re-wrapped", lines), finish=wrap)


def _recased(lines: Lines, chance: random.Random) -> Edit | None:
    """Tags in capitals, attributes added."""

    def recase(text: str, form: str) -> str:
        if form == "markdown":
            return text.replace("\n- ", "\n* ")
        text = _TAG.sub(lambda match: f"<{match[1]}{match[2].upper()}{match[3].replace('href', 'HREF')}>", text)
        return text.replace(
            "<P>", f'<P id="b{chance.randrange(9999)}" data-v="{chance.randrange(99)}" style="margin:0">'
        )

    return replace(_quiet("~tags re-cased", lines), finish=recase)


def _renumbered(lines: Lines, chance: random.Random) -> Edit | None:
    """Numbers of headings raised, or taken away, or put on."""
    shift = chance.choice((1, 2, 0))
    if _has_contents(lines):
        return None

    def number(line: Line) -> Line:
        if line.kind != "heading" or line.level < 2:
            return line
        match = _NUMBERING.match(line.text)
        if match and shift:
            return replace(line, text=f"{int(match[1]) + shift}{match[2]} {line.text[match.end() :]}")
        return replace(line, text=line.text[match.end() :] if match else line.text)

    return _quiet("~renumbered", [number(line) for line in lines])


def _has_contents(lines: Lines) -> bool:
    """True for a text with a table of contents: its order and numbers would have to change too."""
    names = {_bare(line.text) for line in lines if line.kind == "heading" and line.level > 1}
    return any(_bare(line.text) in names for line in lines if line.kind != "heading")


def _bare(text: str) -> str:
    """A line without its number, link target and case."""
    return re.sub(r"\]\([^)]*\)|[\[\]]", "", _NUMBERING.sub("", text)).lower().strip()


def _typography(lines: Lines, chance: random.Random) -> Edit | None:
    """Other quotes, dashes and blanks."""
    signs = {"'": "’", " - ": " – ", '"': chance.choice("“”"), "...": "…", "%": " %", " :": "\u00a0:", " ;": "\u00a0;"}

    def other(text: str) -> str:
        for sign, put in signs.items():
            text = text.replace(sign, put)
        return re.sub(r"(\d) (\w)", "\\1\u00a0\\2", text)

    return _quiet(
        "~typography", [replace(line, text=other(line.text)) if "](" not in line.text else line for line in lines]
    )


def _entities(lines: Lines, _chance: random.Random) -> Edit | None:
    """Letters as entities, soft hyphens in long words."""

    def encode(text: str, form: str) -> str:
        if form == "markdown":
            return text
        soft = re.sub(r">[^<>]+<", lambda run: re.sub(r"(\b[^\W\d_]{7})(?=[^\W\d_]{5})", "\\1&shy;", run[0]), text)
        return "".join(f"&#{ord(char)};" if ord(char) > 127 else char for char in soft)

    return replace(_quiet("~entities", lines), finish=encode)


def _wrappers(lines: Lines, chance: random.Random) -> Edit | None:
    """Paragraphs as boxes, texts of items as paragraphs, words in bold."""

    def wrap(text: str, form: str) -> str:
        if form == "markdown":
            return re.sub(r"(?<=[a-z] )([a-z]{6,})(?= [a-z])", r"**\1**", text, count=3)
        text = re.sub(r"<li>(.*?)</li>", r"<li><p>\1</p></li>", text)
        text = re.sub(r"<td>(.*?)</td>", r"<td><span>\1</span></td>", text)
        text = re.sub(r"<(/?)p>", r"<\1div>", text) if chance.random() < 0.5 else text
        return re.sub(r"(?<=[a-z] )([a-z]{6,})(?= [a-z])", r"<b>\1</b>", text, count=5)

    return replace(_quiet("~other markup", lines), finish=wrap)


def _tracked(lines: Lines, chance: random.Random) -> Edit | None:
    """Link targets with another tracking id."""
    token = f"utm_source=mail&utm_id={chance.randrange(10**6)}"

    def target(match: re.Match[str]) -> str:
        return f"]({match[1]}{'&' if '?' in match[1] else '?'}{token})"

    tracked = [replace(line, text=re.sub(r"\]\((http[^)#\s]+)\)", target, line.text)) for line in lines]
    return _quiet("~links tracked", tracked)


def _upper(lines: Lines, _chance: random.Random) -> Edit | None:
    """Headings in capitals."""
    return _quiet(
        "~headings upper",
        [
            replace(line, text=line.text.upper()) if line.kind == "heading" and "](" not in line.text else line
            for line in lines
        ],
    )


def _spaced(lines: Lines, _chance: random.Random) -> Edit | None:
    """Doubled blanks."""
    return replace(_quiet("~doubled spaces", lines), finish=lambda text, _: re.sub(r"(?<=\w) (?=\w)", "  ", text))
