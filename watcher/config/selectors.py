"""The keys `select` and `remove`: CSS selectors and ranges of them, each entry judged by itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Discriminator, Field, PlainValidator
from pydantic import Tag as Form

from watcher.config.values import Flag
from watcher.config.wording import shown

_LONGEST_SELECTOR = 200
_NAMED = r'[.#][A-Za-z_][A-Za-z0-9_-]*|\[[A-Za-z][A-Za-z0-9-]*(?:="[A-Za-z0-9 _./:-]*")?\]'
_COMPOUND = rf"(?:[A-Za-z][A-Za-z0-9]*(?:{_NAMED})*|(?:{_NAMED})+)"
# Selectors that need no compiler to be known as sound: names, classes, ids and attributes, one in or beside another.
PLAIN_SELECTOR = re.compile(rf"{_COMPOUND}(?:(?: | > |, ){_COMPOUND})*", re.ASCII)


@lru_cache(maxsize=4096)
def _compiles(selector: str) -> str | None:
    """What is wrong with a CSS selector; None when it compiles. Plain ones are not compiled: the compiler is heavy."""
    if PLAIN_SELECTOR.fullmatch(selector):
        return None
    import warnings  # noqa: PLC0415 - only with the heavy part below

    import soupsieve  # noqa: PLC0415 - brings the whole of bs4: only for selectors that are not plain

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            soupsieve.compile(selector)
    except (soupsieve.SelectorSyntaxError, Warning, ValueError, TypeError, RecursionError) as exc:
        return " ".join((str(exc).splitlines() or ["?"])[0].split()).rstrip(".")
    return None


def _selector(value: object) -> str:
    if isinstance(value, str):
        return sound_selector(value)
    raise ValueError(f'{shown(value)} is not a text (write "main")')


def sound_selector(text: str) -> str:
    """The selector itself. Raises ValueError with what is wrong with it."""
    if len(text) > _LONGEST_SELECTOR:
        raise ValueError(
            f"the selector has {len(text)} characters (at most {_LONGEST_SELECTOR}: name a class or an id)"
        )
    if not text.strip() or not text.replace("\t", " ").isprintable():
        raise ValueError(f'{shown(text)} is not a CSS selector (write "main" or "#content")')
    if problem := _compiles(text):
        raise ValueError(f'{shown(text)} is not a CSS selector: {shown(problem)[1:-1]} (write "main" or "#content")')
    return text


Selector = Annotated[str, PlainValidator(_selector)]


class RangeTable(BaseModel):
    """`{ from = "…", to = "…" }`: from the one element to the other, that one not included unless it is said."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    start: Selector = Field(alias="from")
    end: Selector | None = Field(default=None, alias="to")
    from_included: Flag = True
    to_included: Flag = False


# How the forms of an entry are called in the place of a fault; no key of a file is called so.
TEXT_FORM, RANGE_FORM = "<text>", "<range>"


def _form(value: object) -> str:
    return RANGE_FORM if isinstance(value, Mapping) else TEXT_FORM


Part = Annotated[Annotated[Selector, Form(TEXT_FORM)] | Annotated[RangeTable, Form(RANGE_FORM)], Discriminator(_form)]
