"""Texts with named places, as "{vendor}: {headline}": what is filled in is text and nothing else.

This is no template language: a place is a name and no expression, what it stands for is put in once and not read again.
`{{` and `}}` are braces.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

_PLACE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


def fill(template: str, values: Mapping[str, str]) -> str:
    """The template with each place replaced by its value. Raises KeyError for a place that has none."""

    def put(match: re.Match[str]) -> str:
        name = match[1]
        return match[0][0] if name is None else values[name]

    return _PLACE.sub(put, template)


def named(template: str) -> tuple[str, ...]:
    """The places of a template in their order, each once."""
    return tuple(dict.fromkeys(match[1] for match in _PLACE.finditer(template) if match[1] is not None))


def unknown(template: str, known: Collection[str]) -> tuple[str, ...]:
    """What stands in braces and is none of the known names, and every lone brace, in their order, each once."""
    found = (match for match in _PLACE.finditer(template) if match[0] not in {"{{", "}}"})
    return tuple(dict.fromkeys(match[0] for match in found if match[1] not in known))
