"""How a policy is mutated: edits that change what it says, and edits that change only how it is laid out."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

from rapidfuzz.distance import OSA

from bench.policy_text import Line
from watcher.differ.sentences import sentences

Lines = tuple[Line, ...]
Make = Callable[[Lines, random.Random], "Edit | None"]
Finish = Callable[[str, str], str]

_APART = re.compile(r"\]\([^)]*\)|https?://\S+|\S+@\S+|\b[\w-]+\.(?:[a-z]{2,}/\S*|com|org|example)\b")
_WORD = re.compile(r"(?<![\w'’&.-])[^\W\d_]+(?:-[^\W\d_]+)*(?![\w&])")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_NUMBER = re.compile(r"(?<![\w./@:,'’-])\d{1,4}(?![\w/@:.,'’-]|\s?\)|[.,]\d)")
_NUMBERING = re.compile(r"^\W*(?:\d+(?:\.\d+)*)[.)]?\s")
_REFERENCE = re.compile(
    r"(?:section|article|clause|artikel|art\.?|abs\.|absatz|§|lid|paragraph|annex|n°|no\.?|nr\.?)\s*$", re.IGNORECASE
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_FAR = 4
_LONG = 5
# A paragraph that is more of a text than this is no clause of it.
_MOST = 0.3


@dataclass(frozen=True, slots=True)
class Edit:
    """A mutated policy: what went and came (must be told, with `strict` as material), or a `quiet` edit of form.

    `finish` works on the text that the lines are written out to, given its form.
    """

    kind: str
    lines: Lines
    gone: str = ""
    came: str = ""
    where: str = ""
    strict: bool = False
    quiet: bool = False
    finish: Finish = lambda text, _: text


@cache
def words(language: str) -> dict[str, Any]:
    """The word lists of a language."""
    text = Path(__file__).with_name("mutation_words.toml").read_text("utf-8")
    lists: dict[str, Any] = tomllib.loads(text)[language]
    lists["function"] = frozenset(lists["function"].split())
    lists["units"] = frozenset(lists["units"].split())
    return lists


def meanings(language: str) -> tuple[Make, ...]:
    """The mutations that change what a policy in a language says."""
    own = words(language)
    plain = (_word_changed, _word_dropped, _word_added, _near_word, _weight_dropped, _weight_added, _country)
    return (
        *(partial(make, own) for make in plain),
        partial(_number, own),
        _mail,
        _name,
        *(partial(_dropped, kind) for kind in ("row", "item", "para", "heading", "definition")),
        *(partial(_added, own, kind) for kind in ("row", "item", "para", "heading")),
        partial(_sentence_dropped, language),
        partial(_sentence_added, own, language),
        partial(_heading_word, own),
    )


def _content(own: dict[str, Any], line: Line) -> list[tuple[int, int, str]]:
    """Where the content words of a line stand."""
    apart = [match.span() for match in _APART.finditer(line.text)]
    return [
        (*match.span(), match[0])
        for match in _WORD.finditer(line.text)
        if len(match[0]) > 2
        and match[0].lower() not in own["function"]
        and not any(start <= match.start() < end for start, end in apart)
    ]


def _places(own: dict[str, Any], lines: Lines, chance: random.Random) -> Iterator[tuple[int, tuple[int, int, str]]]:
    """Content words of random lines, endless in practice: each line is as likely as its words are many."""
    weights = [len(_content(own, line)) * (line.kind != "head" and not is_menu(line)) for line in lines]
    if sum(weights):
        for place in chance.choices(range(len(lines)), weights, k=80):
            yield place, chance.choice(_content(own, lines[place]))


def is_menu(line: Line) -> bool:
    """True for a line that is hardly anything but links, or a line of a page that only dates it."""
    rest = re.sub(r"\[[^\]]*\]\([^)]*\)", "", line.text)
    shown = re.sub(r"\]\([^)]*\)", "", line.text)
    return len(rest.strip()) < 0.3 * len(shown) or (len(shown) < 80 and bool(_YEAR.search(shown)))


def _edited(lines: Lines, place: int, start: int, end: int, put: str) -> Lines:
    """The lines with other text at one place."""
    text = lines[place].text
    left, right = text[:start], text[end:]
    text = f"{left}{put}{right}" if put else left.rstrip() + right if not right[:1].isalnum() else left + right
    return (*lines[:place], replace(lines[place], text=re.sub(r"  +", " ", text).strip()), *lines[place + 1 :])


def _alike(one: str, other: str) -> bool:
    """True for words that may be forms of one."""
    one, other = one.lower(), other.lower()
    return one[:4] == other[:4] or one in other or other in one or OSA.distance(one, other) < _FAR


def _word_changed(own: dict[str, Any], lines: Lines, chance: random.Random) -> Edit | None:
    """A content word replaced by one of another meaning, from the list or from elsewhere in the text."""
    for place, (start, end, word) in _places(own, lines, chance):
        other = chance.choice(own["put"])
        if chance.random() < 0.5:
            other = next(iter(_places(own, lines, chance)))[1][2]
        if len(word) >= _LONG and len(other) >= _LONG and not _alike(word, other):
            other = other.capitalize() if word[0].isupper() else other
            return Edit("word changed", _edited(lines, place, start, end, other), word, other, lines[place].text)
    return None


def _word_dropped(own: dict[str, Any], lines: Lines, chance: random.Random) -> Edit | None:
    """A content word taken out."""
    for place, (start, end, word) in _places(own, lines, chance):
        if len(word) >= _LONG and len(lines[place].text.split()) > 1:
            return Edit("word dropped", _edited(lines, place, start, end, ""), word, "", lines[place].text)
    return None


def _word_added(own: dict[str, Any], lines: Lines, chance: random.Random) -> Edit | None:
    """A content word put behind another."""
    for place, (_, end, _) in _places(own, lines, chance):
        other = chance.choice(own["put"])
        if other not in lines[place].text and lines[place].text[end : end + 1] != "]":
            return Edit("word added", _edited(lines, place, end, end, " " + other), "", other, lines[place].text)
    return None


def _near_word(own: dict[str, Any], lines: Lines, chance: random.Random) -> Edit | None:
    """A word replaced by another real word a letter or two apart."""
    found = []
    for one, other in own["near"]:
        for was, now in ((one, other), (other, one)):
            for place, line in enumerate(lines):
                found += [
                    (place, m.start(), m.end(), was, now)
                    for m in re.finditer(rf"(?<![\w'’-]){was}(?![\w'’-])", line.text)
                    if not any(a <= m.start() < b for a, b in (x.span() for x in _APART.finditer(line.text)))
                ]
    if not found:
        return None
    place, start, end, was, now = chance.choice(found)
    weighs = lines[place].kind != "heading"
    return Edit("near word", _edited(lines, place, start, end, now), was, now, lines[place].text, strict=weighs)


def _weight_dropped(own: dict[str, Any], lines: Lines, chance: random.Random) -> Edit | None:
    """A negation, a word of duty, permission or extent taken out."""
    found = [
        (place, match)
        for place, line in enumerate(lines)
        for match in _WORD.finditer(line.text)
        if match[0].lower() in own["weight"] and len(line.text.split()) > 3
    ]
    if not found:
        return None
    place, match = chance.choice(found)
    edited = _edited(lines, place, match.start(), match.end(), "")
    return Edit("weight dropped", edited, match[0], "", lines[place].text, strict=match[0].lower() != "any")


def _weight_added(own: dict[str, Any], lines: Lines, chance: random.Random) -> Edit | None:
    """A negation, a word of duty, permission or extent put in."""
    for place, (_, end, word) in _places(own, lines, chance):
        other = chance.choice(own["weight"])
        near = lines[place].text[max(0, end - 40) : end + 30].lower()
        if len(lines[place].text.split()) > 3 and lines[place].text[end : end + 1] == " " and other not in near:
            edited = _edited(lines, place, end, end, " " + other)
            return Edit("weight added", edited, "", other, f"{word}: {lines[place].text}", strict=other != "any")
    return None


def _country(own: dict[str, Any], lines: Lines, chance: random.Random) -> Edit | None:
    """A country replaced by another."""
    found = [
        (place, match)
        for place, line in enumerate(lines)
        for match in re.finditer(rf"(?<![\w-])(?:{'|'.join(own['countries'])})(?![\w-])", line.text)
        if not is_menu(line)
    ]
    if not found:
        return None
    place, match = chance.choice(found)
    other = chance.choice([name for name in own["countries"] if name not in lines[place].text])
    edited = _edited(lines, place, match.start(), match.end(), other)
    return Edit("country changed", edited, match[0], other, lines[place].text)


def _number(own: dict[str, Any], lines: Lines, chance: random.Random) -> Edit | None:
    """A number replaced by another; one with a unit weighs."""
    found = []
    for place, line in enumerate(lines):
        head = _NUMBERING.match(line.text)
        for match in _NUMBER.finditer(line.text):
            left, right = line.text[: match.start()], line.text[match.end() :].split()
            apart = any(start <= match.start() < end for start, end in (m.span() for m in _APART.finditer(line.text)))
            told = is_menu(line) or _YEAR.fullmatch(match[0]) or _REFERENCE.search(left) or apart
            if not told and not (head and match.start() < head.end()):
                found.append((place, match, bool(right) and right[0].strip(".,;:") in own["units"]))
    if not found:
        return None
    place, match, unit = chance.choice(found)
    other = str(int(match[0]) + chance.choice((1, 3, 10, 50)))
    edited = _edited(lines, place, match.start(), match.end(), other)
    return Edit("number changed", edited, match[0], other, lines[place].text, strict=unit)


def _mail(lines: Lines, chance: random.Random) -> Edit | None:
    """A mail address replaced by another."""
    found = [(place, match) for place, line in enumerate(lines) for match in _MAIL.finditer(line.text)]
    found = [(place, match) for place, match in found if "](" not in lines[place].text]
    if not found:
        return None
    place, match = chance.choice(found)
    name, _, host = match[0].partition("@")
    other = chance.choice((f"desk.{name}@{host}", f"{name}@mail.{host}", f"claims@{host}"))
    edited = _edited(lines, place, match.start(), match.end(), other)
    return Edit("e-mail changed", edited, match[0], other, lines[place].text)


_NAMES = ("Zandoogje Data Ltd", "Merlin & Bosk GmbH", "Ravelin Systems Inc.", "Ostara Metrics AB", "Tinderfox SAS")
_PARTY = re.compile(r"(?:[A-Z][\w&-]+ )+(?:Ltd|GmbH|Inc\.?|AB|SAS|SARL|S\.A\.|B\.V\.|BV|AG|LLC|s\.r\.o\.)(?![\w])")


def _name(lines: Lines, chance: random.Random) -> Edit | None:
    """The name of a company in a row or a sentence replaced by another."""
    found = [
        (place, match)
        for place, line in enumerate(lines)
        for match in _PARTY.finditer(line.text)
        if line.kind in {"row", "para", "item"} and "](" not in line.text and not is_menu(line)
    ]
    if not found:
        return None
    place, match = chance.choice(found)
    other = chance.choice(_NAMES)
    edited = _edited(lines, place, match.start(), match.end(), other)
    strict = lines[place].kind == "row" and match.start() == 0
    return Edit("name changed", edited, match[0], other, lines[place].text, strict=strict)


def _heading_word(own: dict[str, Any], lines: Lines, chance: random.Random) -> Edit | None:
    """A word of a heading replaced."""
    heads = tuple(line if line.kind == "heading" else Line(line.kind, "") for line in lines)
    edit = _word_changed(own, heads, chance)
    if edit is None:
        return None
    if [line.text for line in lines].count(edit.where) > 1:
        return None
    mixed = tuple(new if old.kind == "heading" else old for old, new in zip(lines, edit.lines, strict=True))
    return replace(edit, kind="heading word", lines=mixed)


def _dropped(kind: str, lines: Lines, chance: random.Random) -> Edit | None:
    """A whole line taken out that stands once."""
    texts = [_bare(line.text) for line in lines]
    most = _MOST * sum(map(len, texts))
    found = [
        place
        for place, line in enumerate(lines)
        if (line.kind == kind or (kind, line.kind) == ("item", "number"))
        and not is_menu(line)
        and len(texts[place]) < most
        and sum(texts[place] in text for text in texts) == 1
        and not _is_contents(lines, place)
    ]
    if not found:
        return None
    place = chance.choice(found)
    weighs = kind != "heading" and (kind != "para" or _says(lines[place].text))
    weighs = weighs and not _YEAR.search(lines[place].text)  # a line of the document's history
    gone = re.split(r" \| ", lines[place].text)[0]
    return Edit(f"{kind} dropped", (*lines[:place], *lines[place + 1 :]), gone, "", lines[place].text, strict=weighs)


def _says(text: str) -> bool:
    """True for a paragraph that is a sentence or states something under a label; not for a lone caption."""
    return len(text.split()) > _LONG and (text.rstrip().endswith((".", "!", ";")) or ": " in text)


def _bare(text: str) -> str:
    """The words of a line, one blank between them."""
    return " ".join(re.findall(r"\w+", re.sub(r"\]\([^)]*\)", "", text).lower()))


def _is_contents(lines: Lines, place: int) -> bool:
    """True for a heading without text of its own below it: with it goes only a label."""
    following = lines[place + 1 : place + 2]
    return lines[place].kind == "heading" and not following


def _added(own: dict[str, Any], kind: str, lines: Lines, chance: random.Random) -> Edit | None:
    """A whole new line beside one of its kind."""
    beside = [place for place, line in enumerate(lines) if line.kind == kind and not is_menu(line)]
    if not beside:
        return None
    place = chance.choice(beside)
    texts = {"item": "item", "para": "sentence", "heading": "heading"}
    if kind == "row":
        cells = [chance.choice(_NAMES), *own["item"], *own["put"]][: len(lines[place].cells)]
        text = " | ".join(cells)
    else:
        text = chance.choice(own[texts[kind]])
    line = replace(lines[place], text=text)
    at = place + 1
    edited = (*lines[:at], line, *lines[at:])
    return Edit(f"{kind} added", edited, "", text.split(" | ")[0], lines[place].text, strict=kind != "heading")


def _sentence_dropped(language: str, lines: Lines, chance: random.Random) -> Edit | None:
    """One of several sentences of a paragraph taken out."""
    whole = "\n".join(line.text for line in lines)
    found = [
        (place, sentence)
        for place, line in enumerate(lines)
        if line.kind in {"para", "item", "definition"} and not is_menu(line)
        for sentence in sentences(line.text, language)
        if len(sentence.split()) > _LONG - 1 and sentence != line.text and whole.count(sentence) == 1
    ]
    if not found:
        return None
    place, sentence = chance.choice(found)
    at = lines[place].text.index(sentence)
    edited = _edited(lines, place, at, at + len(sentence), "")
    return Edit("sentence dropped", edited, sentence, "", lines[place].text, strict=True)


def _sentence_added(own: dict[str, Any], language: str, lines: Lines, chance: random.Random) -> Edit | None:
    """A sentence put behind another of a paragraph."""
    found = [place for place, line in enumerate(lines) if line.kind == "para" and line.text.endswith(".")]
    if not found:
        return None
    place = chance.choice(found)
    parts = sentences(lines[place].text, language)
    at = lines[place].text.index(chance.choice(parts))
    put = chance.choice(own["sentence"])
    edited = _edited(lines, place, at, at, put + " ")
    return Edit("sentence added", edited, "", put, lines[place].text, strict=True)
