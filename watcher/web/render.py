"""A page as HTML: the one place where values become markup. All text is escaped, wherever it stands."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from notifier import language
from notifier.language import Words
from notifier.manner import LANGUAGES
from notifier.phrases import SIGNS, deadline_words, fact_label, fact_value, topic_words
from notifier.sinks import cut, plain, web_link
from storage.model import Direction, DocumentType
from watcher.questions import in_words, values_of
from watcher.report.contract import moment as iso
from watcher.web import places
from watcher.web.pages import Page
from watcher.web.places import Linker

# Texts whose language is written from right to left.
_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur", "yi", "ps", "sd", "ug", "dv"})
_ENDING = re.compile(r"\s\((?:worse|better)\)$")
_CODE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,2}")


@dataclass(frozen=True, slots=True)
class Setting:
    """What all pages of one way out share.

    `policy` is a Content-Security-Policy to write into the page itself; `languages` are the other languages of this
    page, each with a link to it.
    """

    lang: str
    live: bool
    reviews: bool
    today: date
    linker: Linker
    languages: tuple[tuple[str, str], ...] = ()
    policy: str = ""
    feeds: bool = True


class Speech:
    """The fixed words of one language: those of the pages, and behind them those of messages."""

    def __init__(self, code: str) -> None:
        """Raises ValueError when a file of words is not as it must be."""
        self.code = code
        self.own, self._messages = _own()[code], language.words_of(code)

    @property
    def words(self) -> Words:
        """The words of messages: topics, severities, periods, days."""
        return self._messages

    def __call__(self, key: str, **values: object) -> str:
        """A phrase. Raises KeyError for one that is in neither file."""
        return (self.own if key in self.own.phrases else self._messages).say(key, **values)

    def count(self, key: str, number: int, **values: object) -> str:
        """A phrase in the form that a number asks for."""
        own = f"{key}.other" in self.own.phrases
        return (self.own if own else self._messages).count(key, number, **values)


@cache
def program() -> str:
    """A digest of all that makes pages besides the history: another one makes other pages."""
    here = Path(__file__).parent
    files = sorted(path for name in ("templates", "static", "words") for path in (here / name).iterdir())
    code = sorted(here.glob("**/*.py"))
    digest = hashlib.sha256(version("clausewatch").encode())
    for path in [*files, *code]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def render(page: Page, setting: Setting) -> str:
    """One page as HTML."""
    return _show(page.template, setting, room=page.room, part=page.part)


def render_refusal(title: str, text: str, setting: Setting) -> str:
    """A page that says why there is none; `title` and `text` are keys of the words."""
    return _show("refusal", setting, room=(title, text), part="")


def _show(template: str, setting: Setting, **values: Any) -> str:
    say = speech(setting.lang)
    return (
        _environment()
        .get_template(f"{template}.html.jinja")
        .render(t=say, n=say.count, words=say.words, lang=setting.lang, setting=setting, link=setting.linker, **values)
    )


@cache
def speech(code: str) -> Speech:
    """The words of a language of `LANGUAGES`."""
    return Speech(code)


@cache
def _own() -> Mapping[str, Words]:
    """The words of pages, held to the same rules as those of messages, whose forms of days and numbers they share."""
    folder = Path(__file__).parent / "words"
    return language.read({code: _forms(code) + (folder / f"{code}.toml").read_text("utf-8") for code in LANGUAGES})


def _forms(code: str) -> str:
    """How a language writes days and numbers, as lines of TOML."""
    known = language.words_of(code).phrases
    return "".join(f"{key} = {json.dumps(known[key])}\n" for key in known if key.startswith("form."))


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("watcher.web"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=harmless,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {
        "places": places,
        "version": version("clausewatch"),
        "SIGNS": {direction.value: sign for direction, sign in SIGNS.items()},
        "Direction": Direction,
    }
    made.filters |= {
        "web": web_link,
        "iso": iso,
        "day": lambda when, words: words.day(when.date() if isinstance(when, datetime) else when),
        "moment": lambda when, words: words.moment(when),
        "topic": topic_words,
        "document": document_words,
        "tongue": tongue,
        "direction": direction,
        "short": cut,
        "said": said,
        "fact_label": fact_label,
        "fact_value": fact_value,
        "in_words": in_words,
        "values": values_of,
        "deadline_words": deadline_words,
        "title": lambda text: text[:1].upper() + text[1:],
    }
    return made


def harmless(value: object) -> object:
    """Text without control, direction and invisible characters; a space at either end stays. Not for markup."""
    if type(value) is not str or value.isprintable():
        return value
    words = plain(value)
    lead = " " if value[:1].isspace() else ""
    return f"{lead}{words}{' ' if words and value[-1:].isspace() else ''}"


def document_words(kind: DocumentType, words: Words) -> str:
    """A kind of document in words."""
    return words.say(f"document.{kind}")


def said(summary: str, limit: int) -> str:
    """A summary with real arrows, and without the direction at its end, which stands beside it."""
    return cut(_ENDING.sub("", summary).replace(" -> ", " → "), limit)


def tongue(code: str | None) -> str:
    """The language of a text for `lang`, empty where it is not known: then the reader's program shall not guess."""
    return code if code and _CODE.fullmatch(code) else ""


def direction(code: str | None) -> str:
    """The direction of a text of that language."""
    return "rtl" if code in _RIGHT_TO_LEFT else "ltr"
