"""The phrases by which facts are read: `lexicon/facts_*.toml`, merged for the languages of a document."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from watcher.differ.cues import Cues

LANGUAGES = ("nl", "en", "de", "fr")
_NEVER = re.compile(r"(?!)")
_GRANTS = ("rights.strong.", "rights.weak.")
_HINTS = "rights.plain."
_STRENGTHS = ("strong", "weak", "plain")
_REPEATS = frozenset("?*+{")
_OPENING = re.compile(r"\(\?:(?P<any>[^()\[\]\\?*+]+)\)(?P<maybe>\?)?(?P<rest>(?![*+{]).*)")
_MOST_ALTERNATIVES = 12
_ESCAPED = re.compile(r"\\.")
_GROUPS: dict[str, tuple[str, ...]] = {
    "retention": (
        "keep", "delete", "event", "after", "heading", "column", "requests", "passive", "active", "stop", "pronoun",
    ),
    "spans": (),
    "notice": ("notify", "subprocessor", "policy", "breach", "undelayed"),
    "transfer": ("move", "store", "outside", "scc", "adequacy", "dpf", "bcr", "consent"),
    "ai": ("ai", "train", "optout", "automated"),
    "people": (),
    "contact": ("dpo", "representative", "controller", "ours", "trading", "phone", "fax", "named"),
    "rights": ("context", "request", "company"),
    "asks": ("context",),
    "basis": (
        "consent", "contract", "legal-obligation", "legitimate-interests", "vital-interests", "public-task", "withdraw",
    ),
    "security": ("heading", "measure", "sure"),
    "authority": ("named", "generic"),
    "law": ("patterns",),
    "data": ("leadin", "column", "excluded", "inline", "collect", "nouns", "kinds"),
    "negation": ("words", "not_negation", "contrast"),
}  # fmt: skip
RIGHTS = (
    "information", "access", "rectification", "erasure", "restriction", "portability", "objection", "withdraw-consent",
    "automated-decision", "complaint",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """Patterns on lower-case text by "family.group", and the cues that make a family worth a look."""

    patterns: _Patterns
    words: Mapping[str, tuple[str, ...]]
    cues: Cues

    def __getitem__(self, name: str) -> re.Pattern[str]:
        """The pattern of a group, matched from a word's beginning."""
        return self.patterns[name]


class _Patterns(dict[str, re.Pattern[str]]):
    """Patterns by group, compiled when first asked for: all of a language cost 200 ms, and a clause needs few."""

    def __init__(self, words: Mapping[str, Sequence[str]]) -> None:
        super().__init__()
        self._words = words

    def __missing__(self, name: str) -> re.Pattern[str]:
        """Compile a group. Raises KeyError for one that there is not."""
        pattern = self[name] = _any_of(name, self._words[name])
        return pattern


def lexicon(language: str | None) -> Lexicon:
    """The phrases of a language together with the English ones; of all languages when the language is not known."""
    if language == "en":
        return _merged(("en",))
    return _merged((language, "en") if language in LANGUAGES else LANGUAGES)


@cache
def _merged(languages: tuple[str, ...]) -> Lexicon:
    words: dict[str, list[str]] = {}
    cues: dict[str, list[str]] = {}
    for language in languages:
        for name, entries in _entries(language):
            family, _, group = name.partition(".")
            place, key = (cues, family) if group == "cues" else (words, name)
            place.setdefault(key, []).extend(entries)
    words["data.kinds"] += words["data.nouns"]
    words["rights.any"] = [entry for name, entries in words.items() if name.startswith(_GRANTS) for entry in entries]
    words["rights.hints"] = [entry for name, entries in words.items() if name.startswith(_HINTS) for entry in entries]
    return Lexicon(_Patterns(words), {name: tuple(entries) for name, entries in words.items()}, Cues(cues))


