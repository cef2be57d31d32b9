"""Part the front matter of a file for a site generator from its text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from storage.model import DatedPhrase
from watcher.days import parse_date
from watcher.extractor.text import normalise

# Jekyll, Hugo, Docusaurus, Eleventy, Nuxt: YAML between lines of dashes, TOML between lines of plus signs.
_FENCES = {"---": ("---", "..."), "+++": ("+++",)}
_LINES = 400
_KEY = re.compile(r"([A-Za-z_][\w .-]{0,60}?)\s*[:=](?:\s+(.*)|$)")
_INNER = re.compile(r"\s+\S|- |-$|[#\[\]{}]")
# What generators call the day of the last change, the surest first, and the day from which a text applies.
_UPDATED = (
    "lastupdated",
    "lastupdate",
    "lastmodified",
    "lastmodifiedat",
    "lastmod",
    "updated",
    "updatedat",
    "modified",
)
_UPDATED_LAST = ("date",)
_EFFECTIVE = ("effective", "effectivedate", "effectivefrom", "validfrom")
_LANGUAGE = ("lang", "language", "locale")
_CODE = re.compile(r"[a-z]{2}(?:[-_][A-Za-z]{2})?")
_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What a file says of itself above its text: single values by key, in lower case without signs."""

    values: Mapping[str, str] = field(default_factory=lambda: _NONE)

    @property
    def title(self) -> str | None:
        """The stated title."""
        return normalise(self.values.get("title", "")) or None

    @property
    def language(self) -> str | None:
        """The stated language, where it is a code of one."""
        stated = next((self.values[key] for key in _LANGUAGE if key in self.values), "")
        return stated if _CODE.fullmatch(stated) else None

    @property
    def updated(self) -> DatedPhrase | None:
        """The day of the last change, else the day of the file."""
        return self._day(_UPDATED) or self._day(_UPDATED_LAST)

    @property
    def effective(self) -> DatedPhrase | None:
        """The day from which the text applies."""
        return self._day(_EFFECTIVE)

    def _day(self, keys: tuple[str, ...]) -> DatedPhrase | None:
        for key in keys:
            stated = self.values.get(key, "")
            if stated and (day := parse_date(stated[:10], None) or parse_date(stated, self.language)):
                return DatedPhrase(day, f"{key}: {stated}"[:200])
        return None


def split_front_matter(text: str) -> tuple[FrontMatter, str]:
    """Return what stands in the front matter, and the text below it; a rule above a text is no front matter."""
    lines = text.lstrip("\ufeff\r\n \t").splitlines()
    if not lines or (ends := _FENCES.get(lines[0].rstrip())) is None:
        return FrontMatter(), text
    end = next((place for place, line in enumerate(lines[1:_LINES], 1) if line.rstrip() in ends), None)
    if end is None or (values := _values(lines[1:end])) is None:
        return FrontMatter(), text
    return FrontMatter(values), "\n".join(lines[end + 1 :])


def _values(lines: list[str]) -> Mapping[str, str] | None:
    """Return single values by key; None when the lines are no front matter."""
    found: dict[str, str] = {}
    above = ""
    for line in lines:
        if not line.strip():
            continue
        inner = _INNER.match(line)
        match = _KEY.match(line.strip().removeprefix("- "))
        if match is None:
            # Values of several lines, members of lists and comments stand deeper or begin with a sign.
            if inner is None:
                return None
            continue
        key, value = _folded(match[1]), _unquoted(match[2] or "")
        if not inner:
            above = key
        elif key == "date":
            key = above  # last_update: date: ...
        if value:
            found.setdefault(key, value)
    return found if found or not any(map(str.strip, lines)) else None


def _folded(key: str) -> str:
    """Return a key as all spell it: `last_updated`, `lastUpdated` and "last-updated" are one."""
    return re.sub(r"[\W_]+", "", key).lower()


def _unquoted(value: str) -> str:
    """Return a value without its quotes, or without the comment behind it."""
    value = value.strip()
    if value[:1] in {'"', "'"} and (end := value.find(value[0], 1)) > 0:
        return value[1:end]
    return value.split(" #")[0].strip()
