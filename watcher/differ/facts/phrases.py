"""The phrases by which facts are read: `lexicon/facts_*.toml`, merged for the languages of a document."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

LANGUAGES = ("nl", "en", "de", "fr")
# Groups whose entries name their parts, so that they cannot be joined into one pattern.
_SEPARATE = frozenset({"law.patterns"})
_NEVER = re.compile(r"(?!)")
_GROUPS: dict[str, tuple[str, ...]] = {
    "retention": (
        "keep", "delete", "event", "after", "heading", "column", "requests", "passive", "active", "stop", "pronoun",
    ),
    "notice": ("notify", "subprocessor", "policy", "breach", "undelayed"),
    "transfer": ("move", "store", "outside", "scc", "adequacy", "dpf", "bcr", "consent"),
    "ai": ("ai", "train", "optout", "automated"),
    "contact": ("dpo", "representative", "controller", "ours", "trading", "phone", "fax", "named"),
    "rights": ("context", "company"),
    "basis": (
        "consent", "contract", "legal-obligation", "legitimate-interests", "vital-interests", "public-task", "withdraw",
    ),
    "security": ("heading", "measure"),
    "authority": ("named", "generic"),
    "law": ("patterns",),
    "data": ("leadin", "column", "excluded", "inline", "collect", "nouns"),
    "negation": ("words", "not_negation", "contrast"),
}  # fmt: skip
RIGHTS = (
    "information", "access", "rectification", "erasure", "restriction", "portability", "objection", "withdraw-consent",
    "automated-decision", "complaint",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Patterns on lower-case text by "family.group", and the beginnings of words that make a family worth a look."""

    patterns: Mapping[str, re.Pattern[str]]
    words: Mapping[str, tuple[str, ...]]
    cues: Mapping[str, frozenset[str]]
    known: dict[str, frozenset[str]] = field(default_factory=dict)

    def __getitem__(self, name: str) -> re.Pattern[str]:
        """The pattern of a group, matched from a word's beginning."""
        return self.patterns[name]

    def families(self, lower: str) -> frozenset[str]:
        """The families whose cues begin a word of a text."""
        found: frozenset[str] = frozenset()
        for word in set(_WORDS.findall(lower)):
            hit = self.known.get(word)
            if hit is None:
                prefixes = [self.cues[word[:size]] for size in range(1, len(word) + 1) if word[:size] in self.cues]
                hit = frozenset().union(*prefixes)
                if len(self.known) < _MOST_WORDS:
                    self.known[word] = hit
            if hit:
                found |= hit
        return found


_WORDS = re.compile(r"[^\W\d_]+")
_MOST_WORDS = 50_000  # words remembered, so that a hostile text cannot fill the memory


def lexicon(language: str | None) -> Lexicon:
    """The phrases of a language together with the English ones; of all languages when the language is not known."""
    if language == "en":
        return _merged(("en",))
    return _merged((language, "en") if language in LANGUAGES else LANGUAGES)


@cache
def _merged(languages: tuple[str, ...]) -> Lexicon:
    words: dict[str, list[str]] = {}
    cues: dict[str, set[str]] = {}
    for language in languages:
        for name, entries in _entries(language):
            family, _, group = name.partition(".")
            if group == "cues":
                for cue in entries:
                    cues.setdefault(cue, set()).add(family)
            else:
                words.setdefault(name, []).extend(entries)
    patterns = {
        name: re.compile(rf"(?<!\w)(?:{'|'.join(entries)})") if entries else _NEVER
        for name, entries in words.items()
        if name not in _SEPARATE
    }
    return Lexicon(
        patterns,
        {name: tuple(entries) for name, entries in words.items()},
        {cue: frozenset(families) for cue, families in cues.items()},
    )


def _entries(language: str) -> Iterator[tuple[str, list[str]]]:
    """The groups of one file. Raises ValueError when one is missing or is no list of texts: at import of a new file."""
    name = f"lexicon/facts_{language}.toml"
    raw = tomllib.loads(files("watcher.differ").joinpath(name).read_text(encoding="utf-8"))
    for family, groups in _GROUPS.items():
        for group in groups if family == "negation" else ("cues", *groups):
            yield f"{family}.{group}", _texts(raw[family].get(group), f"{name}: {family}.{group}")
    for strength in ("strong", "weak"):
        for right in RIGHTS:
            place = f"{name}: rights.{strength}.{right}"
            yield f"rights.{strength}.{right}", _texts(raw["rights"][strength].get(right), place)


def _texts(value: object, place: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise ValueError(f"{place}: wants a list of regular expressions, has {value!r}")
    return [str(entry) for entry in value]