def _any_of(name: str, entries: Sequence[str]) -> re.Pattern[str]:
    """One pattern from a word's beginning; a negation is a whole word, or elided before one ("n'utilisons")."""
    if name != "negation.words":
        return re.compile(_words(entries)) if entries else _NEVER
    whole = "|".join(entry for entry in entries if not entry.endswith("'"))
    elided = "".join(f"|{entry[:-1]}['’]" for entry in entries if entry.endswith("'"))
    return re.compile(rf"(?<!\w)(?:(?:{whole})(?!\w){elided})")


def _words(entries: Sequence[str]) -> str:
    r"""Entries from a word's beginning, as "a(?<!\wa)(?:b|c)|b..." where all begin with plain letters.

    A pattern that begins with letters is looked for where they stand; one that begins with "no letter before" is tried
    at every place of a text. An entry that begins otherwise makes the whole list the slow kind.
    """
    plain = [one for entry in entries for one in _expanded(entry.removeprefix("\\b"))]
    if not all(_begins_plain(entry) for entry in plain):
        return rf"(?<!\w)(?:{_grouped(plain)})"
    buckets: dict[str, list[str]] = {}
    for entry in dict.fromkeys(plain):
        buckets.setdefault(entry[0], []).append(entry[1:])
    return "|".join(rf"{letter}(?<!\w{letter})(?:{_grouped(rests)})" for letter, rests in buckets.items())


def _expanded(entry: str) -> list[str]:
    """An entry for each alternative of the group that it begins with: "(?:a|b)? c" as "a c", "b c", " c"."""
    match = _OPENING.match(entry)
    if match is None or len(match["any"].split("|")) > _MOST_ALTERNATIVES:
        return [entry]
    heads = [*match["any"].split("|"), *([""] if match["maybe"] else [])]
    rest = match["rest"].removeprefix("\\b") if match["maybe"] else match["rest"]
    return [one for head in heads for one in (_expanded(head + rest) if not head else [head + rest])]


def _begins_plain(entry: str) -> bool:
    return entry[:1].isalpha() and entry[1:2] not in _REPEATS and not _splits(entry)


def _grouped(entries: list[str]) -> str:
    """Alternatives by their first letters: "ab|ac|b" as "a(?:b|c)|b", so that a place is left after one look.

    A list of two hundred phrases costs a tenth of the plain alternation. Entries with the same beginning keep their
    order; those that begin with anything but a plain letter come last.
    """
    buckets: dict[str, list[str]] = {}
    for entry in dict.fromkeys(entries):
        buckets.setdefault(entry[0] if _begins_plain(entry) else "", []).append(entry)
    parts = []
    for letter, members in sorted(buckets.items(), key=lambda pair: not pair[0]):
        if letter and len(members) > 1:
            parts.append(f"{letter}(?:{_grouped([member[1:] for member in members])})")
        else:
            parts += members
    return "|".join(parts)


def _splits(entry: str) -> bool:
    """True when a "|" stands outside all parentheses and brackets of an entry."""
    depth = 0
    for sign in _ESCAPED.sub("", entry):
        depth += (sign in "([") - (sign in ")]")
        if sign == "|" and not depth:
            return True
    return False


def _entries(language: str) -> Iterator[tuple[str, list[str]]]:
    """The groups of one file. Raises ValueError when one is missing or is no list of texts: at import of a new file."""
    name = f"lexicon/facts_{language}.toml"
    raw = tomllib.loads(files("watcher.differ").joinpath(name).read_text(encoding="utf-8"))
    for family, groups in _GROUPS.items():
        for group in groups if family == "negation" else ("cues", *groups):
            yield f"{family}.{group}", _texts(raw[family].get(group), f"{name}: {family}.{group}")
    for strength in _STRENGTHS:
        for right in RIGHTS:
            place = f"{name}: rights.{strength}.{right}"
            yield f"rights.{strength}.{right}", _texts(raw["rights"][strength].get(right), place)


def _texts(value: object, place: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise ValueError(f"{place}: wants a list of regular expressions, has {value!r}")
    return [str(entry) for entry in value]
