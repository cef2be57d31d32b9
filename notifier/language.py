"""The fixed words of messages, one file a language in `notifier/words`, checked against one another when first read."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.lists import format_list
from babel.numbers import format_decimal

from notifier.fields import fill, named, unknown
from notifier.manner import LANGUAGES

_FOLDER = Path(__file__).parent / "words"
_FORMS = frozenset({"zero", "one", "two", "few", "many", "other"})  # of CLDR; each language has some of them


@dataclass(frozen=True, slots=True)
class Words:
    """One language: its phrases by their keys ("topic.ai"), and how it writes numbers and days."""

    code: str
    phrases: Mapping[str, str]
    locale: Locale

    def say(self, key: str, **values: object) -> str:
        """A phrase with its places filled in; numbers are written as the language writes them.

        Values stay as they are: who passes words of a page makes them harmless first. Raises KeyError for a key or a
        place that is not there.
        """
        return fill(self.phrases[key], {name: self._written(value) for name, value in values.items()})

    def count(self, key: str, number: int, **values: object) -> str:
        """A phrase in the form that a number asks for; `{count}` is the number."""
        return self.say(f"{key}.{self.locale.plural_form(number)}", count=number, **values)

    def day(self, day: date) -> str:
        """Say "10 April 2026"."""
        return self._dated(day, "form.day")

    def weekday(self, day: date) -> str:
        """Say "Friday 10 April 2026"."""
        return self._dated(day, "form.weekday")

    def moment(self, moment: datetime) -> str:
        """Say "10 April 2026, 09:00 UTC"."""
        from babel.dates import format_datetime  # noqa: PLC0415 - as below

        return format_datetime(moment.astimezone(UTC), self.phrases["form.moment"], UTC, self.locale)

    def country(self, code: str) -> str:
        """A country (ISO 3166), with its part where it has one: "Germany (BW)"."""
        whole, _, part = code.partition("-")
        name = self.locale.territories.get(whole, whole)
        return f"{name} ({part})" if part else name

    def together(self, names: Sequence[str]) -> str:
        """Say "Acme, Borealis and Cirrus"."""
        return format_list(names, locale=self.locale)

    def sentence(self, words: str) -> str:
        """The same words with a capital at the beginning."""
        return words[:1].upper() + words[1:]

    def _dated(self, day: date, form: str) -> str:
        from babel.dates import format_date  # noqa: PLC0415 - asks for the zone of the machine, which few commands need

        return format_date(day, self.phrases[form], self.locale)

    def _written(self, value: object) -> str:
        return format_decimal(value, locale=self.locale) if isinstance(value, int) else str(value)


@cache
def words_of(code: str) -> Words:
    """The words of a language of `LANGUAGES`. Raises ValueError with every fault of its file, KeyError for others."""
    if code not in LANGUAGES:
        raise KeyError(code)
    asked = dict.fromkeys((LANGUAGES[0], code))  # the first is what the others are compared with
    return read({each: (_FOLDER / f"{each}.toml").read_text("utf-8") for each in asked})[code]


def read(texts: Mapping[str, str]) -> dict[str, Words]:
    """The words in these texts (TOML), each by its language.

    Raises ValueError with every fault at once: a key that one language lacks, a phrase whose places are not those of
    the first language, a form of a number that is missing, an empty phrase.
    """
    known = {code: _words(code, text) for code, text in texts.items()}
    faults = [fault for words in known.values() for fault in _faults(words, next(iter(known.values())))]
    if faults:
        raise ValueError("; ".join(faults))
    return known


def _words(code: str, text: str) -> Words:
    phrases = dict(_flat(tomllib.loads(text), ""))
    return Words(code, phrases, Locale.parse(phrases["form.locale"]))


def _flat(table: Mapping[str, Any], before: str) -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", str(value)


def _faults(words: Words, first: Words) -> Iterator[str]:
    own, theirs = (_forms(each.phrases) for each in (words, first))
    for key in [*(key for key in theirs if key not in own), *(key for key in own if key not in theirs)]:
        yield f"{words.code}: {key} is {'missing' if key in theirs else f'not in {first.code}'}"
    for key in filter(theirs.__contains__, own):
        form, _, kind = key.rpartition(".")
        places = {name for phrase in theirs[key] for name in named(phrase)}
        for phrase in own[key]:
            if not phrase.strip():
                yield f"{words.code}: {key} is empty"
            if form != "form" and (set(named(phrase)) != places or unknown(phrase, places)):
                yield f"{words.code}: {key} has not the places of {first.code}: {', '.join(sorted(places)) or 'none'}"
        if kind == "#" and len(own[key]) != len(numbers := words.phrases["form.numbers"].split()):
            yield f"{words.code}: {form} has not a form for each of {', '.join(numbers)}"


def _forms(phrases: Mapping[str, str]) -> dict[str, list[str]]:
    """The phrases by key; the forms of a number stand together under "key.#"."""
    found: dict[str, list[str]] = {}
    for key, phrase in phrases.items():
        stem, _, form = key.rpartition(".")
        counted = form in _FORMS and f"{stem}.other" in phrases and "{count}" in phrase
        found.setdefault(f"{stem}.#" if counted else key, []).append(phrase)
    return found
